"""The mixer and its limiter: sums stay plain until they would be too loud, and never get louder."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from media.mixer import CEILING, LOOK_AHEAD, LOOK_AHEAD_MS, SUB_BLOCK, Limiter, Mixer, sub_block_peaks
from media.opus import SAMPLE_RATE, TICK
from tests.media.sounds import amplitude_at, decibels, fft_peaks, noise, silence, speech, tone

Sound = NDArray[np.float32]


def ticks(sound: Sound) -> list[Sound]:
    return np.split(sound[: sound.size - sound.size % TICK], range(TICK, sound.size - sound.size % TICK, TICK))


def mixed(voices: Sequence[Sound], mixer: Mixer | None = None) -> Sound:
    mixer = mixer or Mixer()
    return np.concatenate([mixer.mix(people(*blocks)).full for blocks in zip(*map(ticks, voices), strict=True)])


def people(*blocks: Sound) -> dict[str, Sound]:
    """Someone for each block."""
    return {f"person-{number}": block for number, block in enumerate(blocks)}


def test_two_tones_are_both_heard_at_their_level() -> None:
    mix = mixed([tone(440, 1.0, 0.3), tone(880, 1.0, 0.3)])
    assert fft_peaks(mix, 2) == [440, 880]
    for hz in (440, 880):
        assert amplitude_at(mix[LOOK_AHEAD:], hz) == pytest.approx(0.3, rel=0.01)


def test_one_moderate_speaker_comes_out_bit_for_bit_5_ms_late() -> None:
    voice = speech("Nothing is to be done to this.")
    voice = voice[: voice.size - voice.size % TICK] * np.float32(0.99 * CEILING / np.abs(voice).max())
    np.testing.assert_array_equal(mixed([voice])[LOOK_AHEAD:], voice[:-LOOK_AHEAD])


def test_nobody_speaking_is_silence_and_lets_the_last_words_out() -> None:
    mixer = Mixer()
    mixer.mix(people(np.full(TICK, 0.25, np.float32)))
    after = mixer.mix({}).full
    assert (after[:LOOK_AHEAD] == 0.25).all()
    assert not after[LOOK_AHEAD:].any()
    assert not mixer.mix({}).full.any()


def test_mixing_leaves_the_blocks_and_earlier_mixes_alone() -> None:
    mixer, block = Mixer(), tone(440, 0.02, 0.9)
    first = mixer.mix(people(block, block)).full
    kept = first.copy()
    mixer.mix(people(block))
    np.testing.assert_array_equal(block, tone(440, 0.02, 0.9))
    np.testing.assert_array_equal(first, kept)


@pytest.mark.parametrize("sound", ["tones", "noise", "speech"])
def test_thirteen_loud_speakers_stay_below_the_ceiling(sound: str) -> None:
    voices = {
        "tones": [tone(200 + 50 * number, 2.0, 1.0) for number in range(13)],
        "noise": [noise(2.0, 1.0, number) for number in range(13)],
        "speech": [speech("All of us speak at once!", f"en+m{1 + number % 7}")[:SAMPLE_RATE] for number in range(13)],
    }[sound]
    mix = mixed(voices)
    assert np.abs(sum(voices)).max() > 2 * CEILING
    assert 0.8 * CEILING < np.abs(mix).max() <= CEILING


@pytest.mark.parametrize("hz", [100, 440, 3000])
def test_a_tone_six_times_too_loud_stays_clean(hz: float) -> None:
    mix = mixed([tone(hz, 2.0, 6.0)])[SAMPLE_RATE:]
    assert amplitude_at(mix, hz) == pytest.approx(CEILING, rel=0.01)
    for harmonic in (2, 3, 5):
        assert decibels(amplitude_at(mix, harmonic * hz) / CEILING) < -80


def test_the_level_is_back_a_second_after_a_shout() -> None:
    mixer = Mixer()
    quiet = tone(440, 2.0, 0.2)
    quiet_ticks = ticks(quiet)
    mixer.mix(people(tone(440, 0.02, 5.0)))
    late = np.concatenate([mixer.mix(people(block)).full for block in quiet_ticks])
    assert np.abs(late[SAMPLE_RATE // 50 : SAMPLE_RATE // 20]).max() < 0.15  # still held down
    np.testing.assert_array_equal(late[SAMPLE_RATE:], quiet[SAMPLE_RATE - LOOK_AHEAD : -LOOK_AHEAD])


def test_peaks_are_taken_per_millisecond_over_all_outputs() -> None:
    outputs = np.zeros((3, TICK), np.float32)
    outputs[0, 0], outputs[1, SUB_BLOCK - 1], outputs[2, SUB_BLOCK] = 0.5, -0.75, 2.0
    assert sub_block_peaks(outputs).tolist() == [0.75, 2.0, *[0.0] * 18]
    assert sub_block_peaks(outputs[0])[0] == 0.5


def test_a_peak_is_met_within_the_look_ahead_by_a_straight_descent() -> None:
    limiter = Limiter()
    peaks = np.zeros(20, np.float32)
    peaks[10] = 10 * CEILING
    gain = limiter.gain(peaks)
    assert gain is not None
    peak_at = 10 * SUB_BLOCK + LOOK_AHEAD
    assert (gain[: peak_at - LOOK_AHEAD - SUB_BLOCK] == 1).all()
    assert gain[peak_at : peak_at + SUB_BLOCK].max() <= 0.1
    steepest = 0.9 / (LOOK_AHEAD_MS * SUB_BLOCK)
    assert np.abs(np.diff(gain)).max() <= 1.01 * steepest


def test_moderate_sound_needs_no_gain() -> None:
    limiter = Limiter()
    assert limiter.gain(np.full(20, 0.749, np.float32)) is None
    assert limiter.gain(np.full(20, 0.0, np.float32)) is None


milliseconds = st.lists(st.sampled_from([0.0, 0.5, 0.74, 0.75, 0.76, 2.0, 13.0]), min_size=20, max_size=20)


@given(st.lists(milliseconds, min_size=1, max_size=6), st.integers(0, 2**32 - 1))
def test_no_output_is_ever_above_the_ceiling(levels: list[list[float]], seed: int) -> None:
    """Three outputs under one gain, louder and quieter from one millisecond to the next, as mix-minus will be."""
    chance = np.random.default_rng(seed)
    limiter, ahead, last = Limiter(), np.zeros((3, LOOK_AHEAD), np.float32), 1.0
    for level in [*levels, [0.0] * 20]:
        envelope = np.repeat(np.array(level, np.float32), SUB_BLOCK)
        outputs = (chance.choice([-1, 1, 0.3], (3, TICK)) * envelope).astype(np.float32)
        gain = limiter.gain(sub_block_peaks(outputs))
        line = np.concatenate((ahead, outputs), axis=1)
        delayed, ahead = line[:, :TICK], line[:, TICK:]
        if gain is None:
            gain = np.ones(TICK, np.float32)
        assert np.abs(delayed * gain).max() <= CEILING
        assert gain.min() > 0
        assert gain.max() <= 1
        steps = np.abs(np.diff(gain, prepend=np.float32(last)))
        assert steps.max() <= 1.01 / (LOOK_AHEAD_MS * SUB_BLOCK)  # nowhere a step
        last = float(gain[-1])


def test_a_silent_block_changes_nothing() -> None:
    voice = tone(440, 1.0, 0.4)
    np.testing.assert_array_equal(mixed([voice, silence(1.0)]), mixed([voice]))


def test_everyone_hears_all_others_and_nobody_themselves() -> None:
    voices = {"ann": tone(440, 1.0, 0.2), "ben": tone(660, 1.0, 0.2), "cleo": tone(880, 1.0, 0.2)}
    heard = returns(voices)
    for person, own in voices.items():
        others = sum((voice for other, voice in voices.items() if other != person), np.zeros_like(own))
        np.testing.assert_allclose(heard[person][LOOK_AHEAD:], others[:-LOOK_AHEAD], atol=1e-6)


def returns(voices: Mapping[str, Sound]) -> dict[str, Sound]:
    """What everyone hears; the block of someone is left out where it is silence."""
    mixer, heard = Mixer(), {person: list[Sound]() for person in voices}
    for blocks in zip(*map(ticks, voices.values()), strict=True):
        mix = mixer.mix({person: block for person, block in zip(voices, blocks, strict=True) if block.any()})
        for person, pieces in heard.items():
            pieces.append(mix.minus.get(person, mix.full))
    return {person: np.concatenate(pieces) for person, pieces in heard.items()}


@given(st.lists(st.lists(st.booleans(), min_size=3, max_size=3), min_size=1, max_size=12))
def test_whoever_begins_and_stops_hears_the_others_without_a_gap(talks: list[list[bool]]) -> None:
    """Three people, each tick talking or not: what one hears is the sum of the others, to the sample, 5 ms late."""
    spoken = np.repeat(np.array(talks, np.float32).T, TICK, axis=1)
    tones = [tone(hz, len(talks) * TICK / SAMPLE_RATE, 0.2) for hz in (440, 660, 880)]
    voices = {name: voice * talk for name, voice, talk in zip("abc", tones, spoken, strict=True)}
    for person, heard in returns(voices).items():
        others = sum((voice for other, voice in voices.items() if other != person), np.zeros_like(heard))
        np.testing.assert_allclose(heard[LOOK_AHEAD:], others[:-LOOK_AHEAD], atol=1e-6)


def test_thirteen_loud_speakers_return_no_louder_than_the_ceiling() -> None:
    heard = returns({f"person-{number}": noise(0.5, 1.0, number) for number in range(13)})
    peaks = [np.abs(sound).max() for sound in heard.values()]
    assert 0.7 * CEILING < max(peaks) <= CEILING


def test_a_voice_that_cancels_another_does_not_make_a_return_too_loud() -> None:
    """In the full mix ann and ben are nothing; in each other's return they are at full scale."""
    shout = tone(440, 0.5, 1.0)
    assert all(np.abs(sound).max() <= CEILING for sound in returns({"ann": shout, "ben": -shout}).values())
