"""What full Spaces cost a whole server, and whether it stays punctual: one media process, and one for each core."""

import asyncio
import json
import os
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx2
import numpy as np

from app.demo import operations
from app.demo.client import Client
from tests.bench.cpu import children, cpu_seconds, real_time
from tests.bench.live_space import LiveSpace, open_space
from tests.bench.microphones import PACKET_SECONDS, Stats
from tests.bench.place import Place
from tests.bench.size import Size
from tests.bench.tables import Cell, Table

SPACES: Final = 4
TALKERS: Final = 3
"""In each Space, of those on its stage."""
ASK_SECONDS: Final = 0.05
CONNECTING_SECONDS: Final = 120.0
SETTLING_SECONDS: Final = 3.0
"""Or as long as is measured, where that is less."""


@dataclass(frozen=True, slots=True)
class Case:
    """So many media processes; `pinned`: each to a core of its own."""

    workers: int
    pinned: bool = False

    @property
    def name(self) -> str:
        """For people."""
        return f"{self.workers} media process{'es' * (self.workers > 1)}{', one on each core' * self.pinned}"


async def measure(size: Size, place: Place) -> list[Table]:
    """Punctuality and CPU of a server with four full Spaces, in each of the cases."""
    cores = len(os.sched_getaffinity(0))
    cases = [Case(1), *([Case(cores), Case(cores, pinned=True)] if cores > 1 and size.rounds > 1 else [])]
    rows: list[list[Cell]] = []
    for number, case in enumerate(cases):
        rows.append([case.name, *await _figures(case, size, place.folder(f"workers-{number}"))])
    seconds = size.live_seconds * size.rounds
    note = (
        f"{SPACES} recorded Spaces with {size.guests + 1} WHIP microphones each, {TALKERS} of whom talk in each, for "
        f"{seconds:g} s; the microphones are one process, and a stage is asked for by GraphQL every "
        f"{ASK_SECONDS * 1000:.0f} ms. Where that is allowed, the web process comes before the media processes, those "
        f"before the microphones, and all of them before whatever else runs here. Lag: by how much a timer of the web "
        f"process's loop is late. Ticks: by how much those of the worst Space are late. Arrived: of the packets that "
        f"the microphones should have sent, for they have to share the cores with the server. Load "
        f"{os.getloadavg()[0]:.1f}."
    )
    columns = [
        "",
        "loop lag ms, median",
        "99 %",
        "most",
        "query ms, median",
        "99 %",
        "ticks late ms, 99 %",
        "ticks late by 20 ms, %",
        "media CPU ms per s and Space",
        "web CPU ms per s",
        "packets arrived %",
    ]
    return [Table("Four full Spaces on one server", columns, rows, note)]


async def _figures(case: Case, size: Size, folder: Path) -> list[float]:
    async with AsyncExitStack() as running:
        server = await running.enter_async_context(watched(folder / "data", case.workers))
        http = await running.enter_async_context(httpx2.AsyncClient(timeout=30))
        anyone = Client(http, server.url)
        spaces = [await running.enter_async_context(open_space(anyone, guests=size.guests)) for _ in range(SPACES)]
        senders = await running.enter_async_context(_senders(await _addresses(spaces)))
        if case.pinned:
            for number, pid in enumerate(server.media):
                os.sched_setaffinity(pid, {sorted(os.sched_getaffinity(0))[number]})
        first = {server.pid: 3, **dict.fromkeys(server.media, 2), senders: 1}
        with real_time(first):
            await asyncio.sleep(min(SETTLING_SECONDS, size.live_seconds))
            return await _observe(server, anyone, spaces, size.live_seconds * size.rounds)


async def _addresses(spaces: Sequence[LiveSpace]) -> list[tuple[str, bool]]:
    """WHIP addresses of everyone on the stages, and whether they talk; who does has an open microphone."""
    streams = []
    for space in spaces:
        for number, person in enumerate(space.stage):
            if talks := number < TALKERS:
                await person.call(operations.SET_MUTED, spaceId=space.id, muted=False)
            audio = await person.call(operations.AUDIO, spaceId=space.id)
            streams.append((audio["audio"]["whipUrl"], talks))
    return streams


@asynccontextmanager
async def _senders(streams: Sequence[tuple[str, bool]]) -> AsyncIterator[int]:
    """The microphones, connected within the block; their process."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.bench.senders", stdin=PIPE, stdout=PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps(streams).encode() + b"\n")
        async with asyncio.timeout(CONNECTING_SECONDS):
            if not await process.stdout.readline():
                raise RuntimeError("the microphones did not connect")
        yield process.pid
    finally:
        process.stdin.close()
        await process.wait()


class Watched:
    """A server that tells how late its loop was."""

    def __init__(self, process: Process, url: str) -> None:
        self.url = url
        self.pid = process.pid
        self.media = children(process.pid, "media")
        self._process = process

    async def figures(self) -> Any:
        """What has been since the last time."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(b"\n")
        return json.loads(await self._process.stdout.readline())


@asynccontextmanager
async def watched(data: Path, workers: int) -> AsyncIterator[Watched]:
    """`tests.bench.watched_server`, within the block."""
    environment = {"MEDIA_WORKERS": str(workers), "MEDIA_ADDRESSES": "127.0.0.1", "TRANSCRIBER": "off"}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.watched_server", str(data)),
        env={**os.environ, **environment},
        stdin=PIPE,
        stdout=PIPE,
        limit=16 * 1024 * 1024,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield Watched(process, (await process.stdout.readline()).decode().strip())
    finally:
        process.stdin.close()
        await process.wait()


async def _observe(server: Watched, anyone: Client, spaces: Sequence[LiveSpace], seconds: float) -> list[float]:
    before = (await server.figures())["stats"]
    begun, media, web = time.monotonic(), _cpu(server.media), cpu_seconds(server.pid)
    queries = await _ask(anyone, spaces, begun + seconds)
    took = time.monotonic() - begun
    media, web = _cpu(server.media) - media, cpu_seconds(server.pid) - web
    figures = await server.figures()
    stats = {name: one for name, one in figures["stats"].items() if "ticks" in one}
    ticks, late = (sum(one[name] - before[id][name] for id, one in stats.items()) for name in ("ticks", "late_ticks"))
    return [
        *_quantiles(figures["late"], 0.5, 0.99, 1),
        *_quantiles(queries, 0.5, 0.99),
        max(one["lateness_p99_ms"] for one in stats.values()),
        100 * late / ticks,
        media * 1000 / took / len(spaces),
        web * 1000 / took,
        100 * _received(figures["stats"], before) * PACKET_SECONDS / took / sum(len(one.stage) for one in spaces),
    ]


async def _ask(anyone: Client, spaces: Sequence[LiveSpace], until: float) -> list[float]:
    """How many ms each query took."""
    took: list[float] = []
    while (begun := time.monotonic()) < until:
        await anyone.call(operations.ROSTER, spaceId=spaces[len(took) % len(spaces)].id)
        took.append((time.monotonic() - begun) * 1000)
        await asyncio.sleep(ASK_SECONDS)
    return took


def _cpu(pids: Sequence[int]) -> float:
    return sum(map(cpu_seconds, pids))


def _received(after: Stats, before: Stats) -> float:
    """Packets of all microphones meanwhile."""
    return sum(one["received"] - before[id]["received"] for id, one in after.items() if "/" in id)


def _quantiles(values: Sequence[float], *shares: float) -> list[float]:
    return [float(one) for one in np.quantile(values or [0], shares)]
