"""A listener's player: live HLS over HTTP, decoded and measured."""

from __future__ import annotations

import asyncio
import io
from contextlib import suppress
from urllib.parse import urljoin

import av
import numpy as np
from numpy.typing import NDArray

from app.demo.client import ApiError, Client

POLL_SECONDS = 0.5
AUDIBLE = 0.003
"""Root mean square above which a second counts as sound: -50 dBFS."""


class HlsListener:
    """Fetches every segment of a live playlist once, in order."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._init: dict[str, bytes] = {}
        self._next: int | None = None
        self.seconds = 0.0
        self.audible_seconds = 0.0
        self.missed_segments = 0

    async def listen(self, playlist_url: str) -> None:
        """Plays until cancelled, from where it was before; waits for the first segment."""
        while True:
            # Until the first segment is there, there is no playlist.
            with suppress(ApiError):
                await self._catch_up(playlist_url)
            await asyncio.sleep(POLL_SECONDS)

    async def _catch_up(self, url: str) -> None:
        first, segments = _parse((await self._client.fetch(url)).decode())
        if self._next is not None and first > self._next:
            self.missed_segments += first - self._next
        for number, (init, segment) in enumerate(segments, first):
            if self._next is None or number >= self._next:
                await self._play(urljoin(url, init), urljoin(url, segment))
                self._next = number + 1

    async def _play(self, init: str, segment: str) -> None:
        name = init.rpartition("/")[2]
        if name not in self._init:
            self._init = {name: await self._client.fetch(init)}
        sound = await asyncio.to_thread(decode, self._init[name] + await self._client.fetch(segment))
        seconds = len(sound) / 48_000
        self.seconds += seconds
        if np.sqrt(np.mean(np.square(sound))) > AUDIBLE:
            self.audible_seconds += seconds


def _parse(playlist: str) -> tuple[int, list[tuple[str, str]]]:
    """The media sequence number of the first segment, and each segment's init section and address (RFC 8216, 4.3)."""
    number, init, segments = 0, "", []
    for line in playlist.splitlines():
        if line.startswith("#EXT-X-MEDIA-SEQUENCE:"):
            number = int(line.partition(":")[2])
        elif line.startswith("#EXT-X-MAP:"):
            init = line.split('"')[1]
        elif line and not line.startswith("#"):
            segments.append((init, line))
    return number, segments


def decode(file: bytes) -> NDArray[np.float32]:
    """The sound of an mp4, mono float32 at 48 kHz, its edit list honoured: no more than the file says it lasts."""
    with av.open(io.BytesIO(file), "r") as container:
        [stream] = container.streams.audio
        frames = [frame.to_ndarray().mean(axis=0, dtype=np.float32) for frame in container.decode(stream)]
        lasts = stream.duration
    return np.concatenate(frames)[:lasts] if frames else np.empty(0, np.float32)
