"""How long sound takes from a microphone to whoever listens by HLS, on a real server, by its public API."""

import asyncio
import random
import time
from collections.abc import Iterator, Sequence
from statistics import median
from typing import Final

import httpx2
import numpy as np

from app.demo import operations
from media.encoder import PACKET_SAMPLES
from media.opus import SAMPLE_RATE, TICK
from media.takes import SEGMENT_PACKETS, SEGMENT_SECONDS
from tests.bench.hls_listener import POLL_SECONDS, HlsListener
from tests.bench.live_space import LiveSpace, open_space
from tests.bench.microphone import microphone
from tests.bench.place import Place
from tests.bench.size import Size
from tests.bench.tables import Cell, Table
from tests.media.sounds import Sound, encode_opus, silence, tone
from tests.server.running import client_of
from tests.waiting import until

PAUSES_SECONDS: Final = (0.7, 1.1)
BURST: Final = tone(1000, 0.08)
AUDIBLE: Final = 0.1
SEGMENT_SAMPLES: Final = SEGMENT_PACKETS * PACKET_SAMPLES
SEGMENTS_BEHIND: Final = 3
"""Where a player starts: three target durations before the playlist's end (RFC 8216, 6.3.3)."""
JOIN_EVERY: Final = 0.05


async def measure(size: Size, place: Place) -> list[Table]:
    """Bursts of a tone are sent; when can a listener have each, and when does a player play it?"""
    sound, onsets = bursts(size.bursts, random.Random(1))
    server = await place.server()
    async with client_of(server) as anyone, open_space(anyone) as space:
        begun, listener = await _broadcast(space, encode_opus(sound))
    found = onsets_of(listener.sound())
    if len(found) != len(onsets):
        raise RuntimeError(f"{len(onsets)} bursts were sent, {len(found)} were heard")
    spoken = [begun + onset / SAMPLE_RATE for onset in onsets]
    there = [listener.arrived[listener.first + at // SEGMENT_SAMPLES] for at in found]
    # When the first sample of the first segment was spoken: the same by each burst, but for the encoder's edges.
    start = median(said - at / SAMPLE_RATE for at, said in zip(found, spoken, strict=True))
    last_sounds = [
        arrived - (start + (number - listener.first + 1) * SEGMENT_SECONDS)
        for number, arrived in listener.arrived.items()
    ]
    fetched = [arrived - said for arrived, said in zip(there, spoken, strict=True)]
    rows: list[list[Cell]] = [
        ["a segment's last sound, until it can be fetched", *_spread(last_sounds)],
        ["any sound, until its segment can be fetched", *_spread(fetched)],
        ["any sound, until a player as RFC 8216 says plays it", *_spread(list(_played(listener, start)))],
    ]
    note = (
        f"{len(found)} tone bursts, spoken at a known time into 20 ms Opus packets, sent by WHIP over the loopback. "
        f"The listener asks for the playlist every {POLL_SECONDS * 1000:.0f} ms and decodes what it gets; how long any "
        f"sound takes depends on its place in the segment of {SEGMENT_SECONDS:.3f} s. A player starts "
        f"{SEGMENTS_BEHIND} target durations before the playlist's end (6.3.3; hls.js too): computed from the "
        f"arrivals, for players that load the playlist at any moment. There is no browser and no network in it."
    )
    return [Table("Microphone to HLS listener", ["seconds from", "least", "median", "most"], rows, note)]


def bursts(count: int, chance: random.Random) -> tuple[Sound, list[int]]:
    """Bursts with pauses of uneven length before each, and the sample each begins with."""
    pieces: list[Sound] = []
    onsets: list[int] = []
    for _ in range(count):
        pieces.append(silence(chance.uniform(*PAUSES_SECONDS)))
        onsets.append(sum(map(len, pieces)))
        pieces.append(BURST)
    return np.concatenate([*pieces, silence(PAUSES_SECONDS[0])]), onsets


async def _broadcast(space: LiveSpace, packets: Sequence[bytes]) -> tuple[float, HlsListener]:
    """The moment in which the sound began to be spoken, and who has heard all of it."""
    await space.host.call(operations.SET_MUTED, spaceId=space.id, muted=False)
    audio = (await space.host.call(operations.AUDIO, spaceId=space.id))["audio"]
    listener = HlsListener()
    async with httpx2.AsyncClient() as http, microphone(http, audio["whipUrl"]) as speaker:
        listening = asyncio.create_task(listener.listen(audio["hlsUrl"]))
        try:
            await until(lambda: listener.newest >= 0, "a segment")
            begun = time.monotonic()
            for number, packet in enumerate(packets):
                # A packet is sent when the last of its sound has been spoken.
                await asyncio.sleep(begun + (number + 1) * TICK / SAMPLE_RATE - time.monotonic())
                await speaker.send(number, packet)
            newest = listener.newest
            await until(lambda: listener.newest >= newest + 2 or listening.done(), "the last sound's segment")
        finally:
            listening.cancel()
            await asyncio.wait([listening])
    return begun, listener


def onsets_of(sound: Sound) -> list[int]:
    """The sample each burst begins with: the first loud one after a pause."""
    loud = np.flatnonzero(np.abs(sound) > AUDIBLE)
    after_pause = np.diff(loud, prepend=-SAMPLE_RATE) > PAUSES_SECONDS[0] / 2 * SAMPLE_RATE
    return [int(sample) for sample in loud[after_pause]]


def _played(listener: HlsListener, start: float) -> Iterator[float]:
    """How far behind the speaker a player stays that comes at some moment, for moments spread over the time."""
    arrived = listener.arrived
    for join in np.arange(min(arrived.values()), max(arrived.values()), JOIN_EVERY):
        newest = max(number for number, moment in arrived.items() if moment <= join)
        plays = newest + 1 - SEGMENTS_BEHIND - listener.first
        yield float(join) - (start + plays * SEGMENT_SECONDS)


def _spread(seconds: Sequence[float]) -> list[float]:
    return [min(seconds), median(seconds), max(seconds)]
