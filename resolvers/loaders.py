"""Loaders: batched lookups of a running request."""

from __future__ import annotations

from collections.abc import Sequence

from strawberry.dataloader import DataLoader

from app.domain import clips, messages, posts, spaces
from app.domain.people import Account
from app.services.use_cases import UseCases


class Loaders:
    """Lookups of the same moment are one query each. Nothing is remembered: a subscription may live for hours.

    Those about a viewer are asked only where there is one.
    """

    def __init__(self, use_cases: UseCases, viewer_id: str | None) -> None:
        self._use_cases = use_cases
        self._viewer_id = viewer_id
        self.accounts = DataLoader(self._accounts, cache=False)
        self.followed = DataLoader(self._followed, cache=False)
        self.blocked = DataLoader(self._blocked, cache=False)
        self.muted = DataLoader(self._muted, cache=False)
        self.following_hosts = DataLoader(self._following_hosts, cache=False)
        self.blocking_hosts = DataLoader(self._blocking_hosts, cache=False)
        self.spaces = DataLoader(self._spaces, cache=False)
        self.clips = DataLoader(self._clips, cache=False)

        self.posts = DataLoader(self._posts, cache=False)
        self.shared_posts = DataLoader(self._shared_posts, cache=False)
        self.messages = DataLoader(self._messages, cache=False)

    async def _accounts(self, ids: list[str]) -> Sequence[Account | None]:
        found = {one.id: one for one in await self._use_cases.people.get_many(set(ids))}
        return [found.get(one) for one in ids]

    async def _followed(self, ids: list[str]) -> Sequence[bool]:
        found = await self._use_cases.follows.followed_by(self._viewer, set(ids))
        return [one in found for one in ids]

    async def _blocked(self, ids: list[str]) -> Sequence[bool]:
        found = await self._use_cases.blocks.blocked_by(self._viewer, set(ids))
        return [one in found for one in ids]

    async def _muted(self, ids: list[str]) -> Sequence[bool]:
        found = await self._use_cases.mutes.muted_by(self._viewer, set(ids))
        return [one in found for one in ids]

    async def _following_hosts(self, ids: list[str]) -> Sequence[bool]:
        found = await self._use_cases.follows.followers_among(self._viewer, set(ids))
        return [one in found for one in ids]

    async def _blocking_hosts(self, ids: list[str]) -> Sequence[bool]:
        found = await self._use_cases.admission.blocking(self._viewer, set(ids))
        return [one in found for one in ids]

    async def _spaces(self, ids: list[str]) -> Sequence[spaces.Space | None]:
        found = {one.id: one for one in await self._use_cases.spaces.get_many(self._viewer_id, set(ids))}
        return [found.get(one) for one in ids]

    async def _clips(self, ids: list[str]) -> Sequence[clips.Clip | None]:
        found = {one.id: one for one in await self._use_cases.clips.get_many(self._viewer_id, set(ids))}
        return [found.get(one) for one in ids]

    async def _posts(self, ids: list[str]) -> Sequence[posts.Post | None]:
        found = {one.id: one for one in await self._use_cases.posts.get_many(self._viewer_id, set(ids))}
        return [found.get(one) for one in ids]

    async def _shared_posts(self, ids: list[str]) -> Sequence[posts.Post | None]:
        found = {one.id: one for one in await self._use_cases.posts.shown(set(ids))}
        return [found.get(one) for one in ids]

    async def _messages(self, ids: list[str]) -> Sequence[messages.DirectMessage | None]:
        found = {one.id: one for one in await self._use_cases.messages.get_many(self._viewer_id, set(ids))}
        return [found.get(one) for one in ids]

    @property
    def _viewer(self) -> str:
        assert self._viewer_id is not None
        return self._viewer_id
