"""Listings: which Spaces the Spaces tab shows, in which order, and the words by which a title is found."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum, auto
from typing import Any

from app.domain.spaces import Space, SpaceState

_WORD = re.compile(
    # Scripts written without spaces: each sign is a word of its own.
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
    r"|[^\W_\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+"
)
_WITHIN_WORDS = str.maketrans("", "", "'\u2019\u02bc")


class Order(StrEnum):
    """The orders of a list of Spaces; equals follow by id."""

    STARTED_AT = auto()
    LISTENERS = auto()
    SCHEDULED_START = auto()

    @property
    def newest_first(self) -> bool:
        """Whether the greatest keys come first: what is to come is listed the other way, the soonest first."""
        return self is not Order.SCHEDULED_START


ORDERS = {
    SpaceState.LIVE: (Order.STARTED_AT, Order.LISTENERS),
    SpaceState.ENDED: (Order.STARTED_AT,),
    SpaceState.SCHEDULED: (Order.SCHEDULED_START,),
}
"""The states that are listed, each with the orders that make sense of it, the usual one first."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What is asked for: Spaces of one state that have all that is named; of `topics` one will do."""

    state: SpaceState = SpaceState.LIVE
    order: Order = Order.STARTED_AT
    host_id: str | None = None
    topics: tuple[str, ...] = ()
    language: str | None = None
    words: frozenset[str] = frozenset()

    def demands(self) -> list[list[str]]:
        """Of each of these lists a Space must have one facet at least."""
        hosts = [[_of_host(self.host_id)]] if self.host_id is not None else []
        # The longer a word, the fewer titles have it.
        words = [[_of_word(one)] for one in sorted(self.words, key=lambda word: (-len(word), word))]
        topics = [[_of_topic(one) for one in dict.fromkeys(self.topics)]] if self.topics else []
        languages = [[_of_language(self.language)]] if self.language is not None else []
        return [*hosts, *words, *topics, *languages]


def words(text: str) -> frozenset[str]:
    """The words of a text as they are compared: without regard to case, accents and the forms of one letter."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = "".join(one for one in decomposed if unicodedata.category(one) != "Mn")
    return frozenset(_WORD.findall(plain.translate(_WITHIN_WORDS)))


def facets(space: Space) -> frozenset[str]:
    """All that the Space is found by: host, topics, the words of its title, and its language with what that is of."""
    return frozenset(_facets(space))


def _facets(space: Space) -> Iterator[str]:
    yield _of_host(space.host.id)
    yield from map(_of_topic, space.topics)
    yield from map(_of_word, words(space.title))
    if space.language is not None:
        tags = space.language.split("-")
        yield from (_of_language("-".join(tags[: count + 1])) for count in range(len(tags)))


def audience(space: Space) -> int:
    """Everyone who listens, with an account or without."""
    return space.listeners + space.anonymous


def matches(space: Space, listing: Listing) -> bool:
    """Whether the Space is one of those asked for."""
    found_by = facets(space)
    return space.state is listing.state and all(not found_by.isdisjoint(one) for one in listing.demands())


def place(space: Space, order: Order) -> tuple[Any, str]:
    """Where the Space stands in a list of this order."""
    match order:
        case Order.STARTED_AT:
            return space.started_at or space.created_at, space.id
        case Order.LISTENERS:
            return audience(space), space.id
        case Order.SCHEDULED_START:
            return space.schedule.start if space.schedule else space.created_at, space.id


def _of_host(host_id: str) -> str:
    return f"host:{host_id}"


def _of_topic(topic: str) -> str:
    return f"topic:{topic}"


def _of_word(word: str) -> str:
    return f"word:{word}"


def _of_language(tag: str) -> str:
    return f"language:{tag.casefold()}"
