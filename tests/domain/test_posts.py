"""Posts and messages: what may be written, and how it is counted."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import messages, refusals
from app.domain.messages import MESSAGE_LENGTH, RECIPIENTS_AT_ONCE
from app.domain.permissions import may_delete, may_message, may_read
from app.domain.posts import POST_LENGTH, Card, ClipCard, Post, PostCard, SpaceCard, tidied, write
from tests.domain.builders import NOW, person

ANA = person("ana")
CARDS: list[Card] = [SpaceCard("s"), ClipCard("c"), PostCard("p")]


def post(text: str, card: Card | None = None) -> Post:
    return write(ANA, text, card, post_id="p-1", now=NOW)


def test_a_post_is_what_was_written_without_the_space_around_it() -> None:
    assert post(" \n Tides rise.\t") == Post("p-1", ANA, "Tides rise.", None, NOW)


@pytest.mark.parametrize("card", CARDS)
def test_above_a_card_nothing_needs_to_be_said(card: Card) -> None:
    assert post(" ", card) == Post("p-1", ANA, "", card, NOW)


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\u200b", "\u2060\ufeff \u200e", "\x00"])
def test_without_a_card_it_says_something_that_is_seen(text: str) -> None:
    with pytest.raises(refusals.EmptyPost) as caught:
        post(text)
    assert caught.value.field == "text"


@pytest.mark.parametrize("text", ["x" * POST_LENGTH, "e\u0301" * POST_LENGTH, "🌊" * POST_LENGTH, f" {'x' * 280} "])
def test_280_characters_are_the_most_an_accent_counting_once(text: str) -> None:
    assert len(post(text).text) == POST_LENGTH
    with pytest.raises(refusals.InvalidText) as caught:
        post(f"y{text.strip()}")
    assert (caught.value.field, caught.value.limit, caught.value.current) == ("text", POST_LENGTH, POST_LENGTH + 1)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_is_written_is_written_the_same_again(text: str) -> None:
    once = tidied(text, 10_000, field="text")
    assert tidied(once, 10_000, field="text") == once
    assert once in ("", unicodedata.normalize("NFC", text).strip())


def test_a_joined_emoji_stays_whole() -> None:
    family = "👩\u200d👧\u200d👦"
    assert post(family).text == family


def test_posts_stand_in_order_of_time_and_then_of_id() -> None:
    assert post("x").place == (NOW, "p-1")


def test_who_reads_and_deletes_a_post() -> None:
    assert may_read(post("x"), blocking=["ben"])
    assert not may_read(post("x"), blocking=["ana"])
    assert [may_delete(post("x"), one) for one in ("ana", "ben")] == [True, False]


def test_a_message_says_something_or_has_a_card() -> None:
    assert messages.message_text(" hi ", has_card=False, field="text") == "hi"
    assert messages.message_text("", has_card=True, field="text") == ""
    with pytest.raises(refusals.EmptyMessage):
        messages.message_text(" ", has_card=False, field="text")
    with pytest.raises(refusals.InvalidText) as caught:
        messages.message_text("x" * (MESSAGE_LENGTH + 1), has_card=True, field="text")
    assert (caught.value.limit, caught.value.current) == (MESSAGE_LENGTH, MESSAGE_LENGTH + 1)


def test_recipients_are_named_once_each_and_in_order() -> None:
    assert messages.recipients(ANA, ["cem", "ben", "cem"]) == ["cem", "ben"]
    most = [f"p{number}" for number in range(RECIPIENTS_AT_ONCE)]
    assert messages.recipients(ANA, most + most) == most
    for wrong in ([], [*most, "one more"]):
        with pytest.raises(refusals.InvalidRecipients) as caught:
            messages.recipients(ANA, wrong)
        assert (caught.value.limit, caught.value.current) == (RECIPIENTS_AT_ONCE, len(wrong))
    with pytest.raises(refusals.CannotTargetSelf):
        messages.recipients(ANA, ["ben", "ana"])


def test_a_block_either_way_keeps_messages_apart() -> None:
    assert may_message("ana", "ben", {("ana", "cem"), ("cem", "ben")})
    assert not may_message("ana", "ben", {("ana", "ben")})
    assert not may_message("ana", "ben", {("ben", "ana")})
