"""How long sound takes from a microphone to whoever listens by HLS, on a real server, by its public API."""

import asyncio
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

import httpx2
import numpy as np

from app.demo import operations
from media.encoder import PACKET_SAMPLES
from media.formats import AAC, OPUS, Format
from media.opus import SAMPLE_RATE, TICK
from media.playlists import PART_HOLD_BACK_PARTS
from media.takes import SEGMENT_PACKETS, SEGMENT_SECONDS
from tests.bench.hls_listener import POLL_SECONDS, HlsListener
from tests.bench.live_space import LiveSpace, open_space
from tests.bench.microphone import microphone
from tests.bench.part_listener import PartListener, join
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
        heard = await _broadcast(space, encode_opus(sound), size.joins)
    spoken = [heard.begun + onset / SAMPLE_RATE for onset in onsets]
    return [_by_segments(heard.plain, spoken), _by_parts(heard, spoken)]


@dataclass(frozen=True)
class Heard:
    """What listeners noted; the moment in which the sound began to be spoken."""

    begun: float
    plain: HlsListener
    by_part: Mapping[Format, PartListener]
    joined: Mapping[Format, Sequence[float]]


def _by_segments(listener: HlsListener, spoken: Sequence[float]) -> Table:
    found = _found(listener.sound(), spoken)
    there = [listener.arrived[listener.first + at // SEGMENT_SAMPLES] for at in found]
    start = _start(found, spoken)
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
    return Table("Microphone to HLS listener", ["seconds from", "least", "median", "most"], rows, note)


def _by_parts(heard: Heard, spoken: Sequence[float]) -> Table:
    rows: list[list[Cell]] = []
    for format, listener in heard.by_part.items():
        # FFmpeg leaves out what Opus has of priming, and nothing of AAC.
        skipped = format.priming if format is OPUS else 0
        found = [at + skipped for at in _found(listener.sound(), spoken)]
        start = _start(found, spoken)
        moments = list(listener.arrived.values())
        length = round(format.part_seconds * SAMPLE_RATE)
        fetched = [moments[at // length] - said for at, said in zip(found, spoken, strict=True)]
        ends = [start + (number + 1) * format.part_seconds for number in range(len(moments))]
        last_sounds = [moment - end for moment, end in zip(moments, ends, strict=True)]
        # Whoever comes just after a part has come plays what is so far back, and stays so far behind.
        back = PART_HOLD_BACK_PARTS * format.part_seconds
        played = [late + back + wait for late in last_sounds for wait in (0.0, format.part_seconds)]
        name = format.name.upper() if format is AAC else format.name.capitalize()
        rows += [
            [f"{name}: a part's last sound, until it can be fetched", *_spread(last_sounds)],
            [f"{name}: any sound, until its part can be fetched", *_spread(fetched)],
            [f"{name}: any sound, until a low-latency player plays it", *_spread(played)],
            [f"{name}: from joining to the first sound decoded", *_spread(heard.joined[format])],
        ]
    note = (
        "The same bursts. The listener asks for each part before it is there, as the playlist hints, and is answered "
        f"when it is. A player starts {PART_HOLD_BACK_PARTS} parts before the playlist's end (PART-HOLD-BACK), at any "
        "moment: computed from the arrivals. Who joins loads playlist, initialization section and that part."
    )
    return Table("Microphone to low-latency HLS listener", ["seconds from", "least", "median", "most"], rows, note)


def _found(sound: Sound, spoken: Sequence[float]) -> list[int]:
    found = onsets_of(sound)
    if len(found) != len(spoken):
        raise RuntimeError(f"{len(spoken)} bursts were sent, {len(found)} were heard")
    return found


def _start(found: Sequence[int], spoken: Sequence[float]) -> float:
    """When the first sample that was heard was spoken: the same by each burst, but for the encoder's edges."""
    return median(said - at / SAMPLE_RATE for at, said in zip(found, spoken, strict=True))


def bursts(count: int, chance: random.Random) -> tuple[Sound, list[int]]:
    """Bursts with pauses of uneven length before each, and the sample each begins with."""
    pieces: list[Sound] = []
    onsets: list[int] = []
    for _ in range(count):
        pieces.append(silence(chance.uniform(*PAUSES_SECONDS)))
        onsets.append(sum(map(len, pieces)))
        pieces.append(BURST)
    return np.concatenate([*pieces, silence(PAUSES_SECONDS[0])]), onsets


async def _broadcast(space: LiveSpace, packets: Sequence[bytes], joins: int) -> Heard:
    """The sound spoken, and who has heard all of it; meanwhile others join."""
    await space.host.call(operations.SET_MUTED, spaceId=space.id, muted=False)
    audio = (await space.host.call(operations.AUDIO, spaceId=space.id))["audio"]
    addresses = {AAC: audio["hlsUrl"], OPUS: audio["hlsUrl"].replace("live", OPUS.name)}
    plain, by_part = HlsListener(), {format: PartListener() for format in addresses}
    async with httpx2.AsyncClient() as http, microphone(http, audio["whipUrl"]) as speaker:
        listening = [asyncio.create_task(plain.listen(audio["hlsUrl"]))]
        listening += [asyncio.create_task(one.listen(addresses[format])) for format, one in by_part.items()]
        try:
            await until(
                lambda: bool(plain.arrived) and all(one.arrived for one in by_part.values()), "sound for everyone"
            )
            joining = asyncio.create_task(_join(http, addresses, joins))
            begun = time.monotonic()
            for number, packet in enumerate(packets):
                # A packet is sent when the last of its sound has been spoken.
                await asyncio.sleep(begun + (number + 1) * TICK / SAMPLE_RATE - time.monotonic())
                await speaker.send(number, packet)
            newest = plain.newest
            await until(lambda: plain.newest >= newest + 2 or listening[0].done(), "the last sound's segment")
            return Heard(begun, plain, by_part, await joining)
        finally:
            for one in listening:
                one.cancel()
            await asyncio.wait(listening)


async def _join(
    http: httpx2.AsyncClient, addresses: Mapping[Format, str], joins: int
) -> Mapping[Format, Sequence[float]]:
    """So many join, one after the other, at moments that have nothing to do with parts."""
    took: dict[Format, list[float]] = {format: [] for format in addresses}
    chance = random.Random(2)
    for _ in range(joins):
        for format, address in addresses.items():
            await asyncio.sleep(chance.uniform(0, 0.3))
            took[format].append(await join(http, address))
    return took


def onsets_of(sound: Sound) -> list[int]:
    """The sample each burst begins with: the first loud one after a pause."""
    loud = np.flatnonzero(np.abs(sound) > AUDIBLE)
    after_pause = np.diff(loud, prepend=-SAMPLE_RATE) > PAUSES_SECONDS[0] / 2 * SAMPLE_RATE
    return [int(sample) for sample in loud[after_pause]]


def _played(listener: HlsListener, start: float) -> Iterator[float]:
    """How far behind the speaker a player stays that comes at some moment, for moments spread over the time."""
    arrived = listener.arrived
    for come in np.arange(min(arrived.values()), max(arrived.values()), JOIN_EVERY):
        newest = max(number for number, moment in arrived.items() if moment <= come)
        plays = newest + 1 - SEGMENTS_BEHIND - listener.first
        yield float(come) - (start + plays * SEGMENT_SECONDS)


def _spread(seconds: Sequence[float]) -> list[float]:
    return [min(seconds), median(seconds), max(seconds)]
