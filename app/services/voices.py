"""Voices: who speaks is passed on from the sound to everyone who looks, and kept nowhere."""

from __future__ import annotations

from app.domain.voices import Voices
from app.services.media_engine import MediaEngine
from app.services.ports import Feeds


class Voicing:
    """From this process's sound to the streams of all processes."""

    def __init__(self, feeds: Feeds, media: MediaEngine) -> None:
        self._feeds = feeds
        self._media = media

    async def run(self) -> None:
        """Passes on what changes, for ever."""
        async with self._media.voices() as changes:
            async for space_id, voices in changes:
                self._feeds.speak(space_id, voices)

    def now(self, space_id: str) -> Voices:
        """Who speaks at this moment, as far as it is known here (see `Feeds.speaking`)."""
        return self._feeds.speaking(space_id)
