"""How long sound takes from mouth to ear: from a microphone by WHIP to ears by WHEP, each way there is."""

import asyncio
import random
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from statistics import median

import numpy as np

from media.opus import SAMPLE_RATE, TICK, Sound
from tests.bench.ears import hearing
from tests.bench.latency import bursts, onsets_of
from tests.bench.microphone import microphone
from tests.bench.place import Place
from tests.bench.size import Size
from tests.bench.tables import Cell, Table
from tests.media.sounds import encode_opus
from tests.media.whep_client import Ear, decoded
from tests.media.whip_client import Client
from tests.server.on_air import on_air

SPACE = "returns"
WAYS = {
    "someone on stage who is silent": "silent",
    "someone on stage who talks too": "talks",
    "a listener": "",
}
TAIL_TICKS = 25


async def measure(size: Size, place: Place) -> list[Table]:
    """Bursts of a tone are sent; when does each arrive at whom?"""
    sound, onsets = bursts(size.bursts, random.Random(2))
    packets, murmur = encode_opus(sound), encode_opus(0.01 * _noise(len(sound)))
    async with on_air(place.folder("returns")) as server, AsyncExitStack() as connected:
        await server.stage(SPACE, {"mouth": True, "talks": True, "silent": False}, recorded=False)
        mouth, other = [
            await connected.enter_async_context(microphone(server.http, server.whip(SPACE, person)))
            for person in ("mouth", "talks")
        ]
        ears = [
            await connected.enter_async_context(hearing(server.http, server.whep(SPACE, person)))
            for person in WAYS.values()
        ]
        begun = await _say([(mouth, packets), (other, murmur)])
        for ear in ears:
            await ear.hears(TAIL_TICKS)
    rows: list[list[Cell]] = []
    for way, ear in zip(WAYS, ears, strict=True):
        delays = _delays(ear, [begun + onset / SAMPLE_RATE for onset in onsets])
        rows.append([way, min(delays), median(delays), max(delays)])
    note = (
        f"{len(onsets)} tone bursts, spoken at a known time into 20 ms Opus packets, which are sent when full, "
        f"by WHIP over the loopback to a server on this machine, and heard by WHEP; with the look-ahead of both Opus "
        f"encoders and of the limiter, and without a jitter buffer at the ear, which adds its own depth (a browser's: "
        f"20 to 40 ms)."
    )
    return [Table("Mouth to ear", ["milliseconds from a microphone to", "least", "median", "most"], rows, note)]


def _noise(length: int) -> Sound:
    return np.random.default_rng(1).uniform(-1, 1, length).astype(np.float32)


async def _say(speakers: Sequence[tuple[Client, Sequence[bytes]]]) -> float:
    """Sends everyone's packets in time; answers the moment in which the first sound began."""
    begun = time.monotonic()
    for number in range(len(speakers[0][1])):
        # A packet is sent when the last of its sound has been spoken.
        await asyncio.sleep(begun + (number + 1) * TICK / SAMPLE_RATE - time.monotonic())
        for client, packets in speakers:
            await client.send(number, packets[number])
    return begun


def _delays(ear: Ear, spoken: Sequence[float]) -> list[float]:
    """How many ms after it was spoken each burst is there. A packet's sound begins with its arrival."""
    found = onsets_of(decoded(ear.packets))
    if len(found) != len(spoken):
        raise RuntimeError(f"{len(spoken)} bursts were sent, {len(found)} were heard")
    heard = [ear.arrivals[onset // TICK] + onset % TICK / SAMPLE_RATE for onset in found]
    return [1000 * (after - before) for before, after in zip(spoken, heard, strict=True)]
