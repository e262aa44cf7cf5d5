"""Links: what leads on from one Space."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.domain import spaces
from app.domain.permissions import Standing, capabilities, may_moderate
from app.services.pages import part
from resolvers import mapping
from resolvers.arguments import connection, cursor, moment_key, window
from schema.capabilities import Capability
from schema.clips import Clip
from schema.context import SpaceLinks
from schema.pages import Connection, Page
from schema.people import User
from schema.reactions import ReactionCount
from schema.spaces import Audio
from schema.stage import Invitation, SpeakRequest

if TYPE_CHECKING:
    from resolvers.context import RequestContext


class Links(SpaceLinks):
    """What leads on from one Space, for the viewer of a request."""

    def __init__(self, context: RequestContext, space: spaces.Space) -> None:
        self._context = context
        self._space = space

    async def listeners(self, page: Page) -> Connection[User]:
        """Those listening with an account, in order of coming."""
        found = await self._context.use_cases.attendance.page(self._space, window(page, moment_key))
        return connection(
            found,
            page,
            node=lambda one: mapping.user(one.person),
            cursor_of=lambda one: cursor(one.joined_at, one.person.id),
        )

    async def clips(self, page: Page) -> Connection[Clip]:
        """The newest clip first."""
        found = await self._context.use_cases.clips.of_space(self._space, window(page, moment_key))
        return connection(
            found, page, node=self._context.shown_clip, cursor_of=lambda one: cursor(one.created_at, one.id)
        )

    def speak_requests(self, page: Page) -> Connection[SpeakRequest] | None:
        """The queue, for moderators."""
        if not may_moderate(self._space, self._context.viewer_id):
            return None
        return connection(
            part(self._space.requests, window(page, moment_key), key_of=lambda one: (one.asked_at, one.id)),
            page,
            node=lambda one: mapping.speak_request(self._space, one),
            cursor_of=lambda one: cursor(one.asked_at, one.id),
        )

    def invitations(self, page: Page) -> Connection[Invitation] | None:
        """Whoever is invited, for moderators."""
        if not may_moderate(self._space, self._context.viewer_id):
            return None
        return connection(
            part(self._space.invitations, window(page, moment_key), key_of=lambda one: (one.sent_at, one.id)),
            page,
            node=lambda one: mapping.invitation(self._space, one),
            cursor_of=lambda one: cursor(one.sent_at, one.id),
        )

    async def reaction_counts(self) -> Sequence[ReactionCount]:
        """So far."""
        reactions = self._context.use_cases.reactions
        return mapping.reaction_counts(await reactions.counts(self._space.id), reactions.available)

    async def viewer_is_participant(self) -> bool:
        """Whether the viewer is in the Space."""
        viewer_id = self._context.viewer_id
        return viewer_id is not None and await self._context.use_cases.attendance.is_in(viewer_id, self._space.id)

    async def viewer_capabilities(self) -> list[Capability]:
        """What the viewer may do now."""
        host_id, followed, blocked = self._space.host.id, False, False
        if self._context.viewer is not None:
            followed = await self._context.load.following_hosts.load(host_id)
            blocked = await self._context.load.blocking_hosts.load(host_id)
        standing = Standing(await self.viewer_is_participant(), followed, blocked)
        return mapping.capabilities(capabilities(self._space, self._context.viewer_id, standing))

    async def audio(self) -> Audio | None:
        """The viewer's addresses of sound."""
        addresses = await self._context.use_cases.audio.addresses(
            self._context.viewer_id, self._space, login=self._context.viewer.token_id if self._context.viewer else None
        )
        return mapping.audio_of(addresses) if addresses else None
