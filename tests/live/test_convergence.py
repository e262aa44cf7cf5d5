"""The live promise as a whole, on real MongoDB: whatever goes wrong, every stream tells the state that a query reads.

Processes save at random, one in four dies before it tells, the bus loses one message in five, followers drop out and
resume with what they know; and still each of them sees versions without gap or repeat, and ends at the stored state.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from random import Random

import pytest

from app.bus.bus import Bus
from app.domain.events import (
    AudienceChanged,
    EndReason,
    HostLeft,
    HostReturned,
    MicrophoneClosed,
    MicrophoneOpened,
    SeatGranted,
    SeatVacated,
    SpaceEnded,
    SpaceEvent,
    SpaceRenamed,
)
from app.domain.roster import Role, SeatEnd
from app.feeds.feeds import LiveFeeds
from app.services.stores import VersionConflict
from app.store.database import Database
from app.store.reactions import MongoReactionStore
from app.store.spaces import MongoSpaceStore
from tests.domain_values import NOW, person, space
from tests.fakes.faults import LossyBus
from tests.live.followers import Follower

PROCESSES = 3
FOLLOWERS = 12
STEPS = 120
SPACES = ["a", "b"]


@asynccontextmanager
async def processes(bus_url: str, database: Database, random: Random) -> AsyncIterator[list[LiveFeeds]]:
    """Server processes with stores and feeds of their own; memory is one bus for all of them."""
    async with AsyncExitStack() as stack:
        shared = await stack.enter_async_context(Bus(bus_url))
        feeds = []
        for _ in range(PROCESSES):
            bus = shared if bus_url == "memory://" else await stack.enter_async_context(Bus(bus_url))
            lossy = LossyBus(bus, loss=0.2, seed=random.randrange(1000))
            live = LiveFeeds(MongoSpaceStore(database), MongoReactionStore(database), lossy, heartbeat_seconds=0.1)
            feeds.append(await stack.enter_async_context(live))
        yield feeds


def some_events(random: Random) -> list[SpaceEvent]:
    """One command's events: not always sensible, as no rule is at stake here but that they are told."""
    someone = person(random.choice("abcdef"))
    choices: list[list[SpaceEvent]] = [
        [SpaceRenamed(at=NOW, title=str(random.random()))],
        [AudienceChanged(at=NOW, listeners=random.randrange(100), anonymous=random.randrange(100))],
        [SeatGranted(at=NOW, person=someone, role=random.choice([Role.SPEAKER, Role.COHOST]))],
        [SeatVacated(at=NOW, person_id=someone.id, end=SeatEnd.LEFT)],
        [MicrophoneOpened(at=NOW, person_id=someone.id), MicrophoneClosed(at=NOW, person_id=someone.id, by="x")],
        [HostLeft(at=NOW), HostReturned(at=NOW), SpaceRenamed(at=NOW, title="Back")] * random.randrange(1, 60),
    ]
    return random.choice(choices)


async def save_and_perhaps_tell(store: MongoSpaceStore, feeds: LiveFeeds, space_id: str, random: Random) -> None:
    events, dies = some_events(random), random.random() < 0.25
    before = await store.get(space_id)
    assert before is not None
    try:
        _, numbered = await store.save(before, events)
    except VersionConflict:
        return
    if not dies:
        await feeds.announce(space_id, numbered)


async def reconnect(followers: list[Follower], feeds: list[LiveFeeds], random: Random) -> None:
    """Someone drops out and comes back, to any process, with what they knew or with nothing."""
    index = random.randrange(len(followers))
    known = await followers[index].disconnect()
    resuming = known if random.random() < 0.8 else None
    followers[index] = Follower(random.choice(feeds), SPACES[index % len(SPACES)], resuming)


@pytest.mark.parametrize("seed", range(3))
async def test_every_follower_ends_at_the_stored_state(bus_url: str, database: Database, seed: int) -> None:
    random = Random(seed)
    store = MongoSpaceStore(database)
    for space_id in SPACES:
        await store.add(space(space_id))
    async with processes(bus_url, database, random) as feeds:
        followers = [Follower(random.choice(feeds), SPACES[n % len(SPACES)]) for n in range(FOLLOWERS)]
        for _ in range(STEPS):
            writers = [random.choice(SPACES) for _ in range(random.randrange(1, 4))]
            await asyncio.gather(
                *(save_and_perhaps_tell(store, random.choice(feeds), space_id, random) for space_id in writers)
            )
            if random.random() < 0.3:
                await reconnect(followers, feeds, random)
        for number, follower in enumerate(followers):
            await follower.reaches(await store.get(SPACES[number % len(SPACES)]))

        for space_id in SPACES:
            last = await store.get(space_id)
            assert last is not None
            await store.save(last, [SpaceEnded(at=NOW, reason=EndReason.HOST)])
        for number, follower in enumerate(followers):
            assert await follower.ends() == await store.get(SPACES[number % len(SPACES)])
