"""Pages: reading a window of an ordered list from MongoDB."""

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

from motor.motor_asyncio import AsyncIOMotorCollection
from pymongo import ASCENDING

from app.services.pages import Key, Window
from app.store.database import Document

Order: TypeAlias = Sequence[tuple[str, int]]
"""Fields with their directions, the last of them unique among equals: what an index has too."""

_ASKED: Final = "asked"
"""Which of several queries found a document."""
_BEYOND: Final = {True: ("$gt", "$gte"), False: ("$lt", "$lte")}


async def find_page(
    collection: AsyncIOMotorCollection[Document],
    query: Document,
    order: Order,
    window: Window[Key],
    projection: Document | None = None,
    *,
    index: str | None = None,
) -> list[Document]:
    """The window of what the query finds, in that order; a key of the window has a value for each field of the order.

    Read from the nearer end: documents examined are those of the page, where an index has the query and the order.
    `index`: the one to use, where MongoDB may remember another from a question that looked alike.
    """
    found = collection.find(
        _within(query, order, window),
        projection,
        sort=list(_direction(order, window)),
        limit=window.limit,
        hint=index,
    )
    documents = [document async for document in found]
    return documents[::-1] if window.last else documents


async def find_pages(
    collection: AsyncIOMotorCollection[Document], queries: Sequence[Document], order: Order, window: Window[Key]
) -> list[list[Document]]:
    """The window of what each of the queries finds, in their order, by one command; see `find_page`."""
    parts: list[list[Document]] = [
        [
            {"$match": _within(query, order, window)},
            {"$sort": dict(_direction(order, window))},
            {"$limit": window.limit},
            {"$set": {_ASKED: number}},
        ]
        for number, query in enumerate(queries)
    ]
    if not parts:
        return []
    others = [{"$unionWith": {"coll": collection.name, "pipeline": one}} for one in parts[1:]]
    pages: list[list[Document]] = [[] for _ in queries]
    async for document in collection.aggregate([*parts[0], *others]):
        pages[document.pop(_ASKED)].append(document)
    return [one[::-1] for one in pages] if window.last else pages


def _within(query: Document, order: Order, window: Window[Key]) -> Document:
    return {"$and": [query, *bounds(order, window)]}


def _direction(order: Order, window: Window[Key]) -> Order:
    return [(field, -direction) for field, direction in order] if window.last else order


def bounds(order: Order, window: Window[Key]) -> list[Document]:
    """What has to hold of a document between the window's two keys."""
    between = [_beyond(order, window.after, forwards=True), _beyond(order, window.before, forwards=False)]
    return [one for one in between if one]


def _beyond(order: Order, key: tuple[Any, ...] | None, *, forwards: bool) -> Document | None:
    """What comes after a key (or before it): a bound for the first field, which an index serves, then the ties."""
    if key is None:
        return None
    (field, direction), *ties = order
    strictly, loosely = _BEYOND[(direction == ASCENDING) is forwards]
    if not ties:
        return {field: {strictly: key[0]}}
    return {field: {loosely: key[0]}, "$or": [{field: {strictly: key[0]}}, _beyond(ties, key[1:], forwards=forwards)]}
