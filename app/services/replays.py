"""Replays: what is heard of a recording, at addresses that are checked at every use, and how often it is heard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.spaces import Space
from app.services.audio import Audio, Replayed
from app.services.media_engine import REPLAY, MediaRefused
from app.services.ports import Clock, MediaGrant, MediaUse, Tokens
from app.services.recording_files import RecordingFiles, SoundFile
from app.services.stores import Node, RateStore, RecordingStore

REPLAY_FILE = "recording.m4a"
REPLAY_WINDOW = timedelta(minutes=30)
"""However often someone starts a recording within this time, it is one replay."""


@dataclass(frozen=True, slots=True)
class ReplayAddresses:
    """Where a viewer hears a recording, as an HLS playlist and as an m4a file, until `expires_at`."""

    hls_url: str
    m4a_url: str
    expires_at: datetime


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
        node: Node,
        clock: Clock,
    ) -> None:
        self._node = node
        self._audio = audio
        self._files = files
        self._recordings = recordings
        self._rates = rates
        self._tokens = tokens
        self._clock = clock

    def addresses(self, viewer_id: str | None, space: Space, login: str | None) -> ReplayAddresses:
        """Where a viewer who may listen hears the recording of an ended Space, as it is trimmed."""
        return self._signed(MediaGrant(MediaUse.LISTEN, space.id, viewer_id, login))

    def edit_addresses(self, viewer_id: str | None, space: Space, login: str | None) -> ReplayAddresses:
        """Where its host hears all of it."""
        return self._signed(MediaGrant(MediaUse.EDIT, space.id, viewer_id, login))

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

    def _signed(self, grant: MediaGrant) -> ReplayAddresses:
        token, expires_at = self._tokens.for_media(grant)
        folder = f"{self._node.url}/audio/{token}"
        return ReplayAddresses(f"{folder}/{REPLAY}", f"{folder}/{REPLAY_FILE}", expires_at)

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
