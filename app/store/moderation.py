"""Moderation logs: one document for each entry, found by Space and version."""

from collections.abc import Sequence
from typing import Final

from pymongo import DESCENDING

from app.domain.moderation import LogEntry
from app.services.plain import Plain
from app.store.database import Database, Document

_ENTRIES: Final = Plain(LogEntry)


class MongoModerationStore:
    """The `ModerationStore` port on MongoDB."""

    def __init__(self, database: Database) -> None:
        self._entries = database["moderation"]

    async def append(self, entries: Sequence[LogEntry]) -> None:
        if entries:
            await self._entries.insert_many([_ENTRIES.encode(one) for one in entries])

    async def of_space(self, space_id: str, *, limit: int, before: int | None = None) -> list[LogEntry]:
        page: Document = {"space_id": space_id}
        if before is not None:
            page["version"] = {"$lt": before}
        newest = self._entries.find(page, limit=limit, sort=[("version", DESCENDING)])
        return [_ENTRIES.decode(document) async for document in newest]
