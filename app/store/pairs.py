"""Pairs of people: one document for each follow, block or mute, unique by its id."""

from collections.abc import Collection
from datetime import datetime

from bson.max_key import MaxKey
from pymongo.errors import DuplicateKeyError

from app.services.stores import Pair
from app.store.database import Database, Document


class MongoPairStore:
    """The `PairStore` port on a collection of MongoDB. Pairs are looked up by id, and so need no other index."""

    def __init__(self, database: Database, collection: str) -> None:
        self._pairs = database[collection]

    async def add(self, by: str, of: str, now: datetime) -> bool:
        try:
            await self._pairs.insert_one({"_id": key(by, of), "at": now})
        except DuplicateKeyError:
            return False
        return True

    async def remove(self, by: str, of: str) -> bool:
        return (await self._pairs.delete_one({"_id": key(by, of)})).deleted_count > 0

    async def among(self, pairs: Collection[Pair]) -> frozenset[Pair]:
        found = self._pairs.find({"_id": {"$in": [key(*pair) for pair in pairs]}}, {"_id": True})
        return frozenset([(one["_id"]["by"], one["_id"]["of"]) async for one in found])

    async def others(self, by: str) -> frozenset[str]:
        """A range of the ids, read from their index alone."""
        own = {"$gte": key(by, ""), "$lt": {"by": by, "of": MaxKey()}}
        return frozenset([one["_id"]["of"] async for one in self._pairs.find({"_id": own}, {"_id": True})])


def key(by: str, of: str) -> Document:
    """The id of a pair's document."""
    return {"by": by, "of": of}
