"""A whole server in memory: the real use cases, rules and tokens over fake stores, streams and sound."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import timedelta

from app.auth import JwtTokens
from app.domain.roster import Limits
from app.services.people import Attempts, Session
from app.services.stores import Node, Stores
from app.services.use_cases import UseCases
from app.services.viewers import Viewer
from app.services.world import Adapters, Policy
from resolvers.context import RequestContext
from tests.fakes.clock import StoppedClock
from tests.fakes.credentials import PlainPasswords
from tests.fakes.feeds import MemoryBells, MemoryClosingFeed, MemoryFeeds, MemoryMoveFeed
from tests.fakes.media import MemoryMedia
from tests.fakes.recording_files import MemoryRecordingFiles
from tests.fakes.stores import memory_stores
from tests.fakes.workshop import MemoryWorkshop

PUBLIC_URL = "https://spaces.example"
KEY = b"k" * 32
PASSWORD = "correct horse"
REACTIONS = ("❤️", "😂", "👏")
TOPICS = ("Music", "Tech", "News", "Art")
OPERATORS = ("Otto", "The_Operator")
LIMITS = Limits(cohosts=2, speakers=2)
TIME_ZONES = ("UTC", "Europe/Berlin")
POLICY = Policy(
    topics=TOPICS,
    time_zones=TIME_ZONES,
    reactions=REACTIONS,
    limits=LIMITS,
    attempts=Attempts(log_ins_per_account=3),
    operators=OPERATORS,
)


@dataclass
class World:
    """Everything, with the parts that a test looks into or moves."""

    clock: StoppedClock = field(default_factory=lambda: StoppedClock(step=timedelta(milliseconds=1)))
    media: MemoryMedia = field(default_factory=MemoryMedia)
    stores: Stores = field(default_factory=memory_stores)
    keeps: bool = False
    """Whether it keeps up with Spaces that are asked for, as a server does; else tests can count what is read."""

    def __post_init__(self) -> None:
        numbers = itertools.count(1)
        self.spaces, self.people, self.follows = self.stores.spaces, self.stores.people, self.stores.follows
        self.blocks, self.mutes, self.reactions = self.stores.blocks, self.stores.mutes, self.stores.reactions
        self.revocations = self.stores.revocations
        self.feeds = MemoryFeeds(self.spaces, keeps=self.keeps)
        self.workshop = MemoryWorkshop(lambda clip_id: self.media.clip_file(clip_id) is not None)
        self.tokens = JwtTokens(KEY, clock=self.clock)
        adapters = Adapters(
            stores=self.stores,
            feeds=self.feeds,
            closings=MemoryClosingFeed(),
            moves=MemoryMoveFeed(),
            bells=MemoryBells(),
            media=self.media,
            workshop=self.workshop,
            recordings=MemoryRecordingFiles(self.media),
            passwords=PlainPasswords(),
            tokens=self.tokens,
            node=Node("node-1", PUBLIC_URL),
            clock=self.clock,
            new_id=lambda: f"id{next(numbers):06}",
        )
        self.use_cases = UseCases(adapters, POLICY)
        self.attendance, self.viewers = self.use_cases.attendance, self.use_cases.viewers

    async def sign_up(self, handle: str) -> Session:
        """A person with an account."""
        return await self.use_cases.people.sign_up(handle, handle.title(), PASSWORD, address="test")

    def context(self, viewer: Viewer | None, address: str) -> RequestContext:
        """The context of one operation."""
        return RequestContext(self.use_cases, viewer, address=address, public_url=PUBLIC_URL, clock=self.clock)
