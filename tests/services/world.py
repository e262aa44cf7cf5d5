"""The use cases over stores in memory: one world, and any number of server processes in it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from app.domain.attendance import AUDIENCE_INTERVAL
from app.domain.drafts import Draft
from app.domain.people import Account
from app.domain.roster import Limits, Person, Role
from app.domain.spaces import Space
from app.services.people import Attempts, People
from app.services.stores import AttendanceStore, Node
from app.services.use_cases import UseCases
from app.services.viewers import Viewer
from app.services.world import Adapters, Policy
from tests.fakes.clock import StoppedClock
from tests.fakes.credentials import MemoryTokens, PlainPasswords
from tests.fakes.feeds import MemoryBells, MemoryClosingFeed, MemoryFeeds, MemoryMoveFeed
from tests.fakes.media import MemoryMedia
from tests.fakes.recording_files import MemoryRecordingFiles
from tests.fakes.spaces import MemorySpaceStore
from tests.fakes.stores import memory_stores
from tests.fakes.workshop import MemoryWorkshop

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
GRACE = timedelta(seconds=15)
KEPT_FOR = timedelta(days=30)
SCHEDULE_GRACE = timedelta(hours=2)
TIME_ZONES = ("UTC", "Europe/Berlin")
EMPTY_TIMEOUT = timedelta(minutes=10)
LIMITS = Limits(cohosts=2, speakers=2)
DRAFT = Draft("On tides", recording_enabled=True)


class World:
    """What all server processes share: time, people, the database and the bus."""

    def __init__(self, *, spaces: MemorySpaceStore | None = None, attendance: AttendanceStore | None = None) -> None:
        self.clock = StoppedClock(NOW)
        stores = memory_stores(spaces)
        self.stores = replace(stores, attendance=attendance or stores.attendance)
        self.spaces, self.attendance, self.people = self.stores.spaces, self.stores.attendance, self.stores.people
        self.follows, self.blocks, self.mutes = self.stores.follows, self.stores.blocks, self.stores.mutes
        self.clips, self.counts, self.log = self.stores.clips, self.stores.reactions, self.stores.moderation
        self.revocations, self.leases = self.stores.revocations, self.stores.airings
        self.feeds = MemoryFeeds(self.spaces)
        self.closings = MemoryClosingFeed()
        self.moves = MemoryMoveFeed()
        self.bells = MemoryBells()
        self.tokens = MemoryTokens(self.clock)
        self.passwords = PlainPasswords()
        self._ids = itertools.count(1)

    def new_id(self) -> str:
        """Ids that tell the order of their making."""
        return f"id-{next(self._ids)}"

    async def person(self, name: str) -> Person:
        """Someone with an account, whose id and handle are their name."""
        account = Account(name, name, name.capitalize(), self.clock())
        await self.people.add(account)
        return account.person

    def viewer(self, person: Person, *, is_operator: bool = False) -> Viewer:
        """A person who has proved who they are."""
        return Viewer(person, self.clock() + timedelta(hours=1), f"token of {person.id}", is_operator)

    async def space(self, space_id: str) -> Space:
        """The Space as it is stored."""
        space = await self.spaces.get(space_id)
        assert space
        return space

    async def audience(self, space_id: str) -> tuple[int, int]:
        """How many listen as the Space tells it: people with an account, and anonymous ones."""
        space = await self.space(space_id)
        return space.listeners, space.anonymous


class Process:
    """One server process of a world, with a sound of its own."""

    def __init__(self, world: World, name: str = "a", media: MemoryMedia | None = None) -> None:
        self.world = world
        self.node = Node(name, f"https://{name}.example")
        self.media = media or MemoryMedia()
        self.workshop = MemoryWorkshop(lambda clip_id: self.media.clip_file(clip_id) is not None)
        adapters = Adapters(
            stores=world.stores,
            feeds=world.feeds,
            closings=world.closings,
            moves=world.moves,
            bells=world.bells,
            media=self.media,
            workshop=self.workshop,
            recordings=MemoryRecordingFiles(self.media),
            passwords=world.passwords,
            tokens=world.tokens,
            node=self.node,
            clock=world.clock,
            new_id=world.new_id,
        )
        policy = Policy(
            topics=("art", "music"),
            time_zones=TIME_ZONES,
            reactions="👏🔥",
            limits=LIMITS,
            grace=GRACE,
            empty_timeout=EMPTY_TIMEOUT,
            schedule_grace=SCHEDULE_GRACE,
            operators=("Olga",),
            recordings_kept_for=KEPT_FOR,
        )
        use_cases = UseCases(adapters, policy)
        self.follows, self.blocks, self.mutes = use_cases.follows, use_cases.blocks, use_cases.mutes
        self.spaces, self.stage, self.attendance = use_cases.spaces, use_cases.stage, use_cases.attendance
        self.streams, self.reactions, self.clips = use_cases.streams, use_cases.reactions, use_cases.clips
        self.viewers, self.listings = use_cases.viewers, use_cases.listings
        self.audio, self.airings, self.closings = use_cases.audio, use_cases.airings, use_cases.closings
        self.abandonment, self.deletion = use_cases.abandonment, use_cases.deletion
        self.moderation, self.removals = use_cases.moderation, use_cases.removals
        self.reports, self.feedback = use_cases.reports, use_cases.feedback
        self.whereabouts, self.space_bars, self.bar_watch = (
            use_cases.whereabouts,
            use_cases.space_bars,
            use_cases.bar_watch,
        )
        self.accounts = use_cases.people
        self.clip_upkeep = use_cases.clip_upkeep
        self.clip_renditions, self.clip_downloads = use_cases.clip_renditions, use_cases.clip_downloads
        self.previews = use_cases.previews
        self.recordings, self.replays = use_cases.recordings, use_cases.replays
        self.transcripts, self.subtitles = use_cases.transcripts, use_cases.subtitles
        self.posts, self.timelines = use_cases.posts, use_cases.timelines
        self.sharing, self.messages = use_cases.sharing, use_cases.messages
        self.conversations = use_cases.conversations
        self.inboxes, self.outbox = use_cases.inboxes, use_cases.outbox
        self.connections, self.voices, self.calls = use_cases.connections, use_cases.voices, use_cases.calls
        self.schedules, self.reminders, self.scheduler = use_cases.schedules, use_cases.reminders, use_cases.scheduler

    def people(self, attempts: Attempts | None = None) -> People:
        """The use cases of accounts, under these limits of attempts."""
        world = self.world
        return People(
            world.people,
            world.passwords,
            world.tokens,
            self.whereabouts,
            new_id=world.new_id,
            clock=world.clock,
            attempts=attempts or Attempts(),
        )

    async def live_space(self, host: Person, draft: Draft = DRAFT) -> str:
        """The id of a new Space that is live."""
        space = await self.spaces.create(host, draft, [])
        await self.spaces.start(host, space.id)
        return space.id

    async def seat(self, host: Person, person: Person, space_id: str, role: Role = Role.SPEAKER) -> None:
        """Gives someone a seat, muted, by invitation."""
        space = await self.stage.invite(host, space_id, person.id, role)
        offer = space.invitation(person.id)
        assert offer
        await self.stage.accept_invitation(person, space_id, offer.id)

    async def count(self) -> None:
        """Counts who listens, when it is due again."""
        self.world.clock.advance(AUDIENCE_INTERVAL)
        await self.attendance.count_all()

    @asynccontextmanager
    async def airing(self) -> AsyncIterator[None]:
        """While this is open the process takes Spaces on the air and follows them."""
        async with asyncio.TaskGroup() as group:
            running = group.create_task(self.airings.run())
            try:
                await asyncio.sleep(0)
                await self.airings.round()
                yield
            finally:
                running.cancel()
