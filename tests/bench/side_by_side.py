"""One query over HTTP, of this server and of others, in turns: a Space with everyone on its stage."""

from __future__ import annotations

import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from statistics import median
from typing import Final

import orjson

from tests.bench.contenders import Contender, ours, peers, started
from tests.bench.cpu import CLIENT_CORE, cpu_seconds, on_core
from tests.bench.http_load import ask, post
from tests.bench.live_space import open_space
from tests.bench.place import Place
from tests.bench.queries import CONNECTIONS, STAGE
from tests.bench.size import Size
from tests.bench.tables import Table
from tests.server.running import client_of

WARM: Final = 10
"""Rounds before any is measured: Node.js compiles what it runs often."""
RARELY: Final = 10
"""Times fewer requests in a round where each takes milliseconds."""


@dataclass
class Asked:
    """A server that is asked again and again, and what each round cost: CPU and clock of a request, in microseconds."""

    name: str
    pid: int
    url: str
    request: bytes
    times: int
    costs: list[tuple[float, float]] = field(default_factory=list)
    answer: bytes = b""

    async def ask(self) -> None:
        """One round."""
        cpu, begun = cpu_seconds(self.pid), time.perf_counter()
        self.answer = await ask(self.url, self.request, times=self.times, connections=CONNECTIONS)
        spent, took = cpu_seconds(self.pid) - cpu, time.perf_counter() - begun
        self.costs.append((spent * 1e6 / self.times, took * 1e6 / self.times))


async def measure(size: Size, place: Place) -> list[Table]:
    """Every contender, and the whole server with its database, in turns."""
    others, missing = await peers(size)
    kept, _, each = ours(size)
    named = {"this server, state in memory": kept, "the same, every answer made anew": each}
    named |= {one.name: one for one in others}
    async with AsyncExitStack() as running:
        asked = [await _asked(name, contender, size, running) for name, contender in named.items()]
        asked += await _whole(size, place, running)
        with on_core(CLIENT_CORE):
            for _ in range(WARM + size.rounds):
                for one in asked:
                    await one.ask()
    for one in asked:
        assert len(orjson.loads(one.answer)["data"]["space"]["stage"]) == size.guests + 1
    note = (
        f"The same document and stage of {size.guests + 1}; {CONNECTIONS} kept connections, each with its next request "
        f"when it has its answer; CPU of the server's process for each request, the documents known. Median of "
        f"{size.rounds} rounds, in turns, after {WARM}. {missing}"
    )
    return [
        Table(
            "A Space over HTTP",
            ["server", "CPU us", "us by the clock", "bytes"],
            [[one.name, *map(median, zip(*one.costs[WARM:], strict=True)), float(len(one.answer))] for one in asked],
            note.strip(),
        )
    ]


async def _asked(name: str, contender: Contender, size: Size, running: AsyncExitStack) -> Asked:
    server = await running.enter_async_context(started(contender))
    url = f"http://127.0.0.1:{server.port}"
    times = max(CONNECTIONS, size.requests * CONNECTIONS // (RARELY if contender.is_peer and contender.is_slow else 1))
    return Asked(name, server.pid, url, _request(url, server.space_id), times)


async def _whole(size: Size, place: Place, running: AsyncExitStack) -> list[Asked]:
    server = await place.server()
    anyone = await running.enter_async_context(client_of(server))
    live = await running.enter_async_context(open_space(anyone, guests=size.guests))
    times = size.requests * CONNECTIONS
    return [
        Asked(name, server.process.pid, server.url, _request(server.url, live.id, token), times)
        for name, token in (("this server with MongoDB", None), ("the same, with a token", live.host.token))
    ]


def _request(url: str, space_id: str, token: str | None = None) -> bytes:
    return post(f"{url}/graphql", {"query": STAGE, "variables": {"spaceId": space_id}}, token)
