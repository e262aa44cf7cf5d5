"""The last seats, wanted by everyone at once: 200 people in 25 Spaces, through four server processes on one MongoDB."""

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from app.bus import Bus
from app.domain import refusals
from app.domain.drafts import Draft
from app.domain.people import Account
from app.domain.roster import Limits, Person, Role
from app.domain.spaces import Space
from app.feeds.bells import BusBells
from app.feeds.closings import BusClosingFeed
from app.feeds.feeds import LiveFeeds
from app.feeds.moves import BusMoveFeed
from app.mongod import Mongod
from app.services.attendance import Attendances
from app.services.ports import FeedItem, Feeds
from app.services.spaces import Spaces
from app.services.stage import Stage
from app.services.stores import Node, PersonStore, SpaceStore
from app.services.use_cases import UseCases
from app.services.world import Adapters, Policy
from app.store.database import Database, open_database
from app.store.stores import mongo_stores
from tests.domain_values import NOW, person
from tests.fakes.clock import StoppedClock
from tests.fakes.credentials import MemoryTokens, PlainPasswords
from tests.fakes.media import MemoryMedia
from tests.fakes.recording_files import MemoryRecordingFiles
from tests.fakes.workshop import MemoryWorkshop
from tests.live.followers import Follower
from tests.live.redis_server import running_redis

PROCESSES = 4
SPACES = 25
PEOPLE_PER_SPACE = 8
LIMITS = Limits(cohosts=2, speakers=5)


@dataclass
class Process:
    """What one server process has of its own: a MongoDB client, a Redis connection, feeds and use cases."""

    feeds: LiveFeeds
    spaces: Spaces
    stage: Stage
    attendance: Attendances
    store: SpaceStore
    people: PersonStore


@asynccontextmanager
async def process(name: str, uri: str, database_name: str, redis_url: str) -> AsyncIterator[Process]:
    numbers, clock = itertools.count(), StoppedClock(step=timedelta(milliseconds=1))
    async with AsyncExitStack() as stack:
        database: Database = await stack.enter_async_context(open_database(uri, database_name))
        bus = await stack.enter_async_context(Bus(redis_url))
        stores = mongo_stores(database)
        feeds = await stack.enter_async_context(LiveFeeds(stores.spaces, stores.reactions, bus))
        media = MemoryMedia()
        adapters = Adapters(
            stores=stores,
            feeds=feeds,
            moves=BusMoveFeed(bus),
            closings=BusClosingFeed(bus),
            bells=BusBells(bus),
            workshop=MemoryWorkshop(lambda clip_id: False),
            media=media,
            recordings=MemoryRecordingFiles(media),
            passwords=PlainPasswords(),
            tokens=MemoryTokens(clock),
            node=Node(name, f"http://{name}"),
            clock=clock,
            new_id=lambda: f"{name}-{next(numbers):06}",
        )
        policy = Policy(topics=(), reactions=(), limits=LIMITS, grace=timedelta(hours=1))
        use_cases = UseCases(adapters, policy)
        yield Process(feeds, use_cases.spaces, use_cases.stage, use_cases.attendance, stores.spaces, stores.people)


class SeatWatcher(Follower):
    """A follower that notes how full the stage was in any state of the Space."""

    def __init__(self, feeds: Feeds, space_id: str) -> None:
        self.most: Counter[Role] = Counter()
        super().__init__(feeds, space_id)

    def _take(self, item: FeedItem) -> None:
        super()._take(item)
        assert self.state is not None
        for role in (Role.COHOST, Role.SPEAKER):
            self.most[role] = max(self.most[role], self.state.count(role))


async def insist(command: Callable[[], Awaitable[Space]]) -> Space | None:
    """What a client does: again where the server is busy. None where a rule says no."""
    while True:
        try:
            return await command()
        except refusals.Busy:
            continue
        except refusals.Refusal:
            return None


async def crowd_in(processes: list[Process], space_id: str, people: list[Person]) -> None:
    """All come in and ask to speak at once, each through some process."""

    async def come(place: int, who: Person) -> None:
        mine = processes[place % PROCESSES]
        await insist(lambda: mine.attendance.join(who, space_id))
        assert await insist(lambda: mine.stage.request_to_speak(who, space_id))

    await asyncio.gather(*(come(place, who) for place, who in enumerate(people)))


async def give_seats_away(processes: list[Process], space: Space, people: list[Person]) -> None:
    """The host, on a device for each process, accepts every request everywhere and makes half of them co-hosts."""
    host, commands = space.host, []
    for mine in processes:
        for request in space.requests:
            commands.append(partial(mine.stage.accept_request, host, space.id, request.id))
    for place, who in enumerate(people[::2]):
        mine = processes[place % PROCESSES]
        commands.append(partial(mine.stage.invite, host, space.id, who.id, Role.COHOST))
    await asyncio.gather(*(insist(command) for command in commands))


async def take_offers(processes: list[Process], space: Space) -> None:
    """All who were invited accept at once, each through two processes."""
    commands = [
        partial(mine.stage.accept_invitation, offer.person, space.id, offer.id)
        for offer in space.invitations
        for mine in processes[:2]
    ]
    await asyncio.gather(*(insist(command) for command in commands))


async def converse(processes: list[Process], number: int) -> None:
    """One Space from its start until every seat that can be taken is."""
    first, last = processes[0], processes[-1]
    host = person(f"host{number}")
    people = [person(f"p{number}x{place}") for place in range(PEOPLE_PER_SPACE)]
    for who in people:
        await first.people.add(Account(who.id, who.handle, who.display_name, created_at=NOW))
    space = await first.spaces.create(host, Draft(title="A race"), [])
    await first.spaces.start(host, space.id)
    watcher = SeatWatcher(last.feeds, space.id)
    await crowd_in(processes, space.id, people)
    asked = await first.store.get(space.id)
    assert asked is not None
    assert len(asked.requests) == PEOPLE_PER_SPACE
    await give_seats_away(processes, asked, people)
    offered = await first.store.get(space.id)
    assert offered is not None
    await take_offers(processes, offered)

    seated = await first.store.get(space.id)
    assert seated is not None
    await watcher.reaches(seated)
    assert watcher.most[Role.COHOST] == seated.count(Role.COHOST) == LIMITS.cohosts
    assert watcher.most[Role.SPEAKER] == LIMITS.speakers
    await watcher.disconnect()


async def test_no_limit_is_ever_exceeded_and_no_stage_is_left_short(mongod: Mongod, database: Database) -> None:
    async with AsyncExitStack() as stack:
        redis_server = await stack.enter_async_context(running_redis())
        processes = [
            await stack.enter_async_context(process(f"node{number}", mongod.uri, database.name, redis_server.url))
            for number in range(PROCESSES)
        ]
        async with asyncio.TaskGroup() as group:
            for number in range(SPACES):
                group.create_task(converse(processes, number))
