"""Reminders: one document for each, unique by its id of Space and person."""

from collections.abc import Collection, Mapping
from datetime import datetime

from pymongo import ASCENDING, DESCENDING
from pymongo.errors import DuplicateKeyError

from app.domain.reminders import Reminder
from app.services.pages import Moment, Window
from app.store.database import Database, Document
from app.store.pages import find_page


class MongoReminderStore:
    """The `ReminderStore` port on MongoDB."""

    def __init__(self, database: Database) -> None:
        self._reminders = database["reminders"]

    async def add(self, reminder: Reminder) -> None:
        try:
            await self._reminders.insert_one({"_id": _id(reminder.space_id, reminder.person_id), "at": reminder.set_at})
        except DuplicateKeyError:
            return

    async def remove(self, space_id: str, person_ids: Collection[str]) -> None:
        await self._reminders.delete_many({"_id": {"$in": [_id(space_id, one) for one in person_ids]}})

    async def among(self, person_id: str, space_ids: Collection[str]) -> set[str]:
        ids = [_id(one, person_id) for one in space_ids]
        return {one["_id"]["space"] async for one in self._reminders.find({"_id": {"$in": ids}}, {"_id": True})}

    async def counts(self, space_ids: Collection[str]) -> Mapping[str, int]:
        found = self._reminders.aggregate(
            [
                {"$match": {"_id.space": {"$in": list(space_ids)}}},
                {"$group": {"_id": "$_id.space", "count": {"$sum": 1}}},
            ]
        )
        return {one["_id"]: one["count"] async for one in found}

    async def of_space(self, space_id: str, *, after: str, limit: int) -> list[Reminder]:
        found = self._reminders.find(
            {"_id.space": space_id, "_id.person": {"$gt": after}}, sort=[("_id.person", ASCENDING)], limit=limit
        )
        return [_reminder(one) async for one in found]

    async def of_person(self, person_id: str, window: Window[Moment]) -> list[Reminder]:
        newest = [("at", DESCENDING), ("_id.space", DESCENDING)]
        return [_reminder(one) for one in await find_page(self._reminders, {"_id.person": person_id}, newest, window)]


def _id(space_id: str, person_id: str) -> Document:
    return {"space": space_id, "person": person_id}


def _reminder(document: Document) -> Reminder:
    set_at: datetime = document["at"]
    return Reminder(document["_id"]["space"], document["_id"]["person"], set_at)
