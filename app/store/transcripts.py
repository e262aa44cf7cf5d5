"""Transcripts: one document for each phrase, with its words once more as they are searched."""

from collections.abc import Collection, Sequence
from typing import Final

from pymongo import ASCENDING, DESCENDING

from app.domain.recorded import FOR_EVER_MS
from app.domain.transcripts import LONGEST_MS, Phrase, terms
from app.services.pages import Moment, Offset, Window
from app.services.plain import Plain
from app.services.stores import Stretch
from app.store.database import Database, Document, from_document, to_document
from app.store.pages import find_page, find_pages

_PHRASES: Final = Plain(Phrase)
_SPOKEN: Final = [("start_ms", ASCENDING), ("_id", ASCENDING)]
_NEWEST: Final = [("at", DESCENDING), ("_id", DESCENDING)]
_WITHOUT_TERMS: Final = {"terms": False}


class MongoTranscriptStore:
    """The `TranscriptStore` port on MongoDB.

    Terms are an array and not a text index: with that a page of a frequent word would have all its phrases sorted.
    """

    def __init__(self, database: Database) -> None:
        self._phrases = database["phrases"]

    async def add(self, phrase: Phrase) -> None:
        await self._phrases.insert_one(to_document(_PHRASES.encode(phrase)) | {"terms": list(terms(phrase.text))})

    async def of_spaces(self, heard: Sequence[Stretch], window: Window[Offset]) -> list[list[Phrase]]:
        pages = await find_pages(self._phrases, [_within(one) for one in heard], _SPOKEN, window)
        return [[_phrase(one) for one in page] for page in pages]

    async def touching(self, stretches: Collection[Stretch]) -> list[Phrase]:
        if not stretches:
            return []
        found = self._phrases.find({"$or": [_touches(one) for one in stretches]}, _WITHOUT_TERMS)
        return [_phrase(one) async for one in found]

    async def search(self, terms: Sequence[str], window: Window[Moment]) -> list[Phrase]:
        found = await find_page(self._phrases, {"terms": {"$all": list(terms)}}, _NEWEST, window, _WITHOUT_TERMS)
        return [_phrase(one) for one in found]

    async def delete(self, space_id: str) -> None:
        await self._phrases.delete_many({"space_id": space_id})


def _within(stretch: Stretch) -> Document:
    within: Document = {"space_id": stretch.space_id}
    if stretch.start_ms:
        within["start_ms"] = {"$gte": stretch.start_ms}
    if stretch.end_ms < FOR_EVER_MS:
        within["end_ms"] = {"$lte": stretch.end_ms}
    return within


def _touches(stretch: Stretch) -> Document:
    starts = {"$gt": stretch.start_ms - LONGEST_MS, "$lt": stretch.end_ms}
    return {"space_id": stretch.space_id, "start_ms": starts, "end_ms": {"$gt": stretch.start_ms}}


def _phrase(document: Document) -> Phrase:
    return _PHRASES.decode(from_document(document))
