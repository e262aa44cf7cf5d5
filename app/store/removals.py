"""Removals: one document for each person and Space."""

from collections.abc import Collection
from typing import Final

from pymongo import DESCENDING

from app.domain.evictions import Removal
from app.services.pages import Moment, Window
from app.services.plain import Plain
from app.store.database import Database, Document
from app.store.pages import find_page

_REMOVALS: Final = Plain(Removal)
_NEWEST: Final = [("at", DESCENDING), ("_id.person_id", DESCENDING)]


class MongoRemovalStore:
    """The `RemovalStore` port on MongoDB."""

    def __init__(self, database: Database) -> None:
        self._removals = database["removals"]

    async def put(self, removal: Removal) -> None:
        key = _key(removal.space_id, removal.person.id)
        await self._removals.replace_one({"_id": key}, _REMOVALS.encode(removal) | {"unfinished": True}, upsert=True)

    async def finished(self, removal: Removal) -> None:
        await self._removals.update_one(_this(removal), {"$unset": {"unfinished": True}})

    async def unfinished(self) -> list[Removal]:
        return [_REMOVALS.decode(one) async for one in self._removals.find({"unfinished": True})]

    async def get(self, space_id: str, person_id: str) -> Removal | None:
        document = await self._removals.find_one({"_id": _key(space_id, person_id)})
        return _REMOVALS.decode(document) if document else None

    async def among(self, pairs: Collection[tuple[str, str]]) -> frozenset[tuple[str, str]]:
        found = self._removals.find({"_id": {"$in": [_key(*one) for one in pairs]}}, {"_id": True})
        return frozenset([(one["_id"]["space_id"], one["_id"]["person_id"]) async for one in found])

    async def page(self, space_id: str, window: Window[Moment]) -> list[Removal]:
        found = await find_page(self._removals, {"_id.space_id": space_id}, _NEWEST, window)
        return [_REMOVALS.decode(one) for one in found]

    async def delete(self, removal: Removal) -> bool:
        return (await self._removals.delete_one(_this(removal))).deleted_count > 0

    async def forget(self, space_id: str) -> None:
        await self._removals.delete_many({"_id.space_id": space_id, "unfinished": {"$exists": False}})


def _key(space_id: str, person_id: str) -> Document:
    return {"space_id": space_id, "person_id": person_id}


def _this(removal: Removal) -> Document:
    return {"_id": _key(removal.space_id, removal.person.id), "at": removal.at, "by.id": removal.by.id}
