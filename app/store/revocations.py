"""Revocations: one document for each token that was logged out, removed by MongoDB after the token's end."""

from collections.abc import Collection
from datetime import datetime

from app.store.database import Database


class MongoRevocationStore:
    """The `RevocationStore` port on MongoDB."""

    def __init__(self, database: Database) -> None:
        self._revocations = database["revocations"]

    async def revoke(self, token_id: str, until: datetime) -> None:
        await self._revocations.update_one({"_id": token_id}, {"$max": {"until": until}}, upsert=True)

    async def revoked(self, token_ids: Collection[str]) -> frozenset[str]:
        found = self._revocations.find({"_id": {"$in": list(token_ids)}}, {"_id": True})
        return frozenset([one["_id"] async for one in found])
