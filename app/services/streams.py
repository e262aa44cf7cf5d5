"""Streams: following a Space's events, reactions and voices live, and being present by the events."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import ExitStack, aclosing, asynccontextmanager

from app.domain import refusals
from app.domain.permissions import require_visible
from app.domain.reactions import ReactionTally
from app.domain.transcripts import Phrase
from app.domain.voices import Voices
from app.services.admission import Admission
from app.services.attendance import Attendances
from app.services.closings import Closings, Gate
from app.services.ports import Evicted, FeedItem, Feeds, Removed
from app.services.stores import SpaceStore


class Streams:
    """Open to whoever may see the Space, was not removed from it, and is not blocked by its host.

    All raise `SpaceNotFound`, `RemovedFromSpace` or `BlockedByHost` on entering, before anything is streamed; to who
    is removed or blocked later the stream itself raises that, at once.
    """

    def __init__(
        self,
        feeds: Feeds,
        store: SpaceStore,
        attendance: Attendances,
        admission: Admission,
        closings: Closings,
    ) -> None:
        self._feeds = feeds
        self._store = store
        self._attendance = attendance
        self._admission = admission
        self._closings = closings

    @asynccontextmanager
    async def space_events(
        self, viewer_id: str | None, space_id: str, after: int | None
    ) -> AsyncIterator[AsyncIterator[FeedItem]]:
        """The Space's stream as `Feeds.follow` promises it; an open one is a sign of life of who is in the Space."""
        async with (
            self._open_to(viewer_id, space_id) as gate,
            self._attendance.connected(space_id, viewer_id),
            self._feeds.follow(space_id, after) as items,
            aclosing(gate.through(items)) as let_through,
        ):
            yield let_through

    @asynccontextmanager
    async def reactions(
        self, viewer_id: str | None, space_id: str
    ) -> AsyncIterator[AsyncIterator[tuple[ReactionTally, ...]]]:
        """The Space's reactions in batches."""
        async with (
            self._open_to(viewer_id, space_id) as gate,
            self._feeds.reactions(space_id) as batches,
            aclosing(gate.through(batches)) as let_through,
        ):
            yield let_through

    @asynccontextmanager
    async def voices(self, viewer_id: str | None, space_id: str) -> AsyncIterator[AsyncIterator[Voices]]:
        """Who speaks in the Space: now, and as it changes."""
        async with (
            self._open_to(viewer_id, space_id) as gate,
            self._feeds.voices(space_id) as voices,
            aclosing(gate.through(voices)) as let_through,
        ):
            yield let_through

    @asynccontextmanager
    async def captions(self, viewer_id: str | None, space_id: str) -> AsyncIterator[AsyncIterator[Phrase]]:
        """What is said in the Space, phrase by phrase."""
        async with (
            self._open_to(viewer_id, space_id) as gate,
            self._feeds.captions(space_id) as phrases,
            aclosing(gate.through(phrases)) as let_through,
        ):
            yield let_through

    @asynccontextmanager
    async def _open_to(self, viewer_id: str | None, space_id: str) -> AsyncIterator[Gate]:
        gate = Gate()
        with ExitStack() as registered:
            if viewer_id is not None:
                evicted, removed = Evicted(space_id, viewer_id), Removed(space_id, viewer_id)
                registered.enter_context(self._closings.on(evicted, lambda: gate.close(refusals.BlockedByHost())))
                registered.enter_context(self._closings.on(removed, lambda: gate.close(refusals.RemovedFromSpace())))
            space = require_visible(await self._store.get(space_id), viewer_id)
            await self._admission.require(viewer_id, space)
            yield gate
