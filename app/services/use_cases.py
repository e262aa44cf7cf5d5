"""All use cases in one hand, a noun each, put together when first asked for."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from functools import cached_property

from app.services.abandonment import Abandonment
from app.services.bar_watch import BarWatch
from app.services.conversations import Conversations
from app.services.deletion import Deletion
from app.services.feedback import Feedbacks
from app.services.follows import Follows
from app.services.known_spaces import KnownSpaces
from app.services.listings import Listings
from app.services.messages import Messages
from app.services.moderation import Moderation
from app.services.mutes import Mutes
from app.services.previews import Previews
from app.services.reactions import Reactions
from app.services.reminders import Reminders
from app.services.removals import Removals
from app.services.reports import Reports
from app.services.scheduler import Scheduler
from app.services.schedules import Schedules
from app.services.sharing import Sharing
from app.services.sound import Sound
from app.services.space_bar import SpaceBars
from app.services.spaces import Spaces
from app.services.stage import Stage
from app.services.streams import Streams
from app.services.timelines import Timelines
from app.services.viewers import Viewers


class UseCases(Sound):
    """What can be done; nothing runs but `works`."""

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
            self.clip_renditions.run,
            self.removals.run,
            self.outbox.run,
            self.scheduler.run,
            self.inboxes.run_bells,
            self.inboxes.run_heartbeats,
            self.transcripts.run,
            self.recordings.run_measuring,
            self.recordings.run_expiring,
            self.recordings.run_failures,
            self.conversations.run,
            self.whereabouts.run,
            self.bar_watch.run_hearing,
            self.bar_watch.run_rounds,
            self.bar_watch.run_sweeps,
            self.connections.run,
            self.voices.run,
        )

    @cached_property
    def space_bars(self) -> SpaceBars:
        return SpaceBars(self.stores)

    @cached_property
    def viewers(self) -> Viewers:
        return Viewers(
            self.people,
            self.world.tokens,
            self.stores.revocations,
            self.closings,
            operators=self.policy.operators,
            clock=self.clock,
        )

    @cached_property
    def follows(self) -> Follows:
        return Follows(self.stores.follows, self.stores.blocks, self.stores.people, self.whereabouts, clock=self.clock)

    @cached_property
    def mutes(self) -> Mutes:
        return Mutes(self.stores.mutes, self.stores.people, self.whereabouts, clock=self.clock)

    @cached_property
    def spaces(self) -> Spaces:
        return Spaces(
            self.changes,
            self.stores.spaces,
            self.stores.people,
            self.attendance,
            self.idempotency,
            self.speakers,
            self.outbox,
            KnownSpaces(self.stores.spaces, self.world.feeds),
            topics=self.policy.topics,
            limits=self.policy.limits,
            clock=self.clock,
        )

    @cached_property
    def bar_watch(self) -> BarWatch:
        return BarWatch(self.space_bars, self.world.moves)

    @cached_property
    def listings(self) -> Listings:
        return Listings(self.stores.spaces, self.admission)

    @cached_property
    def schedules(self) -> Schedules:
        return Schedules(
            self.changes,
            self.stores.spaces,
            self.stores.people,
            self.attendance,
            self.admission,
            self.speakers,
            self.outbox,
            self.idempotency,
            topics=self.policy.topics,
            time_zones=self.policy.time_zones,
            clock=self.clock,
        )

    @cached_property
    def reminders(self) -> Reminders:
        return Reminders(self.stores.reminders, self.stores.spaces, self.admission, clock=self.clock)

    @cached_property
    def stage(self) -> Stage:
        return Stage(
            self.changes,
            self.stores.people,
            self.stores.follows,
            self.attendance,
            self.admission,
            limits=self.policy.limits,
            new_id=self.new_id,
            clock=self.clock,
        )

    @cached_property
    def streams(self) -> Streams:
        return Streams(self.world.feeds, self.stores.spaces, self.attendance, self.admission, self.closings)

    @cached_property
    def reactions(self) -> Reactions:
        return Reactions(
            self.world.feeds,
            self.stores.reactions,
            self.stores.spaces,
            self.airings,
            self.attendance,
            self.idempotency,
            available=self.policy.reactions,
            clock=self.clock,
        )

    @cached_property
    def moderation(self) -> Moderation:
        return Moderation(self.stores.spaces, self.stores.moderation)

    @cached_property
    def timelines(self) -> Timelines:
        return Timelines(self.stores.posts, self.stores.follows, self.stores.mutes, self.stores.blocks)

    @cached_property
    def sharing(self) -> Sharing:
        return Sharing(self.changes, self.posts, clock=self.clock)

    @cached_property
    def messages(self) -> Messages:
        return Messages(
            self.stores.messages,
            self.stores.people,
            self.stores.blocks,
            self.stores.rates,
            self.cards,
            self.idempotency,
            self.inboxes,
            clock=self.clock,
        )

    @cached_property
    def conversations(self) -> Conversations:
        return Conversations(
            self.stores.conversations,
            self.stores.messages,
            self.stores.mutes,
            self.stores.blocks,
            self.inboxes,
            clock=self.clock,
        )

    @cached_property
    def reports(self) -> Reports:
        return Reports(
            self.stores.reports,
            self.stores.spaces,
            self.stores.people,
            self.clips,
            self.posts,
            self.idempotency,
            new_id=self.new_id,
            clock=self.clock,
        )

    @cached_property
    def removals(self) -> Removals:
        return Removals(
            self.stores.removals,
            self.stores.spaces,
            self.stores.people,
            self.stores.reminders,
            self.stores.moderation,
            self.admission,
            self.attendance,
            self.blocks,
            self.reports,
            self.inboxes,
            clock=self.clock,
        )

    @cached_property
    def previews(self) -> Previews:
        return Previews(
            self.audio,
            self.stores.spaces,
            self.stores.people,
            self.stores.transcripts,
            self.world.workshop,
            node=self.world.node,
        )

    @cached_property
    def feedback(self) -> Feedbacks:
        return Feedbacks(
            self.stores.feedback, self.stores.spaces, self.stores.attendance, self.admission, clock=self.clock
        )

    @cached_property
    def deletion(self) -> Deletion:
        return Deletion(
            self.changes,
            self.stores.spaces,
            self.stores.clips,
            self.stores.reactions,
            self.stores.transcripts,
            self.stores.recordings,
            self.stores.removals,
            self.stores.feedback,
            self.attendance,
            self.world.media,
            clock=self.clock,
        )

    @cached_property
    def abandonment(self) -> Abandonment:
        return Abandonment(
            self.changes,
            self.airings,
            self.attendance,
            self.world.media,
            timeout=self.policy.empty_timeout,
            clock=self.clock,
        )

    @cached_property
    def scheduler(self) -> Scheduler:
        return Scheduler(
            self.changes,
            self.stores.agendas,
            self.stores.reminders,
            self.inboxes,
            self.attendance,
            self.admission,
            grace=self.policy.schedule_grace,
            clock=self.clock,
        )
