"""Splices: a period less or more of a sound, without a click."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.opus import SAMPLE_RATE, TICK, Sound
from media.splice import LONGEST, SHORTEST, left_out, repeated
from tests.media.sounds import decibels, noise, rms, speech, tone

CLEAN = -40
"""dB: what a splice leaves beside a tone, which lasts 5 ms at most."""


def beside(sound: Sound, hz: float) -> float:
    """What is in it beside a tone of this frequency, in dB of that."""
    moments = 2 * np.pi * hz * np.arange(len(sound)) / SAMPLE_RATE
    waves = np.stack((np.sin(moments), np.cos(moments)), axis=1)
    amplitudes, *_ = np.linalg.lstsq(waves, sound, rcond=None)
    return decibels(rms(sound - waves @ amplitudes) / rms(sound))


@pytest.mark.parametrize("hz", [75, 100, 220, 440, 1333, 3000])
def test_a_tone_is_shorter_or_longer_and_still_one_tone(hz: float) -> None:
    sound = tone(hz, 0.04)
    shorter, likeness = left_out(sound)
    assert SHORTEST <= len(sound) - len(shorter) <= LONGEST
    assert likeness > 0.99
    assert beside(shorter, hz) < CLEAN
    longer, likeness = repeated(sound[:TICK])
    assert SHORTEST <= len(longer) - TICK <= LONGEST
    assert likeness > 0.99
    assert beside(longer, hz) < CLEAN


def test_its_ends_stay_as_they_were_so_that_its_neighbours_still_join() -> None:
    sound = noise(0.04)
    shorter, _ = left_out(sound)
    longer, _ = repeated(sound[:TICK])
    assert shorter[0] == sound[0]
    assert longer[0] == sound[0]
    np.testing.assert_array_equal(shorter[-TICK:], sound[-TICK:])
    assert longer[-1] == sound[TICK - 1]


def test_a_vowel_is_alike_and_noise_is_not() -> None:
    voice = speech("Aaaaaah")
    loudest = int(np.argmax(np.abs(voice)))
    assert left_out(voice[loudest : loudest + 2 * TICK])[1] > 0.9
    assert left_out(noise(0.04))[1] < 0.5


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.0, 1e-20, 0.3, 1.0]), st.integers(SHORTEST, LONGEST))
def test_nothing_gets_louder_or_longer_than_was_said(seed: int, level: float, longest: int) -> None:
    sound = noise(0.04, level, seed)
    shorter, alike = left_out(sound, longest)
    assert SHORTEST <= len(sound) - len(shorter) <= longest
    assert np.abs(shorter).max() <= np.float32(level) * 1.000001
    longer, as_alike = repeated(sound[:TICK])
    assert np.abs(longer).max() <= np.float32(level) * 1.000001
    assert min(alike, as_alike) >= -1.001
    assert max(alike, as_alike) <= 1.001
