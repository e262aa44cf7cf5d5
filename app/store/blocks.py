"""Blocks: one document for each."""

from datetime import datetime

from pymongo import DESCENDING

from app.store.database import Database, Document
from app.store.pairs import MongoPairStore


class MongoBlockStore(MongoPairStore):
    """The `BlockStore` port on MongoDB."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, "blocks")

    async def page(
        self, by: str, *, limit: int, after: tuple[datetime, str] | None = None
    ) -> list[tuple[datetime, str]]:
        page: Document = {"_id.by": by}
        if after is not None:
            at, of = after
            page["$or"] = [{"at": {"$lt": at}}, {"at": at, "_id.of": {"$lt": of}}]
        newest = [("at", DESCENDING), ("_id.of", DESCENDING)]
        return [(one["at"], one["_id"]["of"]) async for one in self._pairs.find(page, limit=limit, sort=newest)]
