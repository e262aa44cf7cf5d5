"""Moderation logs: one document for each entry, found by Space and version."""

from collections.abc import Sequence
from typing import Final

from pymongo import DESCENDING
from pymongo.errors import BulkWriteError

from app.domain.moderation import LogEntry
from app.services.pages import Number, Window
from app.services.plain import Plain
from app.store.database import Database
from app.store.pages import find_page

DUPLICATE_KEY: Final = 11000

_ENTRIES: Final = Plain(LogEntry)


class MongoModerationStore:
    """The `ModerationStore` port on MongoDB."""

    def __init__(self, database: Database) -> None:
        self._entries = database["moderation"]

    async def append(self, entries: Sequence[LogEntry]) -> None:
        if not entries:
            return
        try:
            await self._entries.insert_many([_ENTRIES.encode(one) for one in entries], ordered=False)
        except BulkWriteError as error:
            if any(one["code"] != DUPLICATE_KEY for one in error.details["writeErrors"]):
                raise

    async def of_space(self, space_id: str, window: Window[Number]) -> list[LogEntry]:
        newest = await find_page(self._entries, {"space_id": space_id}, [("version", DESCENDING)], window)
        return [_ENTRIES.decode(document) for document in newest]
