"""All use cases in one hand, put together over whatever adapters there are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine, Sequence
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
from app.services.connections import Connections
from app.services.deletion import Deletion
from app.services.follows import Follows
from app.services.inboxes import Inboxes
from app.services.media_engine import MediaEngine
from app.services.moderation import Moderation
from app.services.mutes import Mutes
from app.services.outbox import Outbox
from app.services.people import Attempts, People
from app.services.ports import Bells, Clock, ClosingFeed, Feeds, NewId, Passwords, Tokens
from app.services.reactions import Reactions
from app.services.spaces import Spaces
from app.services.stage import Stage
from app.services.stores import Node, Stores
from app.services.streams import Streams
from app.services.viewers import Viewers
from app.services.voices import Voicing


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapters:
    """The world as one server process has it: stores, streams, sound, proof of identity, time and chance."""

    stores: Stores
    feeds: Feeds
    closings: ClosingFeed
    bells: Bells
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
    heartbeat: timedelta = timedelta(seconds=10)
    attempts: Attempts = field(default_factory=Attempts)


@dataclass(frozen=True, slots=True)
class UseCases:
    """What can be done; a noun each."""

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
    inboxes: Inboxes
    outbox: Outbox
    connections: Connections
    voices: Voicing

    @property
    def works(self) -> Sequence[Callable[[], Coroutine[None, None, None]]]:
        """Work in the background of every server process, each for ever."""
        return (
            self.airings.run,
            self.attendance.run_presence,
            self.attendance.run_counting,
            self.closings.run,
            self.abandonment.run,
            self.deletion.run,
            self.outbox.run,
            self.inboxes.run_bells,
            self.inboxes.run_heartbeats,
            self.connections.run,
            self.voices.run,
        )


def assemble(world: Adapters, policy: Policy) -> UseCases:
    """Every use case over these adapters; nothing runs yet."""
    stores, clock, new_id, limits = world.stores, world.clock, world.new_id, policy.limits
    airings = Airings(stores.spaces, stores.airings, world.feeds, world.media, node=world.node, clock=clock)
    inboxes = Inboxes(stores.inboxes, world.bells, heartbeat=policy.heartbeat)
    outbox = Outbox(stores.spaces, stores.moderation, inboxes)
    changes = Changes(stores.spaces, outbox, airings, world.feeds)
    closings = Closings(world.closings, stores.blocks, stores.spaces, stores.revocations)
    admission = Admission(changes, stores.spaces, stores.attendance, stores.blocks, closings, clock=clock)
    connections = Connections(closings, admission, stores.spaces, stores.revocations, world.media)
    attendance = Attendances(
        changes,
        admission,
        stores.attendance,
        stores.spaces,
        world.media,
        node_id=world.node.id,
        grace=policy.grace,
        clock=clock,
    )
    people = People(stores.people, world.passwords, world.tokens, new_id=new_id, clock=clock, attempts=policy.attempts)
    return UseCases(
        people=people,
        viewers=Viewers(people, world.tokens, stores.revocations, closings),
        admission=admission,
        follows=Follows(stores.follows, stores.blocks, stores.people, clock=clock),
        blocks=Blocks(stores.blocks, stores.follows, stores.people, stores.spaces, admission, attendance, clock=clock),
        mutes=Mutes(stores.mutes, stores.people, clock=clock),
        spaces=Spaces(
            changes,
            stores.spaces,
            stores.people,
            attendance,
            admission,
            outbox,
            topics=policy.topics,
            limits=limits,
            new_id=new_id,
            clock=clock,
        ),
        stage=Stage(
            changes, stores.people, stores.follows, attendance, admission, limits=limits, new_id=new_id, clock=clock
        ),
        attendance=attendance,
        streams=Streams(world.feeds, stores.spaces, attendance, admission, closings),
        reactions=Reactions(
            world.feeds,
            stores.reactions,
            stores.spaces,
            airings,
            attendance,
            available=policy.reactions,
            clock=clock,
        ),
        clips=Clips(stores.clips, stores.spaces, attendance, admission, world.media, new_id=new_id, clock=clock),
        audio=Audio(stores.spaces, airings, admission, world.media, connections, world.tokens, node=world.node),
        airings=airings,
        moderation=Moderation(stores.spaces, stores.moderation),
        deletion=Deletion(changes, stores.spaces, stores.clips, stores.reactions, attendance, world.media, clock=clock),
        abandonment=Abandonment(changes, airings, attendance, world.media, timeout=policy.empty_timeout, clock=clock),
        closings=closings,
        inboxes=inboxes,
        outbox=outbox,
        connections=connections,
        voices=Voicing(world.feeds, world.media),
    )
