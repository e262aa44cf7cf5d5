"""Places: (time, id) as one value of a document, so that what comes after an entry is one range of an index.

As two fields it is an `$or`; where many ranges are merged, MongoDB then reads and sorts everything instead.
"""

from typing import Final, TypeAlias

from pymongo import DESCENDING

from app.services.pages import Moment, Window
from app.store.database import Document

PlaceKey: TypeAlias = tuple[Document]

NEWEST: Final = [("place", DESCENDING)]
"""The order of a list by place."""


def place(moment: Moment) -> Document:
    """The place of an entry. MongoDB compares it field by field, in this order."""
    at, entry_id = moment
    return {"at": at, "id": entry_id}


def by_place(window: Window[Moment]) -> Window[PlaceKey]:
    """The same window of a list in the order `NEWEST`."""
    after = None if window.after is None else (place(window.after),)
    before = None if window.before is None else (place(window.before),)
    return Window(window.limit, after, before, window.last)


def moment(document: Document) -> Moment:
    """Where a document with a place stands."""
    return document["place"]["at"], document["place"]["id"]
