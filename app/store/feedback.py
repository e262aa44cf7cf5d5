"""Feedback: one document for each person and Space."""

from collections.abc import Collection, Mapping
from typing import Final

from pymongo import DESCENDING

from app.domain.feedback import Feedback, FeedbackSummary
from app.services.pages import Moment, Window
from app.services.plain import Plain
from app.store.database import Database, Document
from app.store.pages import find_page

_FEEDBACK: Final = Plain(Feedback)
_NEWEST: Final = [("at", DESCENDING), ("_id.person_id", DESCENDING)]


class MongoFeedbackStore:
    """The `FeedbackStore` port on MongoDB."""

    def __init__(self, database: Database) -> None:
        self._feedback = database["feedback"]

    async def put(self, feedback: Feedback) -> None:
        key = _key(feedback.space_id, feedback.person.id)
        await self._feedback.replace_one({"_id": key}, _FEEDBACK.encode(feedback), upsert=True)

    async def of_person(self, person_id: str, space_ids: Collection[str]) -> Mapping[str, Feedback]:
        keys = [_key(space_id, person_id) for space_id in space_ids]
        found = [_FEEDBACK.decode(one) async for one in self._feedback.find({"_id": {"$in": keys}})]
        return {one.space_id: one for one in found}

    async def summaries(self, space_ids: Collection[str]) -> Mapping[str, FeedbackSummary]:
        stages: list[Document] = [
            {"$match": {"_id.space_id": {"$in": list(space_ids)}}},
            {"$group": {"_id": "$_id.space_id", "count": {"$sum": 1}, "average": {"$avg": "$rating"}}},
        ]
        found = self._feedback.aggregate(stages)
        return {one["_id"]: FeedbackSummary(one["count"], one["average"]) async for one in found}

    async def page(self, space_id: str, window: Window[Moment]) -> list[Feedback]:
        found = await find_page(self._feedback, {"_id.space_id": space_id}, _NEWEST, window)
        return [_FEEDBACK.decode(one) for one in found]

    async def forget(self, space_id: str) -> None:
        await self._feedback.delete_many({"_id.space_id": space_id})


def _key(space_id: str, person_id: str) -> Document:
    return {"space_id": space_id, "person_id": person_id}
