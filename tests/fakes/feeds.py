"""Live streams in memory; one of them serves any number of processes in a test."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

from app.domain.events import Numbered, SpaceCanceled, SpaceDeleted, SpaceEnded, SpaceExpired
from app.domain.evolution import apply
from app.domain.reactions import Reaction, ReactionTally, tally
from app.domain.spaces import Space
from app.domain.transcripts import Phrase
from app.domain.voices import SILENCE, Voices
from app.services.ports import Closing, FeedItem, Heartbeat, Moves, Snapshot
from app.services.stores import SpaceStore

LAST = (SpaceEnded, SpaceCanceled, SpaceExpired, SpaceDeleted)

Word = TypeVar("Word")


class MemoryFeeds:
    """`Feeds` in queues. Heartbeats and batches of reactions come when the test says so.

    It keeps up with what it is asked to only where `keeps` says so: elsewhere tests count what is read.
    """

    def __init__(self, spaces: SpaceStore, *, keeps: bool = False) -> None:
        self._keeps = keeps
        self.reader_came = asyncio.Event()
        self._spaces = spaces
        self._followers: dict[str, list[asyncio.Queue[Numbered | Heartbeat]]] = defaultdict(list)
        self._readers: dict[str, list[asyncio.Queue[tuple[ReactionTally, ...]]]] = defaultdict(list)
        self._caption_readers: dict[str, list[asyncio.Queue[Phrase]]] = defaultdict(list)
        self._reactions: dict[str, list[Reaction]] = defaultdict(list)
        self._hearers: dict[str, list[asyncio.Queue[Voices | None]]] = defaultdict(list)
        self._spoken: dict[str, Voices] = {}
        self._kept: dict[str, Space] = {}

    def followers(self, space_id: str) -> int:
        """How many streams of a Space are open."""
        return len(self._followers[space_id])

    def caption_readers(self, space_id: str) -> int:
        """How many streams of a Space's captions are open."""
        return len(self._caption_readers[space_id])

    def beat(self, space_id: str, version: int) -> None:
        """A heartbeat for everyone."""
        for queue in self._followers[space_id]:
            queue.put_nowait(Heartbeat(version))

    def send_batch(self, space_id: str) -> None:
        """What was sent so far, as one batch."""
        batch = tally(self._reactions.pop(space_id, []))
        for queue in self._readers[space_id]:
            queue.put_nowait(batch)

    @asynccontextmanager
    async def follow(self, space_id: str, after: int | None) -> AsyncIterator[AsyncIterator[FeedItem]]:
        queue: asyncio.Queue[Numbered | Heartbeat] = asyncio.Queue()
        self._followers[space_id].append(queue)
        try:
            yield self._items(space_id, after, queue)
        finally:
            self._followers[space_id].remove(queue)

    async def _items(
        self, space_id: str, after: int | None, queue: asyncio.Queue[Numbered | Heartbeat]
    ) -> AsyncIterator[FeedItem]:
        space = await self._spaces.get(space_id)
        if space is None:
            return
        missed = None if after is None else await self._spaces.events_after(space_id, after)
        start: list[FeedItem] = [Snapshot(space)] if missed is None else [*missed, Heartbeat(space.version)]
        for first in start:
            yield first
        version, over = space.version, space.is_over
        while not over:
            item = await queue.get()
            if isinstance(item, Numbered):
                if item.version <= version:
                    continue
                version, over = item.version, isinstance(item.event, LAST)
            yield item

    @asynccontextmanager
    async def reactions(self, space_id: str) -> AsyncIterator[AsyncIterator[tuple[ReactionTally, ...]]]:
        queue: asyncio.Queue[tuple[ReactionTally, ...]] = asyncio.Queue()
        self._readers[space_id].append(queue)
        self.reader_came.set()
        try:
            yield self._batches(queue)
        finally:
            self._readers[space_id].remove(queue)

    async def _batches(
        self, queue: asyncio.Queue[tuple[ReactionTally, ...]]
    ) -> AsyncIterator[tuple[ReactionTally, ...]]:
        while True:
            yield await queue.get()

    @asynccontextmanager
    async def captions(self, space_id: str) -> AsyncIterator[AsyncIterator[Phrase]]:
        queue: asyncio.Queue[Phrase] = asyncio.Queue()
        self._caption_readers[space_id].append(queue)
        self.reader_came.set()
        try:
            yield self._phrases(queue)
        finally:
            self._caption_readers[space_id].remove(queue)

    async def _phrases(self, queue: asyncio.Queue[Phrase]) -> AsyncIterator[Phrase]:
        while True:
            yield await queue.get()

    def caption(self, phrase: Phrase) -> None:
        for queue in self._caption_readers[phrase.space_id]:
            queue.put_nowait(phrase)

    def known(self, space_id: str) -> Space | None:
        return self._kept.get(space_id)

    async def caught_up(self, space_id: str) -> Space | None:
        if self._keeps and (space := await self._spaces.get(space_id)):
            self._kept[space_id] = space
        return self._kept.get(space_id)

    async def announce(self, space_id: str, events: Sequence[Numbered]) -> None:
        for one in events:
            kept = self._kept.pop(space_id, None)
            if kept and kept.version + 1 == one.version:
                self._kept[space_id] = apply(kept, one.event)
        for queue in self._followers[space_id]:
            for event in events:
                queue.put_nowait(event)
        if any(isinstance(one.event, LAST) for one in events):
            for hearer in self._hearers[space_id]:
                hearer.put_nowait(None)

    @asynccontextmanager
    async def voices(self, space_id: str) -> AsyncIterator[AsyncIterator[Voices]]:
        queue: asyncio.Queue[Voices | None] = asyncio.Queue()
        queue.put_nowait(self.speaking(space_id))
        self._hearers[space_id].append(queue)
        try:
            yield self._each_voice(space_id, queue)
        finally:
            self._hearers[space_id].remove(queue)

    async def _each_voice(self, space_id: str, queue: asyncio.Queue[Voices | None]) -> AsyncIterator[Voices]:
        space = await self._spaces.get(space_id)
        if space is None:
            return
        if space.is_over:
            queue.put_nowait(None)
        while (voices := await queue.get()) is not None:
            yield voices

    def speak(self, space_id: str, voices: Voices) -> None:
        if voices != self.speaking(space_id):
            self._spoken[space_id] = voices
            for queue in self._hearers[space_id]:
                queue.put_nowait(voices)

    def speaking(self, space_id: str) -> Voices:
        return self._spoken.get(space_id, SILENCE)

    def react(self, space_id: str, reaction: Reaction) -> None:
        self._reactions[space_id].append(reaction)


class MemoryAnnouncements(Generic[Word]):
    """Word to all of any number of processes, in queues; `lose` makes all of them believe that they missed some."""

    def __init__(self) -> None:
        self._hearing: list[asyncio.Queue[Word | None]] = []

    async def announce(self, word: Word) -> None:
        for queue in self._hearing:
            queue.put_nowait(word)

    @property
    def hearing(self) -> int:
        """How many processes hear."""
        return len(self._hearing)

    def lose(self) -> None:
        """What a broken bus tells everyone."""
        for queue in self._hearing:
            queue.put_nowait(None)

    @asynccontextmanager
    async def heard(self) -> AsyncIterator[AsyncIterator[Word | None]]:
        queue: asyncio.Queue[Word | None] = asyncio.Queue()
        self._hearing.append(queue)
        try:
            yield self._words(queue)
        finally:
            self._hearing.remove(queue)

    async def _words(self, queue: asyncio.Queue[Word | None]) -> AsyncIterator[Word | None]:
        while True:
            yield await queue.get()


class MemoryClosingFeed(MemoryAnnouncements[Closing]):
    """`ClosingFeed` in queues."""

    async def announce(self, closing: Closing) -> None:
        await super().announce(closing)


class MemoryMoveFeed(MemoryAnnouncements[Moves]):
    """`MoveFeed` in queues."""

    async def announce(self, moves: Moves) -> None:
        await super().announce(moves)


class MemoryBells(MemoryAnnouncements[Sequence[str]]):
    """`Bells` in queues."""

    async def ring(self, person_ids: Sequence[str]) -> None:
        await self.announce(person_ids)
