"""Transcripts: phrases cut to the word, told by language, and found by their words."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.transcripts import LONGEST_MS, Word, between, is_kept, phrase, speaks, terms
from tests.domain import phrases
from tests.domain_values import NOW, space


def test_a_phrase_is_what_was_heard_where_it_was_heard() -> None:
    heard = phrases.heard("a-space", "id-ann", "good morning", 5_000)
    said = phrase(heard, space(), phrase_id="p", now=NOW)
    assert (said.space_id, said.speaker_id, said.at) == ("a-space", "id-ann", NOW)
    assert (said.text, said.start_ms, said.end_ms, said.heard_at_ms) == ("good morning", 5_000, 5_600, 6_600)
    assert said.confidence == 0.5


def test_no_phrase_is_longer_than_what_is_looked_back_for() -> None:
    heard = phrases.heard("a-space", "id-ann", "good morning")
    endless = replace(heard, words=(Word("so", 1000, 2000, 1), Word("long", 2000, 90_000, 1)))
    assert phrase(endless, space(), phrase_id="p", now=NOW).end_ms == 1000 + LONGEST_MS


def test_a_stretch_has_the_words_that_are_more_within_than_without() -> None:
    first, second = phrases.phrase("one two three", "a"), phrases.phrase("four five", "b", start_ms=2000)
    [cut] = between([second, first], 299, 601)
    assert (cut.text, cut.start_ms, cut.end_ms) == ("two", 300, 600)
    assert [one.text for one in between([second, first], 160, 2300)] == ["two three", "four"]
    assert between([first, second], 900, 2000) == []
    assert between([first, second], 0, 10_000) == [first, second]


@given(st.lists(st.integers(0, 4000), max_size=5), st.integers(0, 2500))
def test_what_is_cut_anywhere_is_all_there(starts: list[int], cut_ms: int) -> None:
    said = [phrases.phrase("one two three", str(number), start_ms=one) for number, one in enumerate(starts)]
    halves = [*between(said, 0, cut_ms), *between(said, cut_ms, 100_000)]
    assert sum(len(one.words) for one in halves) == 3 * len(said)


@pytest.mark.parametrize(
    ("spoken", "asked", "same"),
    [("en", "en", True), ("en", "en-GB", True), ("EN", "en-us", True), ("en", "de", False), ("en", "enm", False)],
)
def test_languages_are_told_apart_by_their_first_subtag(spoken: str, asked: str, same: bool) -> None:
    assert speaks(phrases.phrase("hello", language=spoken), asked) is same


def test_terms_are_words_without_case_accents_and_punctuation() -> None:
    assert terms("  The CAFÉ, the tide's  —") == ("cafe", "the", "tides")
    assert terms("Straße") == terms("STRASSE")
    assert terms("東京 は") == ("は", "東京")
    assert terms(" .,- ") == ()


@given(st.text())
def test_every_text_is_found_by_its_own_words(text: str) -> None:
    assert set(terms(" ".join(terms(text)))) == set(terms(text))


def test_a_transcript_is_kept_where_a_recording_is() -> None:
    assert not is_kept(space())
    assert is_kept(replace(space(), recording_enabled=True))
