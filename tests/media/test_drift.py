"""Ten minutes of a counted signal, faster than they last, from clocks that are not ours: no gap and no repeat."""

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from itertools import cycle
from pathlib import Path

import numpy as np
import pytest

from media.encoder import PACKET_SAMPLES, AacEncoder
from media.microphone import Microphone
from media.mixer import Mixer
from media.opus import SAMPLE_RATE, TICK, Sound
from media.recorder import Recorder
from media.splice import LONGEST
from media.takes import list_takes
from tests.media.sounds import encode_opus, tone

MINUTES = 10
TICKS = MINUTES * 60 * SAMPLE_RATE // TICK
DIGITS = (500, 900, 1300, 1700, 2100, 2500, 2900)
DIGIT_MS = 100
LOOK_MS = 10
START_TICKS = 10
"""Until the jitter buffer plays and the decoder is in step."""
LEVEL = 0.5


def counted() -> list[bytes]:
    """The packets of one round through the digits: each a tone of its own, one after the other without a pause.

    All tones begin where they end, and the round is the middle one of three, so it can be sent over and over."""
    round = np.concatenate([tone(hz, DIGIT_MS / 1000, LEVEL) for hz in DIGITS])
    packets = encode_opus(np.tile(round, 3), bit_rate=64_000)
    return packets[len(packets) // 3 : 2 * len(packets) // 3]


def arrivals(packets: Sequence[bytes], ppm: int) -> Iterator[list[tuple[bytes, int]]]:
    """Before each tick of ours, the packets that came and their numbers: their sender's clock is that much faster."""
    endless, sent = cycle(packets), 0
    for tick in range(TICKS):
        due = int((tick + 0.5) * (1 + ppm / 1e6)) + 1
        yield [(next(endless), number) for number in range(sent, due)]
        sent = due


def mixed(microphone: Microphone, packets: Sequence[bytes], ppm: int, recorder: Recorder | None = None) -> Sound:
    """The mix of ten minutes, as it is recorded too."""
    microphone.open = True
    mixer, mix = Mixer(), np.empty((TICKS, TICK), np.float32)
    for tick, came in enumerate(arrivals(packets, ppm)):
        for packet, number in came:
            microphone.receive(packet, number * TICK % 2**32, number % 2**16, 7)
        block = microphone.tick()
        mix[tick] = mixer.mix({} if block is None else {"ann": block}).full
        if recorder:
            recorder.write(mix[tick])
    return mix.reshape(-1)


def expect_every_digit(sound: Sound, tolerance_ms: int) -> None:
    """Each digit comes once, in order, and lasts its time, give or take so much."""
    look = LOOK_MS * SAMPLE_RATE // 1000
    moments = np.arange(look) / SAMPLE_RATE
    filters = np.exp(-2j * np.pi * np.outer(moments, DIGITS)) * np.hanning(look)[:, np.newaxis]
    strengths = np.abs(sound[: len(sound) // look * look].reshape(-1, look) @ filters.astype(np.complex64))
    digits = strengths.argmax(axis=1)
    assert strengths.max(axis=1).min() > 0.5 * LEVEL * look / 4, "there is no gap within a digit"
    changes = np.flatnonzero(np.diff(digits))
    assert set(np.diff(digits)[changes] % len(DIGITS)) == {1}, "none is missing, and none comes twice"
    lengths = np.diff(changes) * LOOK_MS
    assert np.abs(lengths - DIGIT_MS).max() <= tolerance_ms
    assert len(changes) >= len(sound) // (DIGIT_MS * SAMPLE_RATE // 1000) * (1 - 1e-3) - 1


@pytest.mark.parametrize("ppm", [-200, 200])
def test_every_digit_is_heard_once_and_in_order_from_a_clock_that_drifts(ppm: int) -> None:
    microphone = Microphone()
    mix = mixed(microphone, counted(), ppm)
    expect_every_digit(mix[START_TICKS * TICK :], LONGEST * 1000 // SAMPLE_RATE + LOOK_MS)
    stats = microphone.stats
    assert (stats.lost, stats.late, stats.dropped, stats.concealed_samples) == (0, 0, 0, 0)
    drift = MINUTES * 60 * SAMPLE_RATE * abs(ppm) / 1e6
    given_way = stats.skipped_samples if ppm > 0 else stats.repeated_samples
    assert drift - 2 * TICK <= given_way <= drift + 2 * TICK, "what was too much or too little, and no more"
    assert stats.skipped_samples * stats.repeated_samples == 0
    assert stats.delay_ms < 70, "nor does the delay grow"


class Digests:
    """In place of the AAC encoder: packets that tell whether they have exactly these samples."""

    config = AacEncoder().config

    def __init__(self) -> None:
        self._waiting = np.empty(0, np.float32)

    def encode(self, block: Sound) -> list[bytes]:
        sound = np.concatenate((self._waiting, block))
        whole = len(sound) - len(sound) % PACKET_SAMPLES
        self._waiting = sound[whole:]
        return [blake2b(one.tobytes(), digest_size=16).digest() for one in sound[:whole].reshape(-1, PACKET_SAMPLES)]

    def flush(self) -> list[bytes]:
        return self.encode(np.zeros(-len(self._waiting) % PACKET_SAMPLES, np.float32))


def test_ten_minutes_are_heard_and_recorded_without_a_gap_or_a_repeat(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("media.recorder.AacEncoder", Digests)
    packets, recorder = counted(), Recorder(tmp_path, keep=True)
    mix = mixed(Microphone(), packets, 0, recorder)
    recorder.close()
    rounds = mix[START_TICKS * TICK :]
    rounds = rounds[: len(rounds) // (len(packets) * TICK) * len(packets) * TICK].reshape(-1, len(packets) * TICK)
    assert (rounds == rounds[0]).all(), "to the last bit each round is like the first, and there are as many as fit"
    expect_every_digit(rounds[:2].reshape(-1), LOOK_MS)
    encoder, (take,) = Digests(), list_takes(tmp_path)
    data = take.data_path.read_bytes()
    parts = [data[entry.offset : entry.offset + entry.length].partition(b"mdat")[2] for entry in take.entries()]
    assert b"".join(parts) == b"".join(encoder.encode(mix) + encoder.flush())
