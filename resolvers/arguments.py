"""Arguments: what GraphQL's types cannot check, read into what the use cases take."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from strawberry.relay import GlobalID, Node, PageInfo

from resolvers.faults import BadInput
from schema.pages import MAX_PAGE, Connection, Edge, Page

Item = TypeVar("Item")
T = TypeVar("T")


def key(of: type[Node], global_id: GlobalID, argument: str) -> str:
    """The app's id behind a global one. Raises `BadInput` for the id of something else."""
    if global_id.type_name != of.__name__:
        raise BadInput(argument, f"expected the id of a {of.__name__}, got that of a {global_id.type_name[:40]}.")
    return global_id.node_id


def page_size(page: Page) -> int:
    """How many entries a client wants. Raises `BadInput` unless 1 to 100."""
    if not 1 <= page.first <= MAX_PAGE:
        raise BadInput("first", f"is {page.first}, but must be 1 to {MAX_PAGE}.")
    return page.first


def cursor(*parts: str) -> str:
    """An opaque cursor of the parts of a sort key."""
    return base64.urlsafe_b64encode("|".join(parts).encode()).decode()


def after_id(page: Page) -> str | None:
    """The id that a cursor continues after. Raises `BadInput` for what is no cursor."""
    return None if page.after is None else _parts(page.after, 1)[0]


def after_number(page: Page) -> int | None:
    """The number that a cursor continues after. Raises `BadInput` for what is no cursor."""
    if page.after is None:
        return None
    try:
        return int(_parts(page.after, 1)[0])
    except ValueError:
        raise _no_cursor() from None


def after_moment(page: Page) -> tuple[datetime, str] | None:
    """The (time, id) that a cursor continues after. Raises `BadInput` for what is no cursor."""
    if page.after is None:
        return None
    moment, item_id = _parts(page.after, 2)
    try:
        read = datetime.fromisoformat(moment)
    except ValueError:
        raise _no_cursor() from None
    if read.tzinfo is None:
        raise _no_cursor()
    return read, item_id


def moment_cursor(moment: datetime, item_id: str) -> str:
    """The cursor that `after_moment` reads."""
    return cursor(moment.isoformat(), item_id)


def _parts(text: str, count: int) -> list[str]:
    try:
        parts = base64.b64decode(text, altchars=b"-_", validate=True).decode().split("|")
    except (binascii.Error, ValueError):
        raise _no_cursor() from None
    if len(parts) != count:
        raise _no_cursor()
    return parts


def _no_cursor() -> BadInput:
    return BadInput("after", "is not a cursor of this list.")


def connection(
    items: Sequence[Item], page: Page, *, node: Callable[[Item], T], cursor_of: Callable[[Item], str]
) -> Connection[T]:
    """A page out of items that were read from `after` on, one more than asked for where the list goes on."""
    edges = [Edge(cursor=cursor_of(item), node=node(item)) for item in items[: page.first]]
    return Connection(
        edges=edges,
        page_info=PageInfo(
            has_next_page=len(items) > page.first,
            has_previous_page=page.after is not None,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        ),
    )


def slice_after(
    items: Iterable[Item], page: Page, *, key_of: Callable[[Item], tuple[datetime, str]], newest_first: bool = False
) -> list[Item]:
    """Out of a list at hand: the page and one entry more, in order of (time, id)."""
    size, last = page_size(page), after_moment(page)
    ordered = sorted(items, key=key_of, reverse=newest_first)
    if last is not None:
        ordered = [one for one in ordered if (key_of(one) < last if newest_first else key_of(one) > last)]
    return ordered[: size + 1]
