"""The context: one running request, with its viewer and its batched lookups."""

from __future__ import annotations

from typing import TypeAlias

import strawberry

from app.domain import clips, spaces
from app.domain.people import Account
from app.domain.roster import Person
from app.services.pages import part
from app.services.ports import Clock
from app.services.use_cases import UseCases
from app.services.viewers import Viewer
from resolvers import mapping
from resolvers.arguments import connection, cursor, moment_key, window
from resolvers.faults import NotAuthenticated
from resolvers.links import Links
from resolvers.loaders import Loaders
from schema.clips import Clip
from schema.context import Context
from schema.pages import Connection, Page
from schema.people import Profile, User
from schema.spaces import Space
from schema.stage import Invitation


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
        self.load = Loaders(use_cases, self.viewer_id)

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
        return self.viewer is not None and await self.load.followed.load(user_id)

    async def viewer_blocks(self, user_id: str) -> bool:
        """Whether the viewer blocks this user."""
        return self.viewer is not None and await self.load.blocked.load(user_id)

    async def viewer_mutes(self, user_id: str) -> bool:
        """Whether the viewer mutes this user."""
        return self.viewer is not None and await self.load.muted.load(user_id)

    async def space(self, space_id: str) -> Space | None:
        """A Space, as far as the viewer may see it."""
        found = await self.load.spaces.load(space_id)
        return self.shown(found) if found else None

    async def find_user(self, user_id: str) -> User | None:
        """A user, if there is one of this id."""
        account = await self.load.accounts.load(user_id)
        return mapping.user_of(account) if account else None

    async def clip(self, clip_id: str) -> Clip | None:
        """A clip, if there is one of this id."""
        found = await self.load.clips.load(clip_id)
        return self.shown_clip(found) if found else None

    async def invitations(self, page: Page) -> Connection[Invitation]:
        """The viewer's pending invitations, over all Spaces."""
        found = [
            (space, invitation)
            for space in await self.use_cases.spaces.inviting(self.actor)
            if (invitation := space.invitation(self.actor.id))
        ]
        return connection(
            part(found, window(page, moment_key), key_of=lambda one: (one[1].sent_at, one[1].id), newest_first=True),
            page,
            node=lambda one: mapping.invitation(*one),
            cursor_of=lambda one: cursor(one[1].sent_at, one[1].id),
        )

    async def blocks(self, page: Page) -> Connection[User]:
        """Whom the viewer blocks, the newest block first."""
        found = await self.use_cases.blocks.page(self.actor, window(page, moment_key))
        return connection(
            found,
            page,
            node=lambda one: mapping.user_of(one[1]),
            cursor_of=lambda one: cursor(one[0], one[1].id),
        )

    def shown(self, space: spaces.Space) -> Space:
        """A Space as the viewer sees it."""
        return mapping.space(
            space,
            viewer_id=self.viewer_id,
            limits=self.use_cases.spaces.limits,
            available_reactions=self.use_cases.reactions.available,
            url=f"{self._public_url}/spaces/{space.id}",
            voices=self.use_cases.voices.now(space.id),
            links=Links(self, space),
        )

    def shown_clip(self, clip: clips.Clip) -> Clip:
        """A clip with an address for the viewer."""
        return mapping.clip(clip, signed_url=lambda: self.use_cases.audio.clip_url(clip, self.viewer_id))

    async def _account(self, user_id: str) -> Account:
        account = await self.load.accounts.load(user_id)
        if account is None:
            raise LookupError(f"the account {user_id} is gone")
        return account


Info: TypeAlias = strawberry.Info[RequestContext, None]
