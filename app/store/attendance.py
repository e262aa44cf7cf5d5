"""Attendance: one document for each person in a Space, and one for each process's anonymous listeners there."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Final

from pymongo import ASCENDING, ReturnDocument

from app.domain.attendance import Attendance
from app.domain.roster import Person
from app.services.pages import Moment, Window
from app.services.plain import Plain
from app.store.database import Database, Document
from app.store.pages import find_pages

_COMING: Final = [("joined_at", ASCENDING), ("person.id", ASCENDING)]
_ATTENDANCES: Final = Plain(Attendance)
_PEOPLE: Final = Plain(Person)


class MongoAttendanceStore:
    """The `AttendanceStore` port on MongoDB. A lease is only ever prolonged, however calls overtake each other."""

    def __init__(self, database: Database) -> None:
        self._present = database["attendance"]
        self._anonymous = database["anonymous"]
        self._visits = database["visits"]

    async def join(self, space_id: str, person: Person, *, now: datetime, until: datetime) -> Attendance:
        # The visit first: nobody is in a Space without having been there.
        key = _key(space_id, person.id)
        await self._visits.update_one({"_id": key}, {"$setOnInsert": {"since": now}}, upsert=True)
        document = await self._present.find_one_and_update(
            {"_id": key},
            {
                "$setOnInsert": {"space_id": space_id, "person": _PEOPLE.encode(person), "joined_at": now},
                "$max": {"seen_until": until},
            },
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        return _ATTENDANCES.decode(document)

    async def leave(self, space_id: str, person_id: str) -> bool:
        return (await self._present.delete_one({"_id": _key(space_id, person_id)})).deleted_count > 0

    async def get(self, space_id: str, person_id: str) -> Attendance | None:
        document = await self._present.find_one({"_id": _key(space_id, person_id)})
        return _ATTENDANCES.decode(document) if document else None

    async def among(self, space_id: str, person_ids: Collection[str]) -> frozenset[str]:
        keys = [_key(space_id, person_id) for person_id in person_ids]
        found = self._present.find({"_id": {"$in": keys}}, {"_id": True})
        return frozenset([one["_id"]["person_id"] async for one in found])

    async def visited(self, person_id: str, space_ids: Collection[str]) -> frozenset[str]:
        keys = [_key(space_id, person_id) for space_id in space_ids]
        found = self._visits.find({"_id": {"$in": keys}}, {"_id": True})
        return frozenset([one["_id"]["space_id"] async for one in found])

    async def forget(self, space_id: str) -> None:
        await self.close(space_id)
        await self._visits.delete_many({"_id.space_id": space_id})

    async def in_any_of(self, person_id: str, space_ids: Collection[str]) -> frozenset[str]:
        found = self._present.find({"_id": {"$in": [_key(one, person_id) for one in space_ids]}}, {"_id": True})
        return frozenset([one["_id"]["space_id"] async for one in found])

    async def of_people(self, person_ids: Collection[str]) -> list[Attendance]:
        return [_ATTENDANCES.decode(one) async for one in self._present.find({"person.id": {"$in": list(person_ids)}})]

    async def renew(self, attendances: Iterable[tuple[str, str]], *, until: datetime) -> None:
        keys = [_key(*one) for one in attendances]
        await self._present.update_many({"_id": {"$in": keys}}, {"$max": {"seen_until": until}})

    async def lapsed(self, now: datetime, *, limit: int) -> list[Attendance]:
        over = self._present.find({"seen_until": {"$lte": now}}, limit=limit, sort=[("seen_until", ASCENDING)])
        return [_ATTENDANCES.decode(document) async for document in over]

    async def leave_lapsed(self, space_id: str, person_id: str, now: datetime) -> bool:
        over = {"_id": _key(space_id, person_id), "seen_until": {"$lte": now}}
        return (await self._present.delete_one(over)).deleted_count > 0

    async def count(self, space_id: str, *, without: Collection[str]) -> int:
        return await self._present.count_documents(_in_space(space_id, without))

    async def pages(
        self, without: Mapping[str, Collection[str]], window: Window[Moment]
    ) -> Mapping[str, list[Attendance]]:
        queries = [_in_space(space_id, people) for space_id, people in without.items()]
        pages = await find_pages(self._present, queries, _COMING, window)
        return {one: [_ATTENDANCES.decode(found) for found in page] for one, page in zip(without, pages, strict=True)}

    async def close(self, space_id: str) -> None:
        await self._present.delete_many({"space_id": space_id})
        await self._anonymous.delete_many({"space_id": space_id})

    async def set_anonymous(self, space_id: str, node_id: str, count: int, *, until: datetime) -> None:
        await self._anonymous.update_one(
            {"_id": {"space_id": space_id, "node_id": node_id}},
            {"$set": {"space_id": space_id, "count": count, "until": until}},
            upsert=True,
        )

    async def anonymous(self, space_id: str, now: datetime) -> int:
        current = self._anonymous.find({"space_id": space_id, "until": {"$gt": now}}, {"count": True})
        return sum([document["count"] async for document in current])


def _key(space_id: str, person_id: str) -> Document:
    return {"space_id": space_id, "person_id": person_id}


def _in_space(space_id: str, without: Collection[str]) -> Document:
    return {"space_id": space_id, "person.id": {"$nin": list(without)}}
