"""Follows: one document for each, and the counts in both people's accounts."""

from datetime import datetime

from pymongo import DESCENDING
from pymongo.errors import DuplicateKeyError

from app.store.database import Database, Session, transact
from app.store.pairs import MongoPairStore, key


class MongoFollowStore(MongoPairStore):
    """The `FollowStore` port on MongoDB.

    The counts are kept, not counted: a page of 100 hosts with 50 000 followers each would otherwise walk 5 million
    index keys. A transaction changes them with the follow, so that they cannot drift apart.
    """

    def __init__(self, database: Database) -> None:
        super().__init__(database, "follows")
        self._database = database
        self._people = database["people"]

    async def add(self, by: str, of: str, now: datetime) -> bool:
        async def insert(session: Session) -> bool:
            await self._pairs.insert_one({"_id": key(by, of), "at": now}, session=session)
            await self._count(by, of, 1, session)
            return True

        try:
            return await transact(self._database, insert)
        except DuplicateKeyError:
            return False

    async def remove(self, by: str, of: str) -> bool:
        async def delete(session: Session) -> bool:
            if not (await self._pairs.delete_one({"_id": key(by, of)}, session=session)).deleted_count:
                return False
            await self._count(by, of, -1, session)
            return True

        return await transact(self._database, delete)

    async def followed(self, by: str, *, limit: int) -> list[str]:
        newest = [("at", DESCENDING), ("_id.of", DESCENDING)]
        found = self._pairs.find({"_id.by": by}, {"_id": True}, sort=newest, limit=limit)
        return [one["_id"]["of"] async for one in found]

    async def _count(self, by: str, of: str, change: int, session: Session) -> None:
        await self._people.update_one({"_id": of}, {"$inc": {"follower_count": change}}, session=session)
        await self._people.update_one({"_id": by}, {"$inc": {"following_count": change}}, session=session)
