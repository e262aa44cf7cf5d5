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
from app.services.bar_watch import BarWatch
from app.services.blocks import Blocks
from app.services.cards import Cards
from app.services.changes import Changes
from app.services.clip_upkeep import ClipUpkeep
from app.services.clips import Clips
from app.services.closings import Closings
from app.services.deletion import Deletion
from app.services.feedback import Feedbacks
from app.services.follows import Follows
from app.services.idempotency import Idempotency
from app.services.inboxes import Inboxes
from app.services.listings import Listings
from app.services.media_engine import MediaEngine
from app.services.messages import Messages
from app.services.moderation import Moderation
from app.services.mutes import Mutes
from app.services.outbox import Outbox
from app.services.people import Attempts, People
from app.services.ports import Bells, Clock, ClosingFeed, Feeds, MoveFeed, NewId, Passwords, Tokens
from app.services.posts import Posts
from app.services.reactions import Reactions
from app.services.reminders import Reminders
from app.services.removals import Removals
from app.services.reports import Reports
from app.services.scheduler import Scheduler
from app.services.schedules import Schedules
from app.services.sharing import Sharing
from app.services.space_bar import SpaceBars
from app.services.spaces import Spaces
from app.services.speakers import InitialSpeakers
from app.services.stage import Stage
from app.services.stores import Node, Stores
from app.services.streams import Streams
from app.services.timelines import Timelines
from app.services.viewers import Viewers
from app.services.warnings import Warnings
from app.services.whereabouts import Whereabouts


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapters:
    """The world as one server process has it: stores, streams, sound, proof of identity, time and chance."""

    stores: Stores
    feeds: Feeds
    closings: ClosingFeed
    moves: MoveFeed
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
    time_zones: Collection[str] = ("UTC",)
    limits: Limits = field(default_factory=Limits)
    grace: timedelta = timedelta(seconds=60)
    empty_timeout: timedelta = timedelta(hours=1)
    schedule_grace: timedelta = timedelta(hours=2)
    heartbeat: timedelta = timedelta(seconds=10)
    attempts: Attempts = field(default_factory=Attempts)
    operators: Collection[str] = ()


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
    listings: Listings
    whereabouts: Whereabouts
    space_bars: SpaceBars
    bar_watch: BarWatch
    schedules: Schedules
    reminders: Reminders
    stage: Stage
    attendance: Attendances
    streams: Streams
    reactions: Reactions
    clips: Clips
    clip_upkeep: ClipUpkeep
    audio: Audio
    airings: Airings
    abandonment: Abandonment
    deletion: Deletion
    moderation: Moderation
    posts: Posts
    timelines: Timelines
    sharing: Sharing
    messages: Messages
    removals: Removals
    reports: Reports
    feedback: Feedbacks
    closings: Closings
    inboxes: Inboxes
    outbox: Outbox
    scheduler: Scheduler

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
            self.clip_upkeep.run,
            self.removals.run,
            self.outbox.run,
            self.scheduler.run,
            self.inboxes.run_bells,
            self.inboxes.run_heartbeats,
            self.whereabouts.run,
            self.bar_watch.run_hearing,
            self.bar_watch.run_rounds,
            self.bar_watch.run_sweeps,
        )


def assemble(world: Adapters, policy: Policy) -> UseCases:
    """Every use case over these adapters; nothing runs yet."""
    stores, clock, new_id, limits = world.stores, world.clock, world.new_id, policy.limits
    airings = Airings(stores.spaces, stores.airings, world.feeds, world.media, node=world.node, clock=clock)
    whereabouts = Whereabouts(world.moves)
    inboxes = Inboxes(stores.inboxes, world.bells, heartbeat=policy.heartbeat)
    warnings = Warnings(stores.blocks, stores.attendance, inboxes)
    outbox = Outbox(stores.spaces, stores.moderation, inboxes, warnings)
    changes = Changes(stores.spaces, outbox, airings, world.feeds, whereabouts)
    closings = Closings(world.closings, stores.blocks, stores.removals, stores.spaces, stores.revocations)
    admission = Admission(
        changes,
        stores.spaces,
        stores.attendance,
        stores.blocks,
        stores.removals,
        stores.moderation,
        closings,
        whereabouts,
        clock=clock,
    )
    attendance = Attendances(
        changes,
        admission,
        stores.attendance,
        stores.spaces,
        world.media,
        whereabouts,
        node_id=world.node.id,
        grace=policy.grace,
        clock=clock,
    )
    idempotency = Idempotency(stores.idempotency, new_id=new_id, clock=clock)
    upkeep = ClipUpkeep(stores.clips, stores.posts, stores.people, world.media, clock=clock)
    cards = Cards(stores.spaces, stores.clips, stores.posts, stores.attendance, admission)
    posts = Posts(stores.posts, stores.spaces, cards, changes, admission, idempotency, clock=clock)
    people = People(
        stores.people, world.passwords, world.tokens, whereabouts, new_id=new_id, clock=clock, attempts=policy.attempts
    )
    blocks = Blocks(
        stores.blocks,
        stores.follows,
        stores.people,
        stores.spaces,
        stores.reminders,
        admission,
        attendance,
        whereabouts,
        clock=clock,
    )
    clips = Clips(stores.clips, stores.spaces, attendance, admission, upkeep, idempotency, world.media, clock=clock)
    reports = Reports(
        stores.reports, stores.spaces, stores.people, clips, posts, idempotency, new_id=new_id, clock=clock
    )
    speakers = InitialSpeakers(stores.people, admission, limits=limits, new_id=new_id)
    space_bars = SpaceBars(stores)
    return UseCases(
        people=people,
        viewers=Viewers(people, world.tokens, stores.revocations, closings, operators=policy.operators),
        admission=admission,
        follows=Follows(stores.follows, stores.blocks, stores.people, whereabouts, clock=clock),
        blocks=blocks,
        mutes=Mutes(stores.mutes, stores.people, whereabouts, clock=clock),
        spaces=Spaces(
            changes,
            stores.spaces,
            stores.people,
            attendance,
            admission,
            idempotency,
            speakers,
            outbox,
            topics=policy.topics,
            limits=limits,
            clock=clock,
        ),
        whereabouts=whereabouts,
        space_bars=space_bars,
        bar_watch=BarWatch(space_bars, world.moves),
        listings=Listings(stores.spaces, admission),
        schedules=Schedules(
            changes,
            stores.spaces,
            stores.people,
            attendance,
            admission,
            speakers,
            outbox,
            idempotency,
            topics=policy.topics,
            time_zones=policy.time_zones,
            clock=clock,
        ),
        reminders=Reminders(stores.reminders, stores.spaces, admission, clock=clock),
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
            idempotency,
            available=policy.reactions,
            clock=clock,
        ),
        clips=clips,
        clip_upkeep=upkeep,
        audio=Audio(
            stores.spaces, stores.clips, airings, admission, world.media, world.tokens, node=world.node, clock=clock
        ),
        airings=airings,
        moderation=Moderation(stores.spaces, stores.moderation),
        posts=posts,
        timelines=Timelines(stores.posts, stores.follows, stores.mutes, stores.blocks),
        sharing=Sharing(changes, posts, clock=clock),
        messages=Messages(
            stores.messages, stores.people, stores.blocks, stores.rates, cards, idempotency, inboxes, clock=clock
        ),
        removals=Removals(
            stores.removals,
            stores.spaces,
            stores.people,
            stores.reminders,
            stores.moderation,
            admission,
            attendance,
            blocks,
            reports,
            inboxes,
            clock=clock,
        ),
        reports=reports,
        feedback=Feedbacks(stores.feedback, stores.spaces, stores.attendance, admission, clock=clock),
        deletion=Deletion(
            changes,
            stores.spaces,
            stores.clips,
            stores.reactions,
            stores.removals,
            stores.feedback,
            attendance,
            world.media,
            clock=clock,
        ),
        abandonment=Abandonment(changes, airings, attendance, world.media, timeout=policy.empty_timeout, clock=clock),
        closings=closings,
        inboxes=inboxes,
        outbox=outbox,
        scheduler=Scheduler(
            changes,
            stores.agendas,
            stores.reminders,
            inboxes,
            attendance,
            admission,
            grace=policy.schedule_grace,
            clock=clock,
        ),
    )
