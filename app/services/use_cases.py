"""All use cases in one hand, put together over whatever adapters there are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta

from app.domain.roster import Limits
from app.services.abandonment import Abandonment
from app.services.admission import Admission
from app.services.airings import Airings
from app.services.attendance import Attendances
from app.services.audio import Audio
from app.services.blocks import Blocks
from app.services.changes import Changes
from app.services.clips import Clips
from app.services.closings import Closings
from app.services.deletion import Deletion
from app.services.follows import Follows
from app.services.media_engine import MediaEngine
from app.services.moderation import Moderation
from app.services.mutes import Mutes
from app.services.people import Attempts, People
from app.services.ports import Clock, ClosingFeed, Feeds, NewId, Passwords, Tokens
from app.services.reactions import Reactions
from app.services.spaces import Spaces
from app.services.stage import Stage
from app.services.stores import (
    AiringStore,
    AttendanceStore,
    BlockStore,
    ClipStore,
    FollowStore,
    ModerationStore,
    Node,
    PairStore,
    PersonStore,
    ReactionStore,
    RevocationStore,
    SpaceStore,
)
from app.services.streams import Streams
from app.services.viewers import Viewers


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapters:
    """The world as one server process has it: stores, streams, sound, proof of identity, time and chance."""

    spaces: SpaceStore
    people: PersonStore
    follows: FollowStore
    blocks: BlockStore
    mutes: PairStore
    revocations: RevocationStore
    attendance: AttendanceStore
    clips: ClipStore
    reactions: ReactionStore
    moderation: ModerationStore
    airings: AiringStore
    feeds: Feeds
    closings: ClosingFeed
    media: MediaEngine
    passwords: Passwords
    tokens: Tokens
    node: Node
    clock: Clock
    new_id: NewId


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What an operator decides: what there is to choose from, and how much of it."""

    topics: Collection[str]
    reactions: Collection[str]
    limits: Limits = field(default_factory=Limits)
    grace: timedelta = timedelta(seconds=60)
    empty_timeout: timedelta = timedelta(hours=1)
    attempts: Attempts = field(default_factory=Attempts)


@dataclass(frozen=True, slots=True)
class UseCases:
    """What can be done; a noun each. Those with a `run` have work in the background too, and so has `attendance`."""

    people: People
    viewers: Viewers
    follows: Follows
    admission: Admission
    blocks: Blocks
    mutes: Mutes
    spaces: Spaces
    stage: Stage
    attendance: Attendances
    streams: Streams
    reactions: Reactions
    clips: Clips
    audio: Audio
    airings: Airings
    abandonment: Abandonment
    deletion: Deletion
    moderation: Moderation
    closings: Closings


def assemble(world: Adapters, policy: Policy) -> UseCases:
    """Every use case over these adapters; nothing runs yet."""
    clock, new_id, limits = world.clock, world.new_id, policy.limits
    airings = Airings(world.spaces, world.airings, world.feeds, world.media, node=world.node, clock=clock)
    changes = Changes(world.spaces, world.moderation, airings, world.feeds)
    closings = Closings(world.closings, world.blocks, world.spaces, world.revocations)
    admission = Admission(changes, world.spaces, world.attendance, world.blocks, closings, clock=clock)
    attendance = Attendances(
        changes,
        admission,
        world.attendance,
        world.spaces,
        world.media,
        node_id=world.node.id,
        grace=policy.grace,
        clock=clock,
    )
    people = People(world.people, world.passwords, world.tokens, new_id=new_id, clock=clock, attempts=policy.attempts)
    return UseCases(
        people=people,
        viewers=Viewers(people, world.tokens, world.revocations, closings),
        admission=admission,
        follows=Follows(world.follows, world.blocks, world.people, clock=clock),
        blocks=Blocks(world.blocks, world.follows, world.people, world.spaces, admission, attendance, clock=clock),
        mutes=Mutes(world.mutes, world.people, clock=clock),
        spaces=Spaces(
            changes,
            world.spaces,
            world.people,
            attendance,
            admission,
            topics=policy.topics,
            limits=limits,
            new_id=new_id,
            clock=clock,
        ),
        stage=Stage(
            changes, world.people, world.follows, attendance, admission, limits=limits, new_id=new_id, clock=clock
        ),
        attendance=attendance,
        streams=Streams(world.feeds, world.spaces, attendance, admission, closings),
        reactions=Reactions(
            world.feeds,
            world.reactions,
            world.spaces,
            airings,
            attendance,
            available=policy.reactions,
            clock=clock,
        ),
        clips=Clips(world.clips, world.spaces, attendance, admission, world.media, new_id=new_id, clock=clock),
        audio=Audio(world.spaces, airings, admission, world.media, world.tokens, node=world.node),
        airings=airings,
        moderation=Moderation(world.spaces, world.moderation),
        deletion=Deletion(changes, world.spaces, world.clips, world.reactions, attendance, world.media, clock=clock),
        abandonment=Abandonment(changes, airings, attendance, world.media, timeout=policy.empty_timeout, clock=clock),
        closings=closings,
    )
