"""What a server reads: the state of a Space once for each of its changes, however many look, follow and join."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from app.domain.events import SpaceRenamed
from app.mongod import Mongod
from app.store.database import Database, make_primary, open_database
from app.store.spaces import MongoSpaceStore
from tests.domain_values import NOW
from tests.server.running import RunningServer
from tests.waiting import until
from tests.whole.conftest import Newcomer
from tests.whole.following import Follower, fresh
from tests.whole.people import Person
from tests.whole.rooms import live_space

FOLLOWERS, ASKING = 30, 50
AT_MOST = 2
"""The change itself; and listeners may be counted once more."""
SWEEP = {"version": True}
"""What the sweep reads of all Spaces at once: no state."""


@pytest.fixture
async def database(server: RunningServer) -> AsyncIterator[Database]:
    """The server's own, in which another process may change something without a word."""
    async with open_database(Mongod(server.data, make_primary).uri) as found:
        yield found


class Reads:
    """What was read of one Space while this was watched, by mongod's own account; filled in at the end."""

    def __init__(self, space_id: str) -> None:
        self.space_id = space_id
        self.found: list[object] = []


@asynccontextmanager
async def watched(database: Database, space_id: str) -> AsyncIterator[Reads]:
    """Within the block mongod writes down all that it does."""
    reads = Reads(space_id)
    await database.command("profile", 2)
    try:
        yield reads
    finally:
        await database.command("profile", 0)
        by_id = {"$or": [{"command.filter._id": space_id}, {"command.filter._id.$in": space_id}]}
        query = {"op": "query", "ns": f"{database.name}.spaces", **by_id}
        seen = [one["command"] async for one in database["system.profile"].find(query)]
        reads.found = [one for one in seen if one.get("projection") != SWEEP]
        await database.drop_collection("system.profile")


@asynccontextmanager
async def following(anyone: Person, space_id: str) -> AsyncIterator[list[Follower]]:
    """Many who follow a Space, over websockets and by server-sent events; all are told and counted."""
    followers = [Follower(anyone, space_id, by_sse=number % 2 == 0) for number in range(FOLLOWERS)]
    for one in followers:
        one.connect()
    await until(lambda: counted(followers), "all followers were counted")
    yield followers
    for one in followers:
        await one.disconnect()


async def test_a_change_is_read_by_who_decides_it_alone(newcomer: Newcomer, anyone: Person, database: Database) -> None:
    host = await newcomer("keeper")
    space_id = await live_space(host)
    async with following(anyone, space_id) as followers, watched(database, own(space_id)) as reads:
        await asyncio.gather(*(fresh(anyone, space_id) for _ in range(ASKING)))
        await host.do("updateSpace", spaceId=space_id, title="Changed")
        await until(lambda: all_know(followers, "Changed"), "all followers were told")
        titles = await asyncio.gather(*(fresh(anyone, space_id) for _ in range(ASKING)))
        assert {one["title"] for one in titles} == {"Changed"}
    assert len(reads.found) <= AT_MOST


async def test_a_crowd_that_comes_at_once_is_not_a_crowd_of_reads(
    newcomer: Newcomer, anyone: Person, database: Database
) -> None:
    space_id = await live_space(await newcomer("keeper"))
    async with watched(database, own(space_id)) as reads, following(anyone, space_id):
        await asyncio.gather(*(fresh(anyone, space_id) for _ in range(ASKING)))
    # Two, and one for each time that listeners are counted; without a memory each who comes reads twice.
    assert len(reads.found) < FOLLOWERS


async def test_what_nobody_told_is_found_by_the_sweep_and_read_once(
    newcomer: Newcomer, anyone: Person, database: Database
) -> None:
    space_id = await live_space(await newcomer("keeper"))
    store = MongoSpaceStore(database)
    async with following(anyone, space_id) as followers:
        space = await store.get(own(space_id))
        assert space
        async with watched(database, space.id) as reads:
            await store.save(space, [SpaceRenamed(at=NOW, title="Untold")])
            await until(lambda: all_know(followers, "Untold"), "the sweep found it")
            titles = await asyncio.gather(*(fresh(anyone, space_id) for _ in range(ASKING)))
            assert {one["title"] for one in titles} == {"Untold"}
    assert len(reads.found) <= AT_MOST


def own(global_id: str) -> str:
    """The id that the database knows."""
    return base64.b64decode(global_id).decode().partition(":")[2]


def all_know(followers: list[Follower], title: str) -> bool:
    return all(one.state.get("title") == title for one in followers)


def counted(followers: list[Follower]) -> bool:
    return all(one.state.get("anonymousListenerCount") == len(followers) for one in followers)
