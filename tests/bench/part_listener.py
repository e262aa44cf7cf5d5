"""A low-latency player without a loudspeaker: waits for each part, and notes when it can be had."""

import asyncio
import time
from urllib.parse import urljoin

import httpx2

from tests.media.low_latency import Live, Segment, read
from tests.media.sounds import Sound
from tests.server.on_air import decode

Key = tuple[int, int]


class PartListener:
    """Asks for the part that the playlist hints at, and for the playlist that has it, before they are there."""

    def __init__(self) -> None:
        self.arrived: dict[Key, float] = {}
        """When each part was there, by `time.monotonic`: those that came while it listened, in order."""
        self._data: list[bytes] = []

    def sound(self) -> Sound:
        """All that was heard, from the first of those parts on."""
        return decode(b"".join(self._data))

    async def listen(self, url: str) -> None:
        """Until cancelled."""
        async with httpx2.AsyncClient(timeout=10) as http:
            known = await _playlist(http, url)
            self._data.append(await _get(http, url, known.segments[-1].map))
            while True:
                segment, part = known.newest
                directives = f"?_HLS_msn={segment}&_HLS_part={part + 1}"
                (hinted, moment), found = await asyncio.gather(
                    _timed(http, url, known.hint), _playlist(http, url + directives)
                )
                for key, uri in _listed(found):
                    if uri == known.hint:
                        self._note(key, hinted, moment)
                    elif key > known.newest:
                        self._note(key, *await _timed(http, url, uri))
                known = found

    def _note(self, key: Key, data: bytes, moment: float) -> None:
        self.arrived[key] = moment
        self._data.append(data)


async def join(http: httpx2.AsyncClient, url: str) -> float:
    """How long someone who comes now takes until the first sound is decoded, from where a player begins."""
    begun = time.monotonic()
    known = await _playlist(http, url)
    behind, first = 0.0, ""
    for segment in reversed((*known.segments, known.under_way)):
        for part in reversed(segment.parts):
            if behind < known.part_hold_back:
                behind, first = behind + part.duration, part.uri
    init, sound = await asyncio.gather(_get(http, url, known.segments[-1].map), _get(http, url, first))
    if not len(decode(init + sound)):
        raise RuntimeError(f"{first} has no sound")
    return time.monotonic() - begun


def _listed(found: Live) -> list[tuple[Key, str]]:
    segments: tuple[Segment, ...] = (*found.segments, found.under_way)
    return [((one.sequence, index), part.uri) for one in segments for index, part in enumerate(one.parts)]


async def _playlist(http: httpx2.AsyncClient, url: str) -> Live:
    return read((await http.get(url)).raise_for_status().text)


async def _timed(http: httpx2.AsyncClient, url: str, uri: str) -> tuple[bytes, float]:
    data = await _get(http, url, uri)
    return data, time.monotonic()


async def _get(http: httpx2.AsyncClient, url: str, uri: str) -> bytes:
    return (await http.get(urljoin(url, uri))).raise_for_status().content
