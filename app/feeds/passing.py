"""What passes in a Space: reactions, who speaks, captions. It is told to those who are there, and kept nowhere."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

from app.domain.reactions import ReactionTally, merge
from app.domain.spaces import Space
from app.domain.transcripts import Phrase
from app.domain.voices import SILENCE, Voices

BATCH_SECONDS: Final = 0.2
"""At most one batch of reactions in this time."""
WAITING_BATCHES: Final = 25
"""Batches that wait for one slow reader; the oldest give way."""
VOICES_SECONDS: Final = 0.2
"""At most one telling of who speaks in this time; what was true in between is not told."""
WAITING_PHRASES: Final = 25
"""Phrases that wait for one slow reader; the oldest give way."""

Item = TypeVar("Item")


class Passing:
    """Whoever is slow misses some of it, and holds up nobody. `run` sends the batches until it is cancelled."""

    def __init__(self) -> None:
        self.voices = SILENCE
        self._spoken = asyncio.Event()
        self._reactions: tuple[ReactionTally, ...] = ()
        self._reacted = asyncio.Event()
        self._reaction_readers: set[asyncio.Queue[tuple[ReactionTally, ...]]] = set()
        self._caption_readers: set[asyncio.Queue[Phrase]] = set()

    def hear(self, voices: Voices) -> None:
        """Takes who speaks now."""
        self.voices = voices
        self._spoken.set()
        self._spoken = asyncio.Event()

    def react(self, reactions: tuple[ReactionTally, ...]) -> None:
        """Adds to the next batch."""
        if reactions:
            self._reactions = merge((*self._reactions, *reactions))
            self._reacted.set()

    def caption(self, phrases: Iterable[Phrase]) -> None:
        """Passes on what was said."""
        for phrase in phrases:
            _pass_on(phrase, self._caption_readers)

    async def run(self) -> None:
        """Sends what came together."""
        while True:
            await self._reacted.wait()
            self._reacted.clear()
            batch, self._reactions = self._reactions, ()
            _pass_on(batch, self._reaction_readers)
            await asyncio.sleep(BATCH_SECONDS)

    @contextmanager
    def reactions(self) -> Iterator[asyncio.Queue[tuple[ReactionTally, ...]]]:
        """The batches from now on."""
        with _reading(self._reaction_readers, WAITING_BATCHES) as batches:
            yield batches

    @contextmanager
    def captions(self) -> Iterator[asyncio.Queue[Phrase]]:
        """The phrases from now on."""
        with _reading(self._caption_readers, WAITING_PHRASES) as phrases:
            yield phrases

    async def voices_told(self, space: Callable[[], Space | None]) -> AsyncGenerator[Voices, None]:
        """Who speaks, now and with every change, until the Space as it is then is over or gone."""
        told = None
        while (now := space()) is not None:
            spoken = self._spoken
            if self.voices != told:
                told = self.voices
                yield told
                await asyncio.sleep(VOICES_SECONDS)
            elif now.is_over:
                return
            else:
                await spoken.wait()


@contextmanager
def _reading(readers: set[asyncio.Queue[Item]], waiting: int) -> Iterator[asyncio.Queue[Item]]:
    queue: asyncio.Queue[Item] = asyncio.Queue(waiting)
    readers.add(queue)
    try:
        yield queue
    finally:
        readers.discard(queue)


def _pass_on(item: Item, readers: Iterable[asyncio.Queue[Item]]) -> None:
    """Gives it to everyone; who is slow loses the oldest."""
    for queue in readers:
        if queue.full():
            queue.get_nowait()
        queue.put_nowait(item)
