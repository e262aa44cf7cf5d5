"""Streams: following a Space's events and reactions live, and being present by doing so."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.domain import refusals
from app.domain.permissions import may_see
from app.domain.reactions import ReactionTally
from app.services.attendance import Attendances
from app.services.ports import FeedItem, Feeds, SpaceStore


class Streams:
    """Open to whoever may see the Space. Both raise `SpaceNotFound` on entering, before anything is streamed."""

    def __init__(self, feeds: Feeds, store: SpaceStore, attendance: Attendances) -> None:
        self._feeds = feeds
        self._store = store
        self._attendance = attendance

    @asynccontextmanager
    async def space_events(
        self, viewer_id: str | None, space_id: str, after: int | None
    ) -> AsyncIterator[AsyncIterator[FeedItem]]:
        """The Space's stream as `Feeds.follow` promises it; an open one is a sign of life of who is in the Space."""
        await self._require_visible(viewer_id, space_id)
        async with self._attendance.connected(space_id, viewer_id), self._feeds.follow(space_id, after) as items:
            yield items

    @asynccontextmanager
    async def reactions(
        self, viewer_id: str | None, space_id: str
    ) -> AsyncIterator[AsyncIterator[tuple[ReactionTally, ...]]]:
        """The Space's reactions in batches."""
        await self._require_visible(viewer_id, space_id)
        async with self._feeds.reactions(space_id) as batches:
            yield batches

    async def _require_visible(self, viewer_id: str | None, space_id: str) -> None:
        space = await self._store.get(space_id)
        if space is None or not may_see(space, viewer_id):
            raise refusals.SpaceNotFound(field="spaceId")
