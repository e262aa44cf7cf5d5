"""Idempotency: one document for each key that a client gave, removed after a day."""

from datetime import datetime

from pymongo import ReturnDocument

from app.store.database import Database


class MongoIdempotencyStore:
    """The `IdempotencyStore` port on MongoDB."""

    def __init__(self, database: Database) -> None:
        self._claims = database["idempotency"]

    async def claim(self, by: str, operation: str, key: str, result_id: str, now: datetime) -> str:
        claim = await self._claims.find_one_and_update(
            {"_id": {"by": by, "operation": operation, "key": key}},
            {"$setOnInsert": {"result_id": result_id, "at": now}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        claimed: str = claim["result_id"]
        return claimed
