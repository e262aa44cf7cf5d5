"""Pages: which part of an ordered list is wanted, from either end, between keys that stay good while it changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeAlias, TypeVar

Item = TypeVar("Item")
Key = TypeVar("Key", bound=tuple[Any, ...])

Moment: TypeAlias = tuple[datetime, str]
"""The key of an entry in a list ordered by time, and by id where times are equal."""
Place: TypeAlias = tuple[Any, str]
"""The key of an entry in a list ordered by what the client chose, and by id where that is equal."""
Number: TypeAlias = tuple[int]
"""The key of an entry in a list ordered by a number that no two share."""
Offset: TypeAlias = tuple[int, str]
"""The key of an entry in a list ordered by an offset in ms, and by id where those are equal."""


@dataclass(frozen=True, slots=True)
class Window(Generic[Key]):
    """`limit` entries at most of those between two keys, neither included: the first ones, or with `last` the last.

    They are answered in the order of the list, whichever end they come from.
    """

    limit: int
    after: Key | None = None
    before: Key | None = None
    last: bool = False


def part(
    items: Iterable[Item], window: Window[Key], *, key_of: Callable[[Item], Key], newest_first: bool = False
) -> list[Item]:
    """The window of a list at hand, in order of its keys."""
    after, before = (window.before, window.after) if newest_first else (window.after, window.before)
    within = [
        one for one in items if (after is None or key_of(one) > after) and (before is None or key_of(one) < before)
    ]
    within.sort(key=key_of, reverse=newest_first)
    return within[-window.limit :] if window.last else within[: window.limit]
