"""What a listener hears: HLS fetched over HTTP as any player does it, decoded, with the time of every sample."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urljoin

import httpx2
import numpy as np

from media.encoder import PRIMING_SAMPLES
from media.opus import SAMPLE_RATE
from tests.media.sounds import Sound, amplitude_at
from tests.server.on_air import decode

POLL_SECONDS = 0.2


@dataclass
class Take:
    """One uninterrupted run of the encoder, as far as it was fetched."""

    started_at: float
    """Unix time of the first decoded sample."""
    data: bytes
    sound: Sound = field(default_factory=lambda: np.empty(0, np.float32))

    def between(self, start: float, end: float) -> Sound:
        """What was mixed from one Unix time to another."""
        first, last = (round((time - self.started_at) * SAMPLE_RATE) for time in (start, end))
        assert 0 <= first < last <= len(self.sound), f"{first} to {last} of {len(self.sound)} samples"
        return self.sound[first:last]

    @property
    def ends_at(self) -> float:
        """Unix time after the last decoded sample."""
        return self.started_at + len(self.sound) / SAMPLE_RATE


class Player:
    """Plays a live playlist from its first segment on, or a replay: every segment once, in order."""

    def __init__(self, http: httpx2.AsyncClient, url: str) -> None:
        self._http = http
        self._url = url
        self._next = 0
        self._init = ""
        self.takes: list[Take] = []
        self.ended = False

    async def catch_up(self) -> None:
        """Fetches what is new; a playlist that is not there yet has nothing."""
        answer = await self._http.get(self._url)
        if answer.status_code == 404:
            return
        sequence, started_at, init = 0, 0.0, ""
        for line in answer.raise_for_status().text.splitlines():
            name, _, value = line.partition(":")
            match name:
                case "#EXT-X-MEDIA-SEQUENCE":
                    sequence = int(value)
                case "#EXT-X-MAP":
                    init = value.split('"')[1]
                case "#EXT-X-PROGRAM-DATE-TIME":
                    started_at = datetime.fromisoformat(value).timestamp()
                case "#EXT-X-ENDLIST":
                    self.ended = True
                case _ if line and not line.startswith("#"):
                    if sequence >= self._next:
                        await self._fetch(init, started_at, line)
                        self._next = sequence + 1
                    sequence += 1

    async def _fetch(self, init: str, started_at: float, segment: str) -> None:
        if init != self._init:
            self._init = init
            self.takes.append(Take(started_at, await self._get(init)))
        self.takes[-1].data += await self._get(segment)

    async def _get(self, name: str) -> bytes:
        return (await self._http.get(urljoin(self._url, name))).raise_for_status().content

    def listen(self) -> list[Take]:
        """All that was fetched so far, decoded."""
        for take in self.takes:
            take.sound = decode(take.data)
        return self.takes

    async def play(self) -> None:
        """Fetches what comes until the end of the list."""
        while not self.ended:
            await self.catch_up()
            await asyncio.sleep(POLL_SECONDS)


async def hears(player: Player, hz: float, level: float) -> bool:
    """Whether the last second that the listener has is this tone."""
    await player.catch_up()
    return bool(player.takes) and amplitude_at(player.listen()[-1].sound[-SAMPLE_RATE:], hz) > level / 2


def loudest(sound: Sound, hz: float) -> float:
    """The tone in that quarter of a second that has most of it: how long it is silent before depends on the machine."""
    length = SAMPLE_RATE // 4
    return max(amplitude_at(sound[at : at + length], hz) for at in range(0, len(sound) - length + 1, length // 2))


@asynccontextmanager
async def listening(http: httpx2.AsyncClient, url: str) -> AsyncIterator[Player]:
    """A player that fetches in the background; the block ends when its Space has ended and all was fetched."""
    player = Player(http, url)
    async with asyncio.TaskGroup() as group:
        group.create_task(player.play())
        yield player


async def recording(http: httpx2.AsyncClient, replay_url: str) -> Sound:
    """All samples of a finished recording of one take, from the first one that was mixed."""
    player = Player(http, replay_url)
    await player.catch_up()
    assert player.ended
    [take] = player.listen()
    return take.sound[PRIMING_SAMPLES:]
