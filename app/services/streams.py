"""Streams: following a Space's events, reactions, voices and captions live, and being present by the events."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, aclosing, asynccontextmanager
from typing import Protocol

from app.domain import refusals
from app.domain.permissions import require_visible
from app.domain.reactions import ReactionTally
from app.domain.spaces import Space, SpaceState
from app.domain.transcripts import Phrase
from app.domain.voices import Voices
from app.services.admission import Admission
from app.services.attendance import Attendances
from app.services.closings import Closings, Gate
from app.services.ports import Evicted, FeedItem, Feeds, Removed
from app.services.stores import SpaceStore


class StreamsOfSpaces(Protocol):
    """What the streams are made of, for a viewer (None: anonymous). Each is left by leaving its context."""

    def space_events(
        self, viewer_id: str | None, space_id: str, after: int | None
    ) -> AbstractAsyncContextManager[AsyncIterator[FeedItem]]:
        """The Space's stream as `Feeds.follow` promises it."""

    def reactions(
        self, viewer_id: str | None, space_id: str
    ) -> AbstractAsyncContextManager[AsyncIterator[tuple[ReactionTally, ...]]]:
        """The Space's reactions in batches."""

    def voices(self, viewer_id: str | None, space_id: str) -> AbstractAsyncContextManager[AsyncIterator[Voices]]:
        """Who speaks in the Space: now, and as it changes."""

    def captions(self, viewer_id: str | None, space_id: str) -> AbstractAsyncContextManager[AsyncIterator[Phrase]]:
        """What is said in the Space, phrase by phrase."""


class Streams(StreamsOfSpaces):
    """Open to whoever may see the Space, was not removed from it, and is not blocked by its host.

    All raise `SpaceNotFound`, `RemovedFromSpace` or `BlockedByHost` on entering, before anything is streamed; to who
    is removed or blocked later the stream itself raises that, at once. An open stream of the Space's events is a sign
    of life of who is in the Space.
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
        async with (
            self.open_to(viewer_id, space_id, present=True) as (gate, _),
            self._feeds.follow(space_id, after) as items,
            aclosing(gate.through(items)) as let_through,
        ):
            yield let_through

    @asynccontextmanager
    async def reactions(
        self, viewer_id: str | None, space_id: str
    ) -> AsyncIterator[AsyncIterator[tuple[ReactionTally, ...]]]:
        async with (
            self.open_to(viewer_id, space_id) as (gate, _),
            self._feeds.reactions(space_id) as batches,
            aclosing(gate.through(batches)) as let_through,
        ):
            yield let_through

    @asynccontextmanager
    async def voices(self, viewer_id: str | None, space_id: str) -> AsyncIterator[AsyncIterator[Voices]]:
        async with (
            self.open_to(viewer_id, space_id) as (gate, _),
            self._feeds.voices(space_id) as voices,
            aclosing(gate.through(voices)) as let_through,
        ):
            yield let_through

    @asynccontextmanager
    async def captions(self, viewer_id: str | None, space_id: str) -> AsyncIterator[AsyncIterator[Phrase]]:
        async with (
            self.open_to(viewer_id, space_id) as (gate, _),
            self._feeds.captions(space_id) as phrases,
            aclosing(gate.through(phrases)) as let_through,
        ):
            yield let_through

    @asynccontextmanager
    async def open_to(
        self, viewer_id: str | None, space_id: str, *, present: bool = False
    ) -> AsyncIterator[tuple[Gate, Space]]:
        """Lets a viewer in, whatever it is that they follow then: the gate that shuts on them, and the Space as it is
        now. Where `present` they are so while this is open.
        """
        gate = Gate()
        async with AsyncExitStack() as stay:
            if viewer_id is not None:
                evicted, removed = Evicted(space_id, viewer_id), Removed(space_id, viewer_id)
                stay.enter_context(self._closings.on(evicted, lambda: gate.close(refusals.BlockedByHost())))
                stay.enter_context(self._closings.on(removed, lambda: gate.close(refusals.RemovedFromSpace())))
            space = require_visible(await self._space(space_id), viewer_id)
            await self._admission.require(viewer_id, space)
            if present:
                await stay.enter_async_context(self._attendance.connected(space_id, viewer_id))
            yield gate, space

    async def _space(self, space_id: str) -> Space | None:
        """The Space: read, but while it is followed here and live, which are the many.

        Then everyone may see it until it is deleted, and who is let in is told of that by the stream itself, which
        is made of this same state: whoever came a moment before is told no more and no less.
        """
        known = self._feeds.known(space_id) or await self._feeds.caught_up(space_id)
        if known is not None and known.state is SpaceState.LIVE:
            return known
        return await self._store.get(space_id)

    def opened(self) -> OpenStreams:
        """The streams themselves, for who executes one for many that `open_to` lets in."""
        return OpenStreams(self._feeds)


class OpenStreams(StreamsOfSpaces):
    """The same for who executes a stream once for many: each of them was let in by `Streams.open_to`, and nobody is
    present by it. `newest` is the event, snapshot or heartbeat that was given out last.
    """

    def __init__(self, feeds: Feeds) -> None:
        self._feeds = feeds
        self.newest: FeedItem | None = None

    @asynccontextmanager
    async def space_events(
        self, viewer_id: str | None, space_id: str, after: int | None
    ) -> AsyncIterator[AsyncIterator[FeedItem]]:
        async with self._feeds.follow(space_id, after) as items, aclosing(self._noted(items)) as noted:
            yield noted

    def reactions(
        self, viewer_id: str | None, space_id: str
    ) -> AbstractAsyncContextManager[AsyncIterator[tuple[ReactionTally, ...]]]:
        return self._feeds.reactions(space_id)

    def voices(self, viewer_id: str | None, space_id: str) -> AbstractAsyncContextManager[AsyncIterator[Voices]]:
        return self._feeds.voices(space_id)

    def captions(self, viewer_id: str | None, space_id: str) -> AbstractAsyncContextManager[AsyncIterator[Phrase]]:
        return self._feeds.captions(space_id)

    async def _noted(self, items: AsyncIterator[FeedItem]) -> AsyncGenerator[FeedItem, None]:
        async for item in items:
            self.newest = item
            yield item
