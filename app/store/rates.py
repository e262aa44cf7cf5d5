"""Rates: a document for each key with what was counted lately, gone when that is long enough ago."""

from datetime import datetime, timedelta
from typing import Any

from pymongo import ReturnDocument

from app.store.database import Database


class MongoRateStore:
    """The `RateStore` port on MongoDB: forgetting, comparing and counting are one atomic write."""

    def __init__(self, database: Database) -> None:
        self._rates = database["rates"]

    async def take(self, key: str, count: int, *, limit: int, window: timedelta, now: datetime) -> bool:
        taken = {"$ifNull": ["$taken", []]}
        lately = {"$filter": {"input": taken, "cond": {"$gt": ["$$this.at", now - window]}}}
        added: dict[str, Any] = {"$concatArrays": ["$taken", [{"at": now, "count": count}]]}
        document = await self._rates.find_one_and_update(
            {"_id": key},
            [
                {"$set": {"taken": lately, "until": now + window}},
                {"$set": {"granted": {"$lte": [{"$add": [{"$sum": "$taken.count"}, count]}, limit]}}},
                {"$set": {"taken": {"$cond": ["$granted", added, "$taken"]}}},
            ],
            {"granted": True},
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        granted: bool = document["granted"]
        return granted
