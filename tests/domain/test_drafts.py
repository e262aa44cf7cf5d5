"""Drafts: which titles, topics and languages a Space may have, and the Space that a draft makes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import drafts
from app.domain.drafts import Draft
from app.domain.refusals import Refusal
from app.domain.roster import Role
from app.domain.spaces import Space, SpaceState
from tests.domain.builders import NOW, person

HANA = person("hana")
TOPICS = ("art", "music", "news", "science")


def create(draft: Draft) -> Space:
    return drafts.create(draft, space_id="space", host=HANA, topics=TOPICS, now=NOW)


def broken(draft: Draft) -> list[tuple[str, str | None, int | None, int | None]]:
    with pytest.raises(ExceptionGroup) as caught:
        create(draft)
    refused = [one for one in caught.value.exceptions if isinstance(one, Refusal)]
    return [(one.code, one.field, one.limit, one.current) for one in refused]


def test_a_new_space_is_preparing_with_its_host_on_stage_and_muted() -> None:
    new = create(Draft(" On tides ", ("science", "art"), language="pt-BR", recording_enabled=True))
    assert (new.state, new.version, new.title, new.topics) == (
        SpaceState.PREPARING,
        1,
        "On tides",
        ("science", "art"),
    )
    [seat] = new.stage
    assert (seat.person, seat.role, seat.muted) == (HANA, Role.HOST, True)
    assert new.host_absent_since is None


@pytest.mark.parametrize("title", ["x", "x" * 70, "  " + "x" * 70 + "  ", "é" * 70])
def test_a_title_of_1_to_70_characters_is_taken_without_the_space_around_it(title: str) -> None:
    assert create(Draft(title)).title == title.strip()


@pytest.mark.parametrize(("title", "length"), [("", 0), ("   ", 0), ("x" * 71, 71)])
def test_any_other_title_is_refused_with_the_limit(title: str, length: int) -> None:
    assert broken(Draft(title)) == [("INVALID_TITLE", "title", 70, length)]


@pytest.mark.parametrize("language", ["en", "pt-BR", "zh-Hant-TW", "de-CH-1996", "yue", "en-x-twain"])
def test_language_tags_are_taken(language: str) -> None:
    assert create(Draft("On tides", language=language)).language == language


@pytest.mark.parametrize("language", ["", "e", "english!", "en_US", "en-", "-en", "en-" + "x" * 9, "en" + "-x1" * 9])
def test_what_is_no_language_tag_is_refused(language: str) -> None:
    assert broken(Draft("On tides", language=language)) == [("INVALID_LANGUAGE", "language", None, None)]


def test_topics_are_3_at_most_distinct_and_known() -> None:
    assert create(Draft("On tides", ("art", "music", "news"))).topics == ("art", "music", "news")
    assert broken(Draft("On tides", TOPICS)) == [("TOO_MANY_TOPICS", "topics", 3, 4)]
    assert broken(Draft("On tides", ("art", "art"))) == [("TOO_MANY_TOPICS", "topics", None, 2)]
    assert broken(Draft("On tides", ("art", "yachts"))) == [("UNKNOWN_TOPIC", "topics", None, None)]


def test_every_broken_rule_of_a_draft_is_said_at_once_but_a_flood_of_topics_is_not_echoed() -> None:
    codes = [code for code, *_ in broken(Draft("", ("yachts",) * 5000, language="?"))]
    assert codes == ["INVALID_TITLE", *["TOO_MANY_TOPICS"] * 2, *["UNKNOWN_TOPIC"] * 3, "INVALID_LANGUAGE"]


@given(st.text(), st.lists(st.text(), max_size=5).map(tuple), st.none() | st.text())
def test_any_draft_makes_a_lawful_space_or_refusals_that_name_their_field(
    title: str, topics: tuple[str, ...], language: str | None
) -> None:
    try:
        new = create(Draft(title, topics, language))
    except ExceptionGroup:
        assert all(field for _, field, _, _ in broken(Draft(title, topics, language)))
    else:
        assert 1 <= len(new.title) <= 70
        assert len(new.topics) <= 3
