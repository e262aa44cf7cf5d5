"""Mastering: measured as the standard says, limited without a step, as long as it was."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.mastering import MAKE_UP_DB, MAX_GAIN_DB, Mastering, loudness, measure
from media.speech import speak
from tests.media.loudness import lufs, true_peak
from tests.media.sounds import Sound, tone


@pytest.fixture(scope="module")
def speech() -> Sound:
    return speak("Tonight we talk about tides: why there are two of them a day, and what the moon has to do with it.")


def test_a_tone_is_as_loud_as_the_standard_says() -> None:
    # BS.1770-5, annex 1: 0 dB FS at 997 Hz in one channel is -3.01 LKFS.
    sound = tone(997, 3, level=1.0)
    assert loudness(sound) == pytest.approx(-3.01, abs=0.1)
    assert lufs(sound) == pytest.approx(-3.01, abs=0.02)


def test_speech_is_as_loud_by_ebur128_as_by_the_text_of_the_standard(speech: Sound) -> None:
    level = measure(speech)
    assert level.lufs == pytest.approx(lufs(speech), abs=0.1)
    assert level.peak_dbtp == pytest.approx(true_peak(speech), abs=0.2)


@pytest.mark.parametrize("samples", [0, 1, 480, 48_000])
def test_silence_has_no_loudness_and_gets_no_gain(samples: int) -> None:
    silence = np.zeros(samples, np.float32)
    assert measure(silence).lufs is None
    assert measure(silence).peak_dbtp == -np.inf
    assert Mastering(silence).gain_for(-16, -1) == 0
    assert np.array_equal(Mastering(silence).mastered(20, -1), silence)


def test_a_sound_too_short_to_be_measured_is_measured_as_if_it_went_on() -> None:
    assert loudness(tone(1000, 0.1)) == pytest.approx(loudness(tone(1000, 3)) or 0, abs=0.3)


def test_below_the_ceiling_it_is_the_sound_times_the_gain(speech: Sound) -> None:
    assert np.allclose(Mastering(speech).mastered(-12, -1), speech * 10 ** (-12 / 20), rtol=1e-5)


@settings(max_examples=15, deadline=None)
@given(gain=st.floats(0, 40), ceiling=st.floats(-6, -0.5), start=st.integers(0, 40_000), length=st.integers(1, 60_000))
def test_no_true_peak_is_above_the_ceiling_and_nothing_moves(
    gain: float, ceiling: float, start: int, length: int, speech: Sound
) -> None:
    sound = speech[start : start + length]
    limited = Mastering(sound).mastered(gain, ceiling)
    assert len(limited) == len(sound)
    assert measure(limited).peak_dbtp <= ceiling + 0.1
    # The gain has no sign and no steps: what was zero is, what was up is up.
    assert np.array_equal(np.sign(limited), np.sign(sound))


def test_the_limiter_s_gain_moves_without_a_step() -> None:
    sound = np.full(48_000, 0.1, np.float32)
    sound[24_000] = 1.0
    gain = Mastering(sound).mastered(0, -6) / sound
    assert gain[24_000] == pytest.approx(10 ** (-6 / 20), abs=0.06)
    assert np.abs(np.diff(gain)).max() < 0.001
    assert gain[:20_000].min() == gain[28_000:].min() == 1


def test_gain_is_found_through_the_limiter_and_is_bounded(speech: Sound) -> None:
    mastering = Mastering(speech)
    assert mastering.aim(-16) == -16
    found = mastering.gain_for(-16, -1.5)
    assert lufs(mastering.mastered(found, -1.5)) == pytest.approx(-16, abs=0.2)
    whisper = speech * np.float32(0.01)
    assert Mastering(whisper).aim(-16) == pytest.approx(lufs(whisper) + MAX_GAIN_DB, abs=0.1)
    clicks = np.zeros(96_000, np.float32)
    clicks[::24_000] = 1.0
    alone = Mastering(clicks)
    aim = alone.aim(-16)
    assert aim
    assert alone.gain_for(aim, -1.5) <= aim - (loudness(clicks) or 0) + MAKE_UP_DB
