"""A counted signal over minutes from clocks that are not ours: every number once, in order."""

import numpy as np
import pytest

from media.jitter import MAX_DEPTH
from media.microphone import Microphone
from media.opus import SAMPLE_RATE, TICK, Sound
from tests.media.sounds import encode_opus, silence, tone

DIGITS = (500, 900, 1300, 1700, 2100, 2500, 2900)
EVERY = 0.2
MINUTES = 4
AUDIBLE = 0.1


def counted() -> list[bytes]:
    """The packets of one round through the digits: each a burst of its own frequency, and a pause."""
    bursts = [np.concatenate((tone(hz, EVERY / 2, 0.5), silence(EVERY / 2))) for hz in DIGITS]
    return encode_opus(np.concatenate(bursts), bit_rate=32_000)


def numbers_in(sound: Sound) -> list[int]:
    """The digits that are heard, one for each burst: the strongest of their frequencies in it."""
    loud = np.flatnonzero(np.abs(sound) > AUDIBLE)
    starts = loud[np.diff(loud, prepend=-SAMPLE_RATE) > EVERY / 4 * SAMPLE_RATE]
    ends = loud[np.diff(loud, append=loud[-1] + SAMPLE_RATE) > EVERY / 4 * SAMPLE_RATE]
    found = []
    for start, end in zip(starts, ends, strict=True):
        burst = sound[start : end + 1] * np.hanning(end + 1 - start)
        moments = np.arange(len(burst)) / SAMPLE_RATE
        found.append(int(np.argmax([abs(np.sum(burst * np.exp(-2j * np.pi * hz * moments))) for hz in DIGITS])))
    return found


@pytest.mark.parametrize("ppm", [-200, 0, 200])
def test_every_number_is_heard_once_and_in_order(ppm: int) -> None:
    packets, microphone = counted(), Microphone()
    microphone.open = True
    total = round(MINUTES * 60 * SAMPLE_RATE / TICK)
    heard: list[Sound] = []
    sent = 0
    for tick in range(total):
        # By our clock a packet comes every 20 ms and some: the other clock is that much slower or faster.
        while sent < (tick + 0.5) * (1 + ppm / 1e6):
            microphone.receive(packets[sent % len(packets)], sent * TICK, sent, 7)
            sent += 1
        block = microphone.tick()
        heard.append(np.zeros(TICK, np.float32) if block is None else block)
    found = numbers_in(np.concatenate(heard))
    assert len(found) >= MINUTES * 60 / EVERY - 3
    assert found == [number % len(DIGITS) for number in range(found[0], found[0] + len(found))]
    stats = microphone.stats
    assert (stats.lost, stats.late, stats.dropped) == (0, 0, 0)
    assert (stats.concealed_samples > 0, stats.skipped_samples > 0) == (ppm < 0, ppm > 0), "in the pauses it gave way"
    assert stats.delay_ms < MAX_DEPTH * 1000 / SAMPLE_RATE / 4, "nor does the delay grow"
