"""What a GraphQL query over HTTP costs the server: a Space with its full stage, beside an answer of nothing."""

import time
from collections.abc import Awaitable, Callable
from functools import partial
from statistics import median
from typing import Final

import httpx2

from tests.bench.cpu import child, cpu_seconds
from tests.bench.live_space import open_space
from tests.bench.place import Place
from tests.bench.size import Size
from tests.bench.tables import Cell, Table
from tests.server.running import client_of

TYPENAME: Final = "{ __typename }"
TITLE: Final = "query Title($spaceId: ID!) { space(id: $spaceId) { title } }"
STAGE: Final = """
query Stage($spaceId: ID!) {
  space(id: $spaceId) {
    id title state url version topics listenerCount anonymousListenerCount isRecording host { id handle displayName }
    stage { user { id handle displayName } role isMuted }
  }
}"""
Query = Callable[[], Awaitable[object]]


async def measure(size: Size, place: Place) -> list[Table]:
    """Each query in turn, one request after the other on one connection."""
    server = await place.server()
    pids = (server.process.pid, child(server.process.pid, "mongod"))
    async with (
        client_of(server) as anyone,
        httpx2.AsyncClient() as http,
        open_space(anyone, guests=size.guests) as space,
    ):
        queries: dict[str, Query] = {
            "404, no GraphQL": partial(http.get, f"{server.url}/nothing"),
            TYPENAME: partial(anyone.call, TYPENAME),
            "a Space's title": partial(anyone.call, TITLE, spaceId=space.id),
            "a Space and its stage": partial(anyone.call, STAGE, spaceId=space.id),
            "the same, with a token": partial(space.host.call, STAGE, spaceId=space.id),
        }
        rounds: dict[str, list[list[float]]] = {name: [] for name in queries}
        for _ in range(size.rounds):
            for name, query in queries.items():
                rounds[name].append(await _cost(query, size.requests, pids))
    rows: list[list[Cell]] = [
        [name, *(median(figures) for figures in zip(*costs, strict=True))] for name, costs in rounds.items()
    ]
    note = (
        f"One request after the other on a kept connection; the stage has {size.guests + 1} people. CPU of the web "
        f"process and of the embedded mongod, for each request. Median of {size.rounds} rounds of {size.requests}."
    )
    return [Table("Queries over HTTP", ["query", "web CPU us", "mongod CPU us", "ms by the clock"], rows, note)]


async def _cost(query: Query, times: int, pids: tuple[int, int]) -> list[float]:
    """For each request: CPU of both processes in microseconds, milliseconds by the clock."""
    before, begun = [cpu_seconds(pid) for pid in pids], time.perf_counter()
    for _ in range(times):
        await query()
    took = time.perf_counter() - begun
    spent = [cpu_seconds(pid) - cpu for pid, cpu in zip(pids, before, strict=True)]
    return [*(seconds * 1e6 / times for seconds in spent), took * 1000 / times]
