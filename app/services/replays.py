"""Replays: what is heard of a recording, at addresses that are checked at every use, and how often it is heard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from app.domain.spaces import Space
from app.services.audio import Audio, Replayed
from app.services.media_engine import MediaRefused
from app.services.ports import Clock, Tokens
from app.services.recording_files import RecordingFiles, SoundFile
from app.services.stores import RateStore, RecordingStore

REPLAY_WINDOW = timedelta(minutes=30)
"""However often someone starts a recording within this time, it is one replay."""


@dataclass(frozen=True, slots=True)
class Download:
    """A recording as a file, and the Space it is of."""

    file: SoundFile
    space: Space


class Replays:
    """Recordings for whoever may listen, as trimmed; and all of one for its host, at an address for that.

    Uses raise `MediaRefused` as those of `Audio` do, and `MediaUnavailable` where a recording cannot be read.
    """

    def __init__(
        self,
        audio: Audio,
        files: RecordingFiles,
        recordings: RecordingStore,
        rates: RateStore,
        tokens: Tokens,
        *,
        clock: Clock,
    ) -> None:
        self._audio = audio
        self._files = files
        self._recordings = recordings
        self._rates = rates
        self._tokens = tokens
        self._clock = clock

    async def playlist(self, token: str, *, address: str = "") -> str:
        """The recording as an HLS playlist: who asks from this network address begins to listen."""
        heard = await self._audio.replayed(token)
        playlist = await self._files.playlist(heard.space.id, heard.trim)
        if playlist is None:
            raise MediaRefused(404, "There is no recording of this Space.")
        await self._count(heard, address)
        return playlist

    async def resource(self, token: str, name: str) -> bytes:
        """What that playlist's relative addresses lead to."""
        heard = await self._audio.replayed(token)
        data = await self._files.resource(heard.space.id, name, heard.trim)
        if data is None:
            raise MediaRefused(404, "There is no such segment, or no more.")
        return data

    async def download(self, token: str, *, address: str | None) -> Download:
        """The recording as a file; `address`: that of someone who begins to listen, None for who goes on."""
        heard = await self._audio.replayed(token)
        file = await self._files.file(heard.space.id, heard.trim)
        if file is None:
            raise MediaRefused(404, "There is no recording of this Space.")
        if address is not None:
            await self._count(heard, address)
        return Download(file, heard.space)

    async def _count(self, heard: Replayed, address: str) -> None:
        """One replay for each person, or network address without an account, in a while: nobody drives it up by asking
        again. Its host who edits it does not count.
        """
        if heard.is_edited:
            return
        who = heard.person_id or self._tokens.seal("replay", address)
        key = f"replay {heard.space.id} {who}"
        if await self._rates.take(key, 1, limit=1, window=REPLAY_WINDOW, now=self._clock()):
            await self._recordings.replayed(heard.space.id)
