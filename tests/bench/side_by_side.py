"""One query over HTTP, of this server and of others: a Space with everyone on its stage, all of them in memory."""

from __future__ import annotations

import time
from collections.abc import Sequence
from statistics import median
from typing import Final

import orjson

from tests.bench.contenders import ours, peers, started
from tests.bench.cpu import CLIENT_CORE, cpu_seconds, on_core
from tests.bench.http_load import ask, post
from tests.bench.live_space import open_space
from tests.bench.place import Place
from tests.bench.queries import CONNECTIONS, STAGE
from tests.bench.size import Size
from tests.bench.tables import Cell, Table
from tests.server.running import client_of

WARM: Final = 5
"""Rounds before any is measured: Node.js compiles what it runs often."""


async def measure(size: Size, place: Place) -> list[Table]:
    """Every contender in turn, then the whole server with its database."""
    others, missing = await peers(size)
    rows: list[list[Cell]] = []
    for contender in (ours(size)[0], *others):
        async with started(contender) as server:
            url = f"http://127.0.0.1:{server.port}"
            rows.append([contender.name.partition(":")[0], *await _cost(url, server.pid, server.space_id, size)])
    whole = await place.server()
    async with client_of(whole) as anyone, open_space(anyone, guests=size.guests) as live:
        with on_core(CLIENT_CORE):
            rows.append(["this server with MongoDB", *await _cost(whole.url, whole.process.pid, live.id, size)])
    note = (
        f"The same document and stage of {size.guests + 1}; {CONNECTIONS} kept connections, each with its next request "
        f"when it has its answer; CPU of the server's process for each request, the documents known. Median of "
        f"{size.rounds} rounds of {size.requests * CONNECTIONS} after {WARM}. {missing}"
    )
    return [Table("A Space over HTTP", ["server", "CPU us", "us by the clock", "bytes"], rows, note.strip())]


async def _cost(url: str, pid: int, space_id: str, size: Size) -> Sequence[float]:
    """CPU and clock of a request, in microseconds, and the bytes of its answer."""
    request = post(f"{url}/graphql", {"query": STAGE, "variables": {"spaceId": space_id}})
    times, costs, answer = size.requests * CONNECTIONS, [], b""
    for _ in range(WARM + size.rounds):
        cpu, begun = cpu_seconds(pid), time.perf_counter()
        answer = await ask(url, request, times=times, connections=CONNECTIONS)
        costs.append(((cpu_seconds(pid) - cpu) * 1e6 / times, (time.perf_counter() - begun) * 1e6 / times))
    assert len(orjson.loads(answer)["data"]["space"]["stage"]) == size.guests + 1
    cpus, clocks = zip(*costs[WARM:], strict=True)
    return [median(cpus), median(clocks), float(len(answer))]
