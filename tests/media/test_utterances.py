"""Utterances: cut at pauses, with what was said and when, and never more than was said."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.opus import SAMPLE_RATE, TICK, Sound
from media.utterances import LONGEST_MS, Ear, Utterance
from media.words import PCM_RATE
from tests.media.sounds import amplitude_at, noise, silence, speech, tone

NEAR_MS = 250
"""The beginning that is taken along, and a tick or two."""


def heard(sound: Sound, person_id: str = "ann", first: int = 0) -> list[Utterance]:
    """The utterances of one microphone; the recording stands at sample `first` when it begins."""
    told: list[Utterance] = []
    ear = Ear(told.append)
    for start in range(0, len(sound) - TICK + 1, TICK):
        ear.hear({person_id: sound[start : start + TICK]}, first + start)
    ear.close()
    return told


def start_ms(utterance: Utterance) -> float:
    """When it begins, in ms of the recording."""
    return utterance.start * 1000 / SAMPLE_RATE


def test_sentences_are_told_apart_and_placed_on_the_recordings_clock() -> None:
    sentence = speech("good morning", "en-us") * 0.5
    begins = [1.0, 4.0]
    sound = silence(7)
    for seconds in begins:
        first = round(seconds * SAMPLE_RATE)
        sound[first : first + len(sentence)] += sentence
    told = heard(sound, first=10 * SAMPLE_RATE)
    assert [one.person_id for one in told] == ["ann", "ann"]
    for one, seconds in zip(told, begins, strict=True):
        assert start_ms(one) == pytest.approx((10 + seconds) * 1000, abs=NEAR_MS)
        assert one.milliseconds == pytest.approx(len(sentence) * 1000 / SAMPLE_RATE, abs=2 * NEAR_MS + 400)


def test_it_is_told_when_the_pause_is_long_enough_and_not_before() -> None:
    told: list[Utterance] = []
    ear = Ear(told.append)
    sound = np.concatenate((tone(300, 0.5), silence(1)))
    after = 0
    for start in range(0, len(sound), TICK):
        ear.hear({"ann": sound[start : start + TICK]}, start)
        after += bool(told)
    assert after == pytest.approx((1000 - 400) / 20, abs=2), "ticks since it was told"


def test_noise_is_no_voice_for_long_and_clicks_are_none() -> None:
    assert heard(silence(3)) == []
    assert heard(noise(3, 0.002)) == [], "the noise of a microphone"
    assert sum(one.milliseconds for one in heard(noise(40, 0.05))) < 20_000, "a fan"
    click = silence(2)
    click[SAMPLE_RATE : SAMPLE_RATE + 2 * TICK] = 0.5
    assert heard(click) == []


def test_whoever_goes_on_and_on_is_cut_and_nothing_is_lost_between() -> None:
    sound = np.concatenate([piece for _ in range(60) for piece in (tone(300, 0.4), silence(0.1))])
    told = heard(sound)
    assert len(told) >= 3
    assert all(one.milliseconds <= LONGEST_MS for one in told)
    for one, following in pairwise(told):
        assert following.start == one.start + len(one.pcm) * SAMPLE_RATE // PCM_RATE


def test_it_is_resampled_without_aliases() -> None:
    [low] = heard(np.concatenate((tone(1000, 1), silence(1))))
    pcm = low.pcm[4000:12000] / 32767
    # `amplitude_at` counts samples of 48 kHz.
    assert amplitude_at(pcm.astype(np.float32), 3000) == pytest.approx(0.5, rel=0.02)
    assert heard(np.concatenate((tone(13_000, 1), silence(1)))) == [], "what 16 kHz cannot hold is gone, not folded"


def test_what_is_said_at_once_is_told_of_each() -> None:
    told: list[Utterance] = []
    ear = Ear(told.append)
    ann, ben = tone(300, 1), tone(500, 1)
    for start in range(0, SAMPLE_RATE, TICK):
        ear.hear({"ann": ann[start : start + TICK], "ben": ben[start : start + TICK], "cleo": None}, start)
    ear.hear({"ben": None, "cleo": None}, SAMPLE_RATE)
    assert [one.person_id for one in told] == ["ann"], "whoever leaves the stage has finished"
    ear.close()
    assert [one.person_id for one in told] == ["ann", "ben"]


def test_where_nothing_is_recorded_nothing_is_told() -> None:
    told: list[Utterance] = []
    ear = Ear(told.append)
    sound = tone(300, 2)
    for start in range(0, len(sound), TICK):
        ear.hear({"ann": sound[start : start + TICK]}, start if start < SAMPLE_RATE else None)
    ear.close()
    assert [one.milliseconds for one in told] == [1000]


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from([0.0, 0.003, 0.3]), st.integers(1, 80)), max_size=12), st.integers(0, 2**40))
def test_every_utterance_is_a_piece_of_the_microphones_time(stretches: list[tuple[float, int]], first: int) -> None:
    sound = np.concatenate([silence(0), *(tone(400, ticks * 0.02, level) for level, ticks in stretches)])
    told = heard(sound, first=first)
    ends = [one.start + len(one.pcm) * 3 for one in told]
    assert all(first <= one.start for one in told)
    assert all(end <= first + len(sound) for end in ends)
    assert all(end <= following.start for end, following in zip(ends, told[1:], strict=False))
