"""News from the sound: who speaks, and what was understood, for whoever asks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.domain.transcripts import Heard, Word
from app.domain.voices import SILENCE, Voice, Voices, voices
from app.services.media_engine import RecordingNews
from media import control

WAITING_VOICES = 1024
"""News of voices that wait for whoever hears them; the oldest give way."""
WAITING_RECORDINGS = 1024
"""News of recordings that wait until they are asked for; the oldest give way."""
WAITING_PHRASES = 256
"""Phrases that wait until they are asked for; the oldest give way."""


class News:
    """What the media process tells by itself, in bounded queues."""

    def __init__(self) -> None:
        self._hearing: set[asyncio.Queue[tuple[str, Voices]]] = set()
        self._recordings: asyncio.Queue[RecordingNews] = asyncio.Queue(WAITING_RECORDINGS)
        self._phrases: asyncio.Queue[Heard] = asyncio.Queue(WAITING_PHRASES)

    @asynccontextmanager
    async def voices(self) -> AsyncIterator[AsyncIterator[tuple[str, Voices]]]:
        """(space id, who speaks) of every Space, as it is told from now on."""
        changes: asyncio.Queue[tuple[str, Voices]] = asyncio.Queue(WAITING_VOICES)
        self._hearing.add(changes)
        try:
            yield _each(changes)
        finally:
            self._hearing.discard(changes)

    async def next_phrase(self) -> Heard:
        """The next phrase that was understood, told once. Cancel-safe."""
        return await self._phrases.get()

    async def next_recording_news(self) -> RecordingNews:
        """The next recording that failed or goes on, told once. Cancel-safe."""
        return await self._recordings.get()

    def note_recording(self, space_id: str, failure: str | None) -> None:
        """A recording fails for this reason; None: it goes on."""
        if self._recordings.full():
            self._recordings.get_nowait()
        self._recordings.put_nowait(RecordingNews(space_id, failure))

    def silence(self, space_id: str) -> None:
        """Nobody speaks in the Space any more."""
        self._tell(space_id, SILENCE)

    def note(self, event: control.VoicesChanged | control.PhraseHeard) -> None:
        """Takes what the process says."""
        if isinstance(event, control.VoicesChanged):
            speaking, levels = event.speaking, event.levels
            self._tell(event.space_id, voices(Voice(one, speaking[one], levels[one]) for one in speaking))
            return
        words = tuple(Word(one.text, one.start_ms, one.end_ms, one.confidence) for one in event.words)
        if self._phrases.full():
            self._phrases.get_nowait()
        self._phrases.put_nowait(Heard(event.space_id, event.person_id, event.language, event.heard_at_ms, words))

    def _tell(self, space_id: str, heard: Voices) -> None:
        for changes in self._hearing:
            if changes.full():
                changes.get_nowait()
            changes.put_nowait((space_id, heard))


async def _each(changes: asyncio.Queue[tuple[str, Voices]]) -> AsyncIterator[tuple[str, Voices]]:
    while True:
        yield await changes.get()
