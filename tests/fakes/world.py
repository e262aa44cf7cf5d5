"""A whole server in memory: the real use cases, rules and tokens over fake stores, streams and sound."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import timedelta

from app.auth import JwtTokens
from app.domain.roster import Limits
from app.services.airings import Airings
from app.services.attendance import Attendances
from app.services.audio import Audio
from app.services.changes import Changes
from app.services.clips import Clips
from app.services.people import People, Rules, Session
from app.services.ports import Node
from app.services.reactions import Reactions
from app.services.spaces import Spaces
from app.services.stage import Stage
from app.services.streams import Streams
from app.services.use_cases import UseCases
from app.services.viewers import Viewer, Viewers
from resolvers.context import RequestContext
from tests.fakes.clock import StoppedClock
from tests.fakes.feeds import MemoryFeeds
from tests.fakes.passwords import PlainPasswords
from tests.fakes.sound import SilentMedia
from tests.fakes.stores import (
    MemoryAiringStore,
    MemoryAttendanceStore,
    MemoryClipStore,
    MemoryPersonStore,
    MemoryReactionStore,
    MemorySpaceStore,
)

PUBLIC_URL = "https://spaces.example"
PASSWORD = "correct horse"
REACTIONS = ("❤️", "😂", "👏")
TOPICS = ("Music", "Tech", "News", "Art")
LIMITS = Limits(cohosts=2, speakers=2)


@dataclass
class World:
    """Everything, with the parts that a test looks into or moves."""

    clock: StoppedClock = field(default_factory=StoppedClock)
    media: SilentMedia = field(default_factory=SilentMedia)

    def __post_init__(self) -> None:
        numbers = itertools.count(1)
        node, clock = Node("node-1", PUBLIC_URL), self.clock

        def new_id() -> str:
            return f"id{next(numbers):06}"

        self.spaces = MemorySpaceStore()
        self.people = MemoryPersonStore()
        self.reactions = MemoryReactionStore()
        self.feeds = MemoryFeeds(self.spaces)
        self.tokens = JwtTokens(b"k" * 32, clock=clock)
        airings = Airings(self.spaces, MemoryAiringStore(), self.feeds, self.media, node=node, clock=clock)
        changes = Changes(self.spaces, airings, self.feeds)
        self.attendance = Attendances(
            changes,
            MemoryAttendanceStore(),
            self.spaces,
            self.media,
            node_id=node.id,
            grace=timedelta(seconds=60),
            clock=clock,
        )
        people = People(
            self.people, PlainPasswords(), self.tokens, new_id=new_id, clock=clock, rules=Rules(log_ins_per_account=3)
        )
        self.viewers = Viewers(people, self.tokens)
        self.use_cases = UseCases(
            people=people,
            spaces=Spaces(
                changes,
                self.spaces,
                self.people,
                self.attendance,
                topics=TOPICS,
                limits=LIMITS,
                new_id=new_id,
                clock=clock,
            ),
            stage=Stage(changes, self.people, self.attendance, limits=LIMITS, new_id=new_id, clock=clock),
            attendance=self.attendance,
            streams=Streams(self.feeds, self.spaces, self.attendance),
            reactions=Reactions(
                self.feeds, self.reactions, self.spaces, airings, self.attendance, available=REACTIONS, clock=clock
            ),
            clips=Clips(MemoryClipStore(), self.spaces, self.attendance, self.media, new_id=new_id, clock=clock),
            audio=Audio(self.spaces, airings, self.media, self.tokens, node=node),
        )

    async def sign_up(self, handle: str) -> Session:
        """A person with an account."""
        return await self.use_cases.people.sign_up(handle, handle.title(), PASSWORD, address="test")

    def context(self, viewer: Viewer | None, address: str) -> RequestContext:
        """The context of one operation."""
        return RequestContext(self.use_cases, viewer, address=address, public_url=PUBLIC_URL, clock=self.clock)
