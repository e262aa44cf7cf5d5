"""Pages: Relay connections over every list that can grow, read from either end by stable cursors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

import strawberry
from strawberry.relay import PageInfo

from schema.marks import FOR_ALL

T = TypeVar("T")

MAX_PAGE = 100

First = Annotated[
    int | None,
    strawberry.argument(description=f"How many at most, from the start on, 1 to {MAX_PAGE}; or give `last`."),
]
After = Annotated[
    str | None,
    strawberry.argument(
        description="The cursor to continue after: an `endCursor`, or that of any edge. None: the start."
    ),
]
Last = Annotated[
    int | None,
    strawberry.argument(description=f"How many at most, up to the end, 1 to {MAX_PAGE}; or give `first`."),
]
Before = Annotated[
    str | None,
    strawberry.argument(description="The cursor to stop before: a `startCursor`, or that of any edge. None: the end."),
]


@strawberry.type(description="One entry of a page, with its cursor.")
class Edge(Generic[T]):
    """One entry of a page."""

    cursor: str = strawberry.field(
        description="Opaque; continues after this entry, also when others came or went.", metadata=FOR_ALL
    )
    node: T = strawberry.field(description="The entry itself.", metadata=FOR_ALL)


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    """A page of a list."""

    edges: list[Edge[T]] = strawberry.field(description="The entries, in the order of the list.", metadata=FOR_ALL)
    page_info: PageInfo = strawberry.field(description="Whether and where the list goes on.", metadata=FOR_ALL)


@dataclass(frozen=True, slots=True)
class Page:
    """What a client asked for: the `first` or `last` entries between two cursors; nothing is checked yet."""

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None
