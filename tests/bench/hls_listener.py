"""A listener who notes when each segment of a live playlist can be had."""

import asyncio
import time
from urllib.parse import urljoin

import httpx2

from tests.media.sounds import Sound
from tests.server.on_air import decode

POLL_SECONDS = 0.01


class HlsListener:
    """Asks for the playlist all the time, so that its clock is exact to a poll; a player asks once a second."""

    def __init__(self) -> None:
        self.arrived: dict[int, float] = {}
        """When each segment was there, by `time.monotonic`; those of the first playlist are not among them."""
        self._segments: dict[int, bytes] = {}
        self._initialization = b""

    @property
    def first(self) -> int:
        """The first segment's number."""
        return min(self._segments)

    @property
    def newest(self) -> int:
        """The last segment's number, -1 before there is one."""
        return max(self._segments, default=-1)

    def sound(self) -> Sound:
        """All that was heard, from the first segment's start on."""
        return decode(self._initialization + b"".join(self._segments[number] for number in sorted(self._segments)))

    async def listen(self, url: str) -> None:
        """Until cancelled."""
        async with httpx2.AsyncClient(timeout=10) as http:
            while True:
                playlist = await http.get(url)
                if playlist.status_code == httpx2.codes.OK:  # there is none before the first segment
                    await self._load(http, url, playlist.text.splitlines())
                await asyncio.sleep(POLL_SECONDS)

    async def _load(self, http: httpx2.AsyncClient, url: str, lines: list[str]) -> None:
        known = self.newest
        [first] = [int(line.partition(":")[2]) for line in lines if line.startswith("#EXT-X-MEDIA-SEQUENCE:")]
        if not self._initialization:
            [name] = [line.split('"')[1] for line in lines if line.startswith("#EXT-X-MAP:")]
            self._initialization = (await http.get(urljoin(url, name))).raise_for_status().content
        names = [line for line in lines if line and not line.startswith("#")]
        for number, name in enumerate(names, first):
            if number > known:
                self._segments[number] = (await http.get(urljoin(url, name))).raise_for_status().content
                if known >= 0:
                    self.arrived[number] = time.monotonic()
