"""Recordings: one document for each, by its Space: what it measures, and how often it was replayed."""

from collections.abc import Collection
from typing import Final

from app.domain.recorded import Measures, Recorded
from app.services.plain import Plain
from app.store.database import Database, from_document

_RECORDED: Final = Plain(Recorded)
_MEASURES: Final = Plain(Measures)


class MongoRecordingStore:
    """The `RecordingStore` port on MongoDB."""

    def __init__(self, database: Database) -> None:
        self._recordings = database["recordings"]

    async def get_many(self, space_ids: Collection[str]) -> list[Recorded]:
        found = self._recordings.find({"_id": {"$in": list(space_ids)}})
        return [_RECORDED.decode(from_document(one)) async for one in found]

    async def measured(self, space_id: str, measures: Measures) -> None:
        kept = {"$set": {"measures": _MEASURES.encode(measures)}}
        await self._recordings.update_one({"_id": space_id}, kept, upsert=True)

    async def replayed(self, space_id: str) -> None:
        await self._recordings.update_one({"_id": space_id}, {"$inc": {"replays": 1}})

    async def forget(self, space_id: str) -> None:
        await self._recordings.delete_one({"_id": space_id})
