"""Sound over a network that loses a packet in twenty: what a listener of the whole server hears of it."""

from random import Random

import httpx2
import numpy as np
from numpy.typing import NDArray

from media.opus import SAMPLE_RATE, TICK
from tests.media.sounds import Sound, amplitude_at, decibels, encode_opus, rms, silence, speech, tone
from tests.media.whip_client import Client
from tests.whole.conftest import Newcomer
from tests.whole.hearing import listening
from tests.whole.people import Person
from tests.whole.rooms import live_space

LOSS = 0.05
SEED = 5
LEVEL = 0.3
TONE_SECONDS, PAUSE_SECONDS = 2.5, 0.4
TONE_TOLERANCE_DB = 1.0
GAP = 0.1
"""A tick below this share of the level is a gap. What Opus recovers of a steady tone is a fifth to a third of it."""
LONGEST_GAP_MS = 20
GAPS_SHARE = 0.02
"""Ticks that are gaps, out of all: with neither recovery nor concealment they were as many as the losses."""
DURATION_TOLERANCE_MS = 60
"""Recovery and concealment take the time that was lost; what is left is the jitter buffer's first guess."""
LIKENESS = 0.85
"""Correlation of the loudness of what was said and what was heard, tick by tick."""

SDP = {"Content-Type": "application/sdp"}


def losses(packets: int) -> set[int]:
    """The packets that never arrive; the first ones do."""
    random = Random(SEED)
    return {number for number in range(5, packets) if random.random() < LOSS}


def loudness(sound: Sound) -> Sound:
    """Root mean square of each 20 ms."""
    ticks = sound[: len(sound) // TICK * TICK].reshape(-1, TICK)
    levels: Sound = np.sqrt(np.mean(np.square(ticks), axis=1))
    return levels


def longest_run(gaps: NDArray[np.bool_]) -> int:
    """Milliseconds of the longest run of ticks that are gaps."""
    longest = run = 0
    for one in gaps:
        run = run + 1 if one else 0
        longest = max(longest, run)
    return longest * 20


async def test_speech_and_tone_survive_the_loss_of_five_packets_in_a_hundred(
    newcomer: Newcomer, anyone: Person, http: httpx2.AsyncClient
) -> None:
    said = speech("Every one of us is a real Opus stream.")
    said = said * np.float32(LEVEL / np.abs(said).max())
    sent = np.concatenate([tone(440, TONE_SECONDS, LEVEL), silence(PAUSE_SECONDS), said, silence(PAUSE_SECONDS)])
    payloads = encode_opus(sent, fec=True)
    host = await newcomer("host")
    space_id = await live_space(host)
    await host.do("setMuted", spaceId=space_id, muted=False)
    client = Client()
    async with listening(http, (await anyone.audio(space_id))["hlsUrl"]) as player:
        address = (await host.audio(space_id))["whipUrl"]
        answer = (await http.post(address, content=await client.offer(), headers=SDP)).raise_for_status()
        await client.accept(answer.text)
        await client.send_in_time(payloads, losses(len(payloads)))
        await client.close()
        await host.do("endSpace", spaceId=space_id)
    [take] = player.listen()
    check_tone(take.sound)
    check_speech(take.sound, said)


def check_tone(heard: Sound) -> None:
    audible = np.flatnonzero(loudness(heard) > LEVEL / 4)
    first = audible[0] * TICK
    # The tone ends where the pause begins.
    last = audible[np.flatnonzero(np.diff(audible) > PAUSE_SECONDS * 25)[0]] * TICK
    body = heard[first + TICK : last]
    assert abs(len(body) / SAMPLE_RATE - TONE_SECONDS) * 1000 < DURATION_TOLERANCE_MS
    pieces = [amplitude_at(piece, 440) for piece in np.array_split(body, round(TONE_SECONDS * 10))]
    assert abs(decibels(float(np.median(pieces)) / LEVEL)) < TONE_TOLERANCE_DB
    gaps = loudness(body) < GAP * LEVEL / np.sqrt(2)
    assert longest_run(gaps) <= LONGEST_GAP_MS
    assert np.mean(gaps) < GAPS_SHARE


def check_speech(heard: Sound, said: Sound) -> None:
    expected = loudness(said)
    earliest = round(TONE_SECONDS * SAMPLE_RATE)
    likeness = {
        start: float(np.corrcoef(expected, loudness(heard[start : start + len(said)]))[0, 1])
        for start in range(earliest, len(heard) - len(said), TICK // 4)
    }
    start = max(likeness, key=lambda one: likeness[one])
    assert likeness[start] > LIKENESS
    assert abs(decibels(rms(heard[start : start + len(said)]) / rms(said))) < TONE_TOLERANCE_DB
