"""Blocks: one document for each."""

from typing import Final

from pymongo import ASCENDING, DESCENDING

from app.services.pages import Moment, Window
from app.store.database import Database, Document
from app.store.pages import find_page
from app.store.pairs import MongoPairStore

_NEWEST: Final = [("at", DESCENDING), ("_id.of", DESCENDING)]


class MongoBlockStore(MongoPairStore):
    """The `BlockStore` port on MongoDB."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, "blocks")

    async def page(self, by: str, window: Window[Moment]) -> list[Moment]:
        found = await find_page(self._pairs, {"_id.by": by}, _NEWEST, window)
        return [(one["at"], one["_id"]["of"]) for one in found]

    async def blockers(self, of: str, *, limit: int, after: str | None = None) -> list[str]:
        query: Document = {"_id.of": of}
        if after is not None:
            query["_id.by"] = {"$gt": after}
        found = self._pairs.find(query, {"_id": True}, limit=limit, sort=[("_id.by", ASCENDING)])
        return [one["_id"]["by"] async for one in found]
