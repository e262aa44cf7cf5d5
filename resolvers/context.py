"""The context: one running request, with its viewer and its batched lookups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import strawberry
from strawberry.dataloader import DataLoader

from app.domain import clips, spaces
from app.domain.people import Account
from app.domain.permissions import Standing, capabilities, may_moderate
from app.domain.roster import Person
from app.services.ports import Clock
from app.services.use_cases import UseCases
from app.services.viewers import Viewer
from resolvers import mapping
from resolvers.arguments import after_moment, connection, moment_cursor, page_size, slice_after
from resolvers.faults import NotAuthenticated
from schema.capabilities import Capability
from schema.clips import Clip
from schema.context import Context, SpaceLinks
from schema.pages import Connection, Page
from schema.people import Profile, User
from schema.reactions import ReactionCount
from schema.spaces import Audio, Space
from schema.stage import Invitation, SpeakRequest


class RequestContext(Context):
    """What the schema's links ask. Lookups are batched, never remembered: a subscription may live for hours."""

    def __init__(
        self, use_cases: UseCases, viewer: Viewer | None, *, address: str, public_url: str, clock: Clock
    ) -> None:
        self.use_cases = use_cases
        self.viewer = viewer
        self.address = address
        self.clock = clock
        self._public_url = public_url
        self.accounts = DataLoader(self._accounts, cache=False)
        self.followed = DataLoader(self._followed, cache=False)
        self.blocked = DataLoader(self._blocked, cache=False)
        self.muted = DataLoader(self._muted, cache=False)
        self.following_hosts = DataLoader(self._following_hosts, cache=False)
        self.blocking_hosts = DataLoader(self._blocking_hosts, cache=False)
        self.spaces = DataLoader(self._spaces, cache=False)
        self.clips = DataLoader(self._clips, cache=False)

    @property
    def viewer_id(self) -> str | None:
        """The viewer's id; None: anonymous."""
        return self.viewer.person.id if self.viewer else None

    @property
    def actor(self) -> Person:
        """The person who acts. Raises `NotAuthenticated` for an anonymous request."""
        return self.authenticated.person

    @property
    def authenticated(self) -> Viewer:
        """The viewer, who has an account. Raises `NotAuthenticated` for an anonymous request."""
        if self.viewer is None:
            raise NotAuthenticated
        return self.viewer

    async def profile(self, user_id: str) -> Profile:
        """What only the account of a user knows."""
        return mapping.profile(await self._account(user_id))

    async def user(self, user_id: str) -> User:
        """A user who is known to exist."""
        return mapping.user_of(await self._account(user_id))

    async def viewer_follows(self, user_id: str) -> bool:
        """Whether the viewer follows this user."""
        return self.viewer is not None and await self.followed.load(user_id)

    async def viewer_blocks(self, user_id: str) -> bool:
        """Whether the viewer blocks this user."""
        return self.viewer is not None and await self.blocked.load(user_id)

    async def viewer_mutes(self, user_id: str) -> bool:
        """Whether the viewer mutes this user."""
        return self.viewer is not None and await self.muted.load(user_id)

    async def space(self, space_id: str) -> Space | None:
        """A Space, as far as the viewer may see it."""
        found = await self.spaces.load(space_id)
        return self.shown(found) if found else None

    async def find_user(self, user_id: str) -> User | None:
        """A user, if there is one of this id."""
        account = await self.accounts.load(user_id)
        return mapping.user_of(account) if account else None

    async def clip(self, clip_id: str) -> Clip | None:
        """A clip, if there is one of this id."""
        found = await self.clips.load(clip_id)
        return self.shown_clip(found) if found else None

    async def invitations(self, page: Page) -> Connection[Invitation]:
        """The viewer's pending invitations, over all Spaces."""
        found = [
            (space, invitation)
            for space in await self.use_cases.spaces.inviting(self.actor)
            if (invitation := space.invitation(self.actor.id))
        ]
        return connection(
            slice_after(found, page, key_of=lambda one: (one[1].sent_at, one[1].id), newest_first=True),
            page,
            node=lambda one: mapping.invitation(*one),
            cursor_of=lambda one: moment_cursor(one[1].sent_at, one[1].id),
        )

    async def blocks(self, page: Page) -> Connection[User]:
        """Whom the viewer blocks, the newest block first."""
        found = await self.use_cases.blocks.page(self.actor, limit=page_size(page) + 1, after=after_moment(page))
        return connection(
            found,
            page,
            node=lambda one: mapping.user_of(one[1]),
            cursor_of=lambda one: moment_cursor(one[0], one[1].id),
        )

    def shown(self, space: spaces.Space) -> Space:
        """A Space as the viewer sees it."""
        return mapping.space(
            space,
            viewer_id=self.viewer_id,
            limits=self.use_cases.spaces.limits,
            available_reactions=self.use_cases.reactions.available,
            url=f"{self._public_url}/spaces/{space.id}",
            links=Links(self, space),
        )

    def shown_clip(self, clip: clips.Clip) -> Clip:
        """A clip with an address for the viewer."""
        return mapping.clip(clip, signed_url=lambda: self.use_cases.audio.clip_url(clip, self.viewer_id))

    async def _account(self, user_id: str) -> Account:
        account = await self.accounts.load(user_id)
        if account is None:
            raise LookupError(f"the account {user_id} is gone")
        return account

    async def _accounts(self, ids: list[str]) -> Sequence[Account | None]:
        found = {one.id: one for one in await self.use_cases.people.get_many(set(ids))}
        return [found.get(one) for one in ids]

    async def _followed(self, ids: list[str]) -> Sequence[bool]:
        found = await self.use_cases.follows.followed_by(self.actor.id, set(ids))
        return [one in found for one in ids]

    async def _blocked(self, ids: list[str]) -> Sequence[bool]:
        found = await self.use_cases.blocks.blocked_by(self.actor.id, set(ids))
        return [one in found for one in ids]

    async def _muted(self, ids: list[str]) -> Sequence[bool]:
        found = await self.use_cases.mutes.muted_by(self.actor.id, set(ids))
        return [one in found for one in ids]

    async def _following_hosts(self, ids: list[str]) -> Sequence[bool]:
        found = await self.use_cases.follows.followers_among(self.actor.id, set(ids))
        return [one in found for one in ids]

    async def _blocking_hosts(self, ids: list[str]) -> Sequence[bool]:
        found = await self.use_cases.admission.blocking(self.actor.id, set(ids))
        return [one in found for one in ids]

    async def _spaces(self, ids: list[str]) -> Sequence[spaces.Space | None]:
        found = {one.id: one for one in await self.use_cases.spaces.get_many(self.viewer_id, set(ids))}
        return [found.get(one) for one in ids]

    async def _clips(self, ids: list[str]) -> Sequence[clips.Clip | None]:
        found = {one.id: one for one in await self.use_cases.clips.get_many(set(ids))}
        return [found.get(one) for one in ids]


class Links(SpaceLinks):
    """What leads on from one Space, for the viewer of a request."""

    def __init__(self, context: RequestContext, space: spaces.Space) -> None:
        self._context = context
        self._space = space

    async def listeners(self, page: Page) -> Connection[User]:
        """Those listening with an account, in order of coming."""
        found = await self._context.use_cases.attendance.page(
            self._space, limit=page_size(page) + 1, after=after_moment(page)
        )
        return connection(
            found,
            page,
            node=lambda one: mapping.user(one.person),
            cursor_of=lambda one: moment_cursor(one.joined_at, one.person.id),
        )

    async def clips(self, page: Page) -> Connection[Clip]:
        """The newest clip first."""
        found = await self._context.use_cases.clips.of_space(
            self._space, limit=page_size(page) + 1, after=after_moment(page)
        )
        return connection(
            found, page, node=self._context.shown_clip, cursor_of=lambda one: moment_cursor(one.created_at, one.id)
        )

    def speak_requests(self, page: Page) -> Connection[SpeakRequest] | None:
        """The queue, for moderators."""
        if not may_moderate(self._space, self._context.viewer_id):
            return None
        return connection(
            slice_after(self._space.requests, page, key_of=lambda one: (one.asked_at, one.id)),
            page,
            node=lambda one: mapping.speak_request(self._space, one),
            cursor_of=lambda one: moment_cursor(one.asked_at, one.id),
        )

    def invitations(self, page: Page) -> Connection[Invitation] | None:
        """Whoever is invited, for moderators."""
        if not may_moderate(self._space, self._context.viewer_id):
            return None
        return connection(
            slice_after(self._space.invitations, page, key_of=lambda one: (one.sent_at, one.id)),
            page,
            node=lambda one: mapping.invitation(self._space, one),
            cursor_of=lambda one: moment_cursor(one.sent_at, one.id),
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
            followed = await self._context.following_hosts.load(host_id)
            blocked = await self._context.blocking_hosts.load(host_id)
        standing = Standing(await self.viewer_is_participant(), followed, blocked)
        return mapping.capabilities(capabilities(self._space, self._context.viewer_id, standing))

    async def audio(self) -> Audio | None:
        """The viewer's addresses of sound."""
        addresses = await self._context.use_cases.audio.addresses(self._context.viewer_id, self._space)
        return mapping.audio_of(addresses) if addresses else None


Info: TypeAlias = strawberry.Info[RequestContext, None]
