"""Voices: who speaks is told once it changes, and not for every breath."""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from media.opus import TICK, Sound
from media.voices import PAUSE_WINDOWS, TOLD_AGAIN_WINDOWS, WINDOW_TICKS, Voice, Voices
from tests.media.sounds import tone

SECOND = 50


def block(decibels: float) -> Sound:
    """A tick of a tone of so many dBFS, by its root mean square."""
    return tone(500, 0.02, 10 ** (decibels / 20) * np.sqrt(2))


def heard(voices: Voices, ticks: int, **levels: float) -> list[Mapping[str, Voice]]:
    """What is told in so many ticks of these levels."""
    blocks = {person: block(level) for person, level in levels.items()}
    return [told for _ in range(ticks) if (told := voices.hear(blocks)) is not None]


def test_a_voice_is_told_within_200_ms_with_its_level_and_again_only_as_it_changes() -> None:
    voices = Voices()
    assert heard(voices, SECOND) == [{}], "a Space that goes on air says so"
    assert heard(voices, WINDOW_TICKS, ann=-18.0) == [{"ann": Voice(True, 0.7)}]
    assert heard(voices, 2 * WINDOW_TICKS, ann=-18.0) == []
    assert heard(voices, 2 * WINDOW_TICKS, ann=-20.0) == [], "not a step away"
    assert heard(voices, 2 * WINDOW_TICKS, ann=-30.0) == [{"ann": Voice(True, 0.5)}]
    assert heard(voices, WINDOW_TICKS, ann=-30.0, ben=-6.0) == [{"ann": Voice(True, 0.5), "ben": Voice(True, 0.9)}]


def test_a_pause_between_sentences_is_not_silence_and_a_long_one_is() -> None:
    voices = Voices()
    heard(voices, SECOND, ann=-12.0)
    for told in heard(voices, PAUSE_WINDOWS * WINDOW_TICKS):
        assert told["ann"].speaking
    assert heard(voices, WINDOW_TICKS) == [{}]
    assert heard(voices, 10 * SECOND) == []


def test_whoever_closes_the_microphone_is_silent_with_the_next_telling() -> None:
    voices = Voices()
    heard(voices, WINDOW_TICKS + 3, ann=-12.0)
    voices.close("ann")
    assert heard(voices, WINDOW_TICKS) == [{}]
    assert heard(voices, WINDOW_TICKS, ann=-12.0)[0]["ann"].speaking, "and speaks again once it is open"


def test_a_level_between_the_thresholds_leaves_it_as_it_was() -> None:
    voices = Voices()
    (told,) = heard(voices, WINDOW_TICKS, ann=-47.5)
    assert not told["ann"].speaking
    (told,) = heard(voices, WINDOW_TICKS, ann=-40.0)
    assert told["ann"].speaking
    assert all(told["ann"].speaking for told in heard(voices, 10 * SECOND, ann=-47.5))


def test_while_someone_speaks_it_is_told_again_for_whoever_missed_it() -> None:
    voices = Voices()
    (first,) = heard(voices, WINDOW_TICKS, ann=-18.0)
    assert heard(voices, TOLD_AGAIN_WINDOWS * WINDOW_TICKS, ann=-18.0) == [first]


@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.floats(-90, 6)), max_size=60))
def test_never_more_than_five_times_a_second_and_levels_stay_in_range(told_levels: list[dict[str, float]]) -> None:
    voices, told_at = Voices(), list[int]()
    for number, levels in enumerate(told_levels):
        told = voices.hear({person: block(level) for person, level in levels.items()})
        if told is not None:
            told_at.append(number)
            assert all(0 <= voice.level <= 1 for voice in told.values())
            assert Voice(False, 0.0) not in told.values()
    assert all(later - earlier >= WINDOW_TICKS for earlier, later in pairwise(told_at))


def test_blocks_are_left_alone() -> None:
    sound = np.full(TICK, 0.5, np.float32)
    Voices().hear({"ann": sound})
    assert (sound == 0.5).all()
