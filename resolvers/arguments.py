"""Arguments: what GraphQL's types cannot check, read into what the use cases take."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from strawberry.relay import GlobalID, Node, PageInfo

from app.domain.people import Found
from app.services.pages import Key, Moment, Number, Window
from resolvers.faults import BadInput
from schema.pages import MAX_PAGE, Connection, Edge, Page

Item = TypeVar("Item")
T = TypeVar("T")

MAX_NUMBER = 2**63
"""MongoDB keeps no larger integers."""


def key(of: type[Node], global_id: GlobalID, argument: str) -> str:
    """The app's id behind a global one. Raises `BadInput` for the id of something else."""
    if global_id.type_name != of.__name__:
        raise BadInput(argument, f"expected the id of a {of.__name__}, got that of a {global_id.type_name[:40]}.")
    return global_id.node_id


def known_key(of: type[Node], text: str) -> str | None:
    """The app's id behind a global one as clients write it; None for anything else."""
    try:
        global_id = GlobalID.from_id(text)
    except ValueError:
        return None
    return global_id.node_id if global_id.type_name == of.__name__ else None


def window(page: Page, read_key: Callable[[Sequence[str]], Key]) -> Window[Key]:
    """What of a list to read: the page and, if there is one, an entry beyond it.

    Raises `BadInput` unless either `first` or `last` is 1 to 100, and for what is no cursor of this list.
    """
    return Window(
        _size(page) + 1,
        after=_key_in("after", page.after, read_key),
        before=_key_in("before", page.before, read_key),
        last=page.last is not None,
    )


def number(value: int, argument: str, least: int, most: int) -> int:
    """The value. Raises `BadInput` where it is less or more than that."""
    if not least <= value <= most:
        raise BadInput(argument, f"expected {least} to {most}, got {value}.")
    return value


def moment_key(parts: Sequence[str]) -> Moment:
    """The key in a cursor of a list that is ordered by time."""
    moment, item_id = parts
    read = datetime.fromisoformat(moment)
    if read.tzinfo is None:
        raise ValueError("a moment has a time zone")
    return read, item_id


def found_key(parts: Sequence[str]) -> Found:
    """The key in a cursor of a list of people found."""
    kind, text, person_id = parts
    return kind, text, person_id


def number_key(parts: Sequence[str]) -> Number:
    """The key in a cursor of a list that is ordered by a number."""
    [digits] = parts
    number = int(digits)
    if abs(number) >= MAX_NUMBER:
        raise ValueError("a number has 64 bits")
    return (number,)


def count_key(parts: Sequence[str]) -> tuple[int, str]:
    """The key in a cursor of a list that is ordered by a number that several may share."""
    digits, item_id = parts
    [count] = number_key([digits])
    return count, item_id


def cursor(*key: str | int | datetime) -> str:
    """An opaque cursor of an entry's key."""
    parts = [part.isoformat() if isinstance(part, datetime) else str(part) for part in key]
    return base64.urlsafe_b64encode(json.dumps(parts, ensure_ascii=False).encode()).decode()


def connection(
    items: Sequence[Item], page: Page, *, node: Callable[[Item], T], cursor_of: Callable[[Item], str]
) -> Connection[T]:
    """A page out of the items that its window holds."""
    size, backwards = _size(page), page.last is not None
    edges = [Edge(cursor=cursor_of(one), node=node(one)) for one in (items[-size:] if backwards else items[:size])]
    goes_on = len(items) > size
    return Connection(
        edges=edges,
        page_info=PageInfo(
            has_next_page=page.before is not None if backwards else goes_on,
            has_previous_page=goes_on if backwards else page.after is not None,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        ),
    )


def _size(page: Page) -> int:
    if page.first is not None and page.last is not None:
        raise BadInput("last", "was given together with `first`: give one of the two.")
    name, size = ("last", page.last) if page.last is not None else ("first", page.first)
    if size is None:
        raise BadInput("first", f"is missing: give `first` or `last`, 1 to {MAX_PAGE}.")
    return page_size(name, size)


def page_size(argument: str, size: int) -> int:
    """How many entries are wanted. Raises `BadInput` unless 1 to 100."""
    if not 1 <= size <= MAX_PAGE:
        raise BadInput(argument, f"is {size}, but must be 1 to {MAX_PAGE}.")
    return size


def _key_in(argument: str, text: str | None, read_key: Callable[[Sequence[str]], Key]) -> Key | None:
    if text is None:
        return None
    try:
        parts = json.loads(base64.b64decode(text, altchars=b"-_", validate=True).decode())
        if not isinstance(parts, list):
            raise ValueError("a cursor is a list")
        for part in parts:
            part.encode()
        return read_key(parts)
    except (AttributeError, RecursionError, ValueError):
        raise BadInput(argument, "is not a cursor of this list.") from None
