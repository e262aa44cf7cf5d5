"""A whole server in memory: the real use cases, rules and tokens over fake stores, streams and sound."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import timedelta

from app.auth import JwtTokens
from app.domain.roster import Limits
from app.services.people import Attempts, Session
from app.services.stores import Node
from app.services.use_cases import Adapters, Policy, assemble
from app.services.viewers import Viewer
from resolvers.context import RequestContext
from tests.fakes.airings import MemoryAiringStore
from tests.fakes.attendance import MemoryAttendanceStore
from tests.fakes.clips import MemoryClipStore
from tests.fakes.clock import StoppedClock
from tests.fakes.credentials import PlainPasswords
from tests.fakes.feeds import MemoryClosingFeed, MemoryFeeds
from tests.fakes.media import MemoryMedia
from tests.fakes.moderation import MemoryModerationStore
from tests.fakes.pairs import MemoryBlockStore, MemoryFollowStore, MemoryPairStore
from tests.fakes.people import MemoryPersonStore
from tests.fakes.reactions import MemoryReactionStore
from tests.fakes.revocations import MemoryRevocationStore
from tests.fakes.spaces import MemorySpaceStore

PUBLIC_URL = "https://spaces.example"
PASSWORD = "correct horse"
REACTIONS = ("❤️", "😂", "👏")
TOPICS = ("Music", "Tech", "News", "Art")
LIMITS = Limits(cohosts=2, speakers=2)
POLICY = Policy(topics=TOPICS, reactions=REACTIONS, limits=LIMITS, attempts=Attempts(log_ins_per_account=3))


@dataclass
class World:
    """Everything, with the parts that a test looks into or moves."""

    clock: StoppedClock = field(default_factory=lambda: StoppedClock(step=timedelta(milliseconds=1)))
    media: MemoryMedia = field(default_factory=MemoryMedia)

    def __post_init__(self) -> None:
        numbers = itertools.count(1)
        self.spaces = MemorySpaceStore()
        self.people = MemoryPersonStore()
        self.follows = MemoryFollowStore(self.people)
        self.blocks = MemoryBlockStore()
        self.mutes = MemoryPairStore()
        self.revocations = MemoryRevocationStore()
        self.reactions = MemoryReactionStore()
        self.feeds = MemoryFeeds(self.spaces)
        self.tokens = JwtTokens(b"k" * 32, clock=self.clock)
        adapters = Adapters(
            spaces=self.spaces,
            people=self.people,
            follows=self.follows,
            blocks=self.blocks,
            mutes=self.mutes,
            revocations=self.revocations,
            attendance=MemoryAttendanceStore(),
            clips=MemoryClipStore(),
            reactions=self.reactions,
            moderation=MemoryModerationStore(),
            airings=MemoryAiringStore(),
            feeds=self.feeds,
            closings=MemoryClosingFeed(),
            media=self.media,
            passwords=PlainPasswords(),
            tokens=self.tokens,
            node=Node("node-1", PUBLIC_URL),
            clock=self.clock,
            new_id=lambda: f"id{next(numbers):06}",
        )
        self.use_cases = assemble(adapters, POLICY)
        self.attendance, self.viewers = self.use_cases.attendance, self.use_cases.viewers

    async def sign_up(self, handle: str) -> Session:
        """A person with an account."""
        return await self.use_cases.people.sign_up(handle, handle.title(), PASSWORD, address="test")

    def context(self, viewer: Viewer | None, address: str) -> RequestContext:
        """The context of one operation."""
        return RequestContext(self.use_cases, viewer, address=address, public_url=PUBLIC_URL, clock=self.clock)
