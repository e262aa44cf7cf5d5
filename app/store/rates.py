"""Rates: a document for each key and window, gone when that is over."""

from datetime import datetime, timedelta

from pymongo.errors import DuplicateKeyError

from app.store.database import Database, Document


class MongoRateStore:
    """The `RateStore` port on MongoDB: each count is one conditional write."""

    def __init__(self, database: Database) -> None:
        self._rates = database["rates"]

    async def take(self, key: str, count: int, *, limit: int, window: timedelta, now: datetime) -> bool:
        if count > limit:
            return False
        number = int(now.timestamp() // window.total_seconds())
        free: Document = {"_id": {"key": key, "window": number}, "taken": {"$lte": limit - count}}
        taken: Document = {"$inc": {"taken": count}, "$setOnInsert": {"until": now + window}}
        try:
            await self._rates.update_one(free, taken, upsert=True)
        except DuplicateKeyError:
            # The window is full, or another process has counted the first one at the same moment.
            return (await self._rates.update_one(free, taken)).matched_count > 0
        return True
