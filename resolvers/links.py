"""Links: what leads on from one Space."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from app.domain import spaces
from app.domain.actions import View
from app.domain.capabilities import capabilities
from app.domain.permissions import may
from app.domain.recorded import WHOLE, Trim
from app.domain.standing import Standing
from app.services.pages import part
from app.services.recordings import Kept
from resolvers import mapping
from resolvers.arguments import connection, count_key, cursor, moment_key, number, window
from schema.audio import Audio
from schema.capabilities import Capability
from schema.clips import Clip
from schema.context import SpaceLinks
from schema.feedback import Feedback, FeedbackSummary
from schema.pages import Connection, Page
from schema.people import User
from schema.posts import SharedPost
from schema.reactions import ReactionCount
from schema.recordings import Recording
from schema.removals import Removal
from schema.stage import Invitation, SpeakRequest
from schema.transcripts import Phrase

if TYPE_CHECKING:
    from resolvers.context import RequestContext


WAVEFORM_POINTS = 2000


class Links(SpaceLinks):
    """What leads on from one Space, for the viewer of a request."""

    def __init__(self, context: RequestContext, space: spaces.Space) -> None:
        self._context = context
        self._space = space

    async def listeners(self, page: Page) -> Connection[User]:
        """Those listening with an account, in order of coming."""
        found = await self._context.load.listeners.load((self._space, window(page, moment_key)))
        return connection(
            found,
            page,
            node=lambda one: mapping.user(one.person),
            cursor_of=lambda one: cursor(one.joined_at, one.person.id),
        )

    async def clips(self, page: Page) -> Connection[Clip]:
        """The published ones and the viewer's drafts, the newest first."""
        found = await self._context.load.clips_of.load((self._space, window(page, moment_key)))
        return connection(
            found, page, node=self._context.shown_clip, cursor_of=lambda one: cursor(one.created_at, one.id)
        )

    def shared_posts(self, page: Page) -> Connection[SharedPost]:
        """In the order of showing."""
        return connection(
            part(self._space.shared_posts, window(page, moment_key), key_of=lambda one: (one.shared_at, one.post_id)),
            page,
            node=mapping.shared_post,
            cursor_of=lambda one: cursor(one.shared_at, one.post_id),
        )

    def speak_requests(self, page: Page) -> Connection[SpeakRequest] | None:
        """The queue, for moderators."""
        if not self._shows(View.QUEUE):
            return None
        return connection(
            part(self._space.requests, window(page, moment_key), key_of=lambda one: (one.asked_at, one.id)),
            page,
            node=lambda one: mapping.speak_request(self._space, one),
            cursor_of=lambda one: cursor(one.asked_at, one.id),
        )

    def invitations(self, page: Page) -> Connection[Invitation] | None:
        """Whoever is invited, for moderators."""
        if not self._shows(View.QUEUE):
            return None
        return connection(
            part(self._space.invitations, window(page, moment_key), key_of=lambda one: (one.sent_at, one.id)),
            page,
            node=lambda one: mapping.invitation(self._space, one),
            cursor_of=lambda one: cursor(one.sent_at, one.id),
        )

    async def reaction_counts(self) -> Sequence[ReactionCount]:
        """So far."""
        counts = await self._context.load.reactions.load(self._space.id)
        return mapping.reaction_counts(counts, self._context.use_cases.reactions.available)

    async def viewer_is_participant(self) -> bool:
        """Whether the viewer is in the Space."""
        return self._context.viewer is not None and await self._context.load.attended.load(self._space.id)

    async def viewer_has_reminder(self) -> bool:
        """Whether the viewer asked for one."""
        return self._context.viewer is not None and await self._context.load.reminded.load(self._space.id)

    async def reminder_count(self) -> int | None:
        """How many asked for one, for the host."""
        if not self._shows(View.REMINDER_COUNT):
            return None
        return await self._context.load.reminder_counts.load(self._space.id)

    async def viewer_capabilities(self) -> list[Capability]:
        """What the viewer may do now."""
        viewer = await self._standing() if self._context.viewer else self._context.standing
        return mapping.capabilities(capabilities(viewer, self._space))

    async def _standing(self) -> Standing:
        load, space_id, host_id = self._context.load, self._space.id, self._space.host.id
        is_in, followed, blocked, removed, was_in = await asyncio.gather(
            self.viewer_is_participant(),
            load.following_hosts.load(host_id),
            load.blocking_hosts.load(host_id),
            load.removed.load(space_id),
            load.visited.load(space_id),
        )
        return replace(
            self._context.standing,
            is_in=is_in,
            followed_by_host=followed,
            blocked=blocked,
            removed=removed,
            was_in=was_in,
        )

    def _shows(self, view: View) -> bool:
        return may(self._context.standing, view, self._space)

    async def viewer_blocked_speakers(self) -> list[User]:
        """Those on the stage whom the viewer blocks."""
        people = [seat.person for seat in self._space.stage]
        if self._context.viewer is None:
            return []
        blocked = await self._context.load.blocked.load_many([person.id for person in people])
        return [mapping.user(person) for person, is_blocked in zip(people, blocked, strict=True) if is_blocked]

    async def viewer_feedback(self) -> Feedback | None:
        """What the viewer said of it."""
        said = await self._context.load.feedback.load(self._space.id) if self._context.viewer else None
        return mapping.feedback(said) if said else None

    async def feedback_summary(self) -> FeedbackSummary | None:
        """What all feedback comes to, for the host and operators."""
        if not self._shows(View.FEEDBACK_SUMMARY):
            return None
        return mapping.feedback_summary(await self._context.load.feedback_summaries.load(self._space.id))

    async def removals(self, page: Page) -> Connection[Removal] | None:
        """Who was removed, for moderators."""
        found = await self._context.use_cases.removals.page(
            self._context.viewer_id, self._space, window(page, moment_key)
        )
        if found is None:
            return None
        return connection(found, page, node=mapping.removal, cursor_of=lambda one: cursor(one.at, one.person.id))

    async def audio(self) -> Audio | None:
        """The viewer's addresses of sound."""
        addresses = await self._context.load.audio.load(self._space)
        return mapping.audio_of(addresses) if addresses else None

    async def recording(self) -> Recording | None:
        """What is kept of its sound."""
        kept = await self._context.load.recordings.load(self._space)
        if kept is None:
            return None
        return mapping.recording(
            kept, partial(self._waveform, kept, self._space.trim), partial(self._waveform, kept, WHOLE)
        )

    async def _waveform(self, kept: Kept, trim: Trim, points: int) -> list[float]:
        points = number(points, "points", 1, WAVEFORM_POINTS)
        if kept.recorded is None:
            return []
        return list(await self._context.use_cases.recordings.waveform(self._space, trim, points))

    async def transcript(self, page: Page) -> Connection[Phrase] | None:
        """What was said, in order."""
        found = await self._context.load.transcripts.load((self._space, window(page, count_key)))
        if found is None:
            return None
        return connection(found, page, node=mapping.phrase, cursor_of=lambda one: cursor(one.start_ms, one.id))
