"""Moderation logs: one document for each entry, found by Space and time."""

from collections.abc import Sequence
from typing import Final

from pymongo import DESCENDING
from pymongo.errors import BulkWriteError

from app.domain.moderation import LogEntry
from app.services.pages import Moment, Window
from app.services.plain import Plain
from app.store.database import Database, from_document, to_document
from app.store.pages import find_page

DUPLICATE_KEY: Final = 11000

_ENTRIES: Final = Plain(LogEntry)
_NEWEST: Final = [("at", DESCENDING), ("_id", DESCENDING)]


class MongoModerationStore:
    """The `ModerationStore` port on MongoDB."""

    def __init__(self, database: Database) -> None:
        self._entries = database["moderation"]

    async def append(self, entries: Sequence[LogEntry]) -> None:
        if not entries:
            return
        documents = [to_document(_ENTRIES.encode(one)) for one in entries]
        try:
            await self._entries.insert_many(documents, ordered=False)
        except BulkWriteError as error:
            if any(one["code"] != DUPLICATE_KEY for one in error.details["writeErrors"]):
                raise

    async def of_space(self, space_id: str, window: Window[Moment]) -> list[LogEntry]:
        newest = await find_page(self._entries, {"space_id": space_id}, _NEWEST, window)
        return [_ENTRIES.decode(from_document(document)) for document in newest]
