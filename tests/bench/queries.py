"""What a GraphQL query costs the server: over HTTP, beside an answer of nothing, and its execution by itself."""

import base64
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from statistics import median
from typing import Any, Final

import strawberry
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.schema.config import StrawberryConfig

from app.domain.roster import Role, Seat
from resolvers.api import Mutation, Query, Subscription, build_schema
from schema.events import EVENTS
from schema.personal import VIEWER_EVENTS
from schema.scalars import DATE_TIME
from tests.bench.cpu import child, cpu_seconds
from tests.bench.http_load import ask, post
from tests.bench.live_space import open_space
from tests.bench.place import Place
from tests.bench.size import Size
from tests.bench.tables import Cell, Table
from tests.domain_values import person, space
from tests.fakes.world import World
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
CONNECTIONS: Final = 8
WARM: Final = 50
"""Requests before any is measured: the second one for a Space makes the server keep up with it."""
Execute = Callable[[], Awaitable[Any]]


async def measure(size: Size, place: Place) -> list[Table]:
    """Both tables."""
    return [await _over_http(size, place), await _executed(size)]


async def _over_http(size: Size, place: Place) -> Table:
    server = await place.server()
    pids = (server.process.pid, child(server.process.pid, "mongod"))
    async with client_of(server) as anyone, open_space(anyone, guests=size.guests) as live:
        url, variables = f"{server.url}/graphql", {"spaceId": live.id}
        stage = {"query": STAGE, "variables": variables}
        requests = {
            "404, no GraphQL": post(f"{server.url}/nothing", None),
            TYPENAME: post(url, {"query": TYPENAME}),
            "a Space's title": post(url, {"query": TITLE, "variables": variables}),
            "a Space and its stage": post(url, stage),
            "the same, with a token": post(url, stage, live.host.token),
        }
        rounds: dict[str, list[list[float]]] = {name: [] for name in requests}
        for request in requests.values():
            await ask(server.url, request, times=WARM, connections=CONNECTIONS)
        for _ in range(size.rounds):
            for name, request in requests.items():
                rounds[name].append(await _cost(server.url, request, size.requests * CONNECTIONS, pids))
    rows: list[list[Cell]] = [
        [name, *(median(figures) for figures in zip(*costs, strict=True))] for name, costs in rounds.items()
    ]
    note = (
        f"{CONNECTIONS} kept connections, each with its next request when it has its answer; the stage has "
        f"{size.guests + 1} people. CPU of the web process and of the embedded mongod, for each request. Median of "
        f"{size.rounds} rounds of {size.requests * CONNECTIONS}."
    )
    return Table("Queries over HTTP", ["query", "web CPU us", "mongod CPU us", "us by the clock"], rows, note)


async def _cost(url: str, request: bytes, times: int, pids: tuple[int, int]) -> list[float]:
    """For each request, in microseconds: CPU of both processes, and the clock."""
    before, begun = [cpu_seconds(pid) for pid in pids], time.perf_counter()
    await ask(url, request, times=times, connections=CONNECTIONS)
    took = time.perf_counter() - begun
    spent = [cpu_seconds(pid) - cpu for pid, cpu in zip(pids, before, strict=True)]
    return [seconds * 1e6 / times for seconds in (*spent, took)]


async def _executed(size: Size) -> Table:
    world = World(keeps=True)
    host = person("host")
    seats = [Seat(host, Role.HOST, False, world.clock())]
    seats += [Seat(person(f"guest{number}"), Role.SPEAKER, True, world.clock()) for number in range(size.guests)]
    await world.stores.spaces.add(replace(space("measured"), host=host, stage=tuple(seats)))
    rounds: dict[str, list[float]] = {}
    for _ in range(size.rounds):
        for name, execute in _ways(world).items():
            await execute()
            before = time.process_time()
            for _ in range(size.requests):
                await execute()
            rounds.setdefault(name, []).append((time.process_time() - before) * 1e6 / size.requests)
    rows: list[list[Cell]] = [[name, median(costs)] for name, costs in rounds.items()]
    note = (
        f"The query of a Space and its stage of {size.guests + 1}, state in memory, no HTTP: from its text to the "
        f"dictionary that is answered. Median of {size.rounds} rounds of {size.requests}."
    )
    return Table("Executing a query", ["by", "CPU us"], rows, note)


def _ways(world: World) -> Mapping[str, Execute]:
    """Each way of executing it, made anew."""
    schemas = {
        "Strawberry as installed": _strawberry(),
        "Strawberry with ParserCache and ValidationCache": _strawberry(ParserCache, ValidationCache),
        "this server": build_schema(),
    }
    space_id = base64.b64encode(b"Space:measured").decode()
    return {name: partial(_execute, schema, world, {"spaceId": space_id}) for name, schema in schemas.items()}


async def _execute(schema: strawberry.Schema, world: World, variables: dict[str, Any]) -> None:
    result = await schema.execute(STAGE, variable_values=variables, context_value=world.context(None, "192.0.2.1"))
    assert not result.errors, result.errors


def _strawberry(*extensions: Any) -> strawberry.Schema:
    return strawberry.Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=[*EVENTS, *VIEWER_EVENTS],
        extensions=extensions,
        config=StrawberryConfig(scalar_map={datetime: DATE_TIME}),
    )
