"""What Spaces are found by, and in which order."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.listings import ORDERS, Listing, Order, facets, matches, place, words
from app.domain.spaces import SpaceState
from tests.domain_values import NOW, scheduled, space


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Jazz, JAZZ & more!", {"jazz", "more"}),
        ("Café Zoë", {"cafe", "zoe"}),
        ("Die Straße", {"die", "strasse"}),
        ("Don't can\u2019t", {"dont", "cant"}),
        ("2026_plans C3PO", {"2026", "plans", "c3po"}),
        ("\ufb01ne \uff21\uff52\uff54", {"fine", "art"}),
        ("爵士 music夜", {"爵", "士", "music", "夜"}),
        ("Ελλάδα Москва", {"ελλαδα", "москва"}),
        ("… 🔥 !", set()),
    ],
)
def test_words_are_compared_without_case_accents_and_forms(text: str, expected: set[str]) -> None:
    assert words(text) == expected
    assert words(text.upper()) == expected or "ß" in text


def test_a_space_matches_all_that_is_named_and_one_of_the_topics() -> None:
    one = replace(space(), title="Jazz tonight", topics=("Music", "Art"), language="pt-BR")
    for listing in (
        Listing(),
        Listing(host_id="id-host"),
        Listing(topics=("News", "Art")),
        Listing(language="pt"),
        Listing(language="PT-br"),
        Listing(words=words("tonight JAZZ")),
        Listing(host_id="id-host", topics=("Music",), language="pt", words=words("jazz")),
    ):
        assert matches(one, listing), listing
    for listing in (
        Listing(state=SpaceState.ENDED),
        Listing(host_id="host"),
        Listing(topics=("News",)),
        Listing(language="pt-PT"),
        Listing(language="p"),
        Listing(words=words("jaz")),
        Listing(words=words("jazz today")),
        Listing(words=words("music")),
    ):
        assert not matches(one, listing), listing


def test_what_is_named_of_one_kind_is_not_found_by_another() -> None:
    one = replace(space(), title="Music", language=None)
    assert facets(one) == {"host:id-host", "word:music"}
    assert not matches(one, Listing(topics=("music",)))


def test_the_longest_word_is_looked_up_first_and_the_host_before_it() -> None:
    listing = Listing(host_id="h", topics=("Art", "Art"), words=frozenset({"a", "night", "jazz"}), language="en")
    assert listing.demands() == [
        ["host:h"],
        ["word:night"],
        ["word:jazz"],
        ["word:a"],
        ["topic:Art"],
        ["language:en"],
    ]


def test_each_order_has_its_key() -> None:
    one = replace(space("x"), listeners=3, anonymous=4)
    assert place(one, Order.STARTED_AT) == (NOW + timedelta(seconds=1), "x")
    assert place(one, Order.LISTENERS) == (7, "x")
    assert place(scheduled("y", start=NOW), Order.SCHEDULED_START) == (NOW, "y")
    assert {order for orders in ORDERS.values() for order in orders} == set(Order)
