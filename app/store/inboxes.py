"""Inboxes: one document for each person, with the ring of the last events that were told to them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from pymongo import UpdateOne

from app.domain.personal import Delivery, Received
from app.services.plain import Plain
from app.store.database import Database, Document

RING_SIZE: Final = 128

_RECEIVED: Final = Plain(Received)
_RING: Final = {"$ifNull": ["$ring", []]}
_NEXT: Final = {"$add": [{"$ifNull": ["$version", 0]}, 1]}


class MongoInboxStore:
    """The `InboxStore` port on MongoDB. The key of a delivery is looked for in the write that adds it."""

    def __init__(self, database: Database) -> None:
        self._inboxes = database["inboxes"]

    async def deliver(self, deliveries: Sequence[Delivery]) -> None:
        if deliveries:
            writes = [UpdateOne({"_id": one.person_id}, _adding(one), upsert=True) for one in deliveries]
            await self._inboxes.bulk_write(writes)

    async def received_after(self, person_id: str, version: int) -> list[Received] | None:
        missed = {"$filter": {"input": "$ring", "cond": {"$gt": ["$$this.version", version]}}}
        document = await self._inboxes.find_one({"_id": person_id}, {"version": True, "ring": missed})
        current, ring = (document["version"], document["ring"]) if document else (0, [])
        return [_RECEIVED.decode(one) for one in ring] if len(ring) == current - version else None

    async def versions(self, person_ids: Collection[str]) -> Mapping[str, int]:
        found = self._inboxes.find({"_id": {"$in": list(person_ids)}}, {"version": True})
        return {document["_id"]: document["version"] async for document in found}


def _adding(delivery: Delivery) -> list[Document]:
    """An update that changes nothing where the key is known already."""
    event: Any = _RECEIVED.encode(Received(0, delivery.event))["event"]
    entry = {"version": _NEXT, "key": {"$literal": delivery.key}, "event": {"$literal": event}}
    known: Document = {"$in": [{"$literal": delivery.key}, {"$ifNull": ["$ring.key", []]}]}
    longer = {"$slice": [{"$concatArrays": [_RING, [entry]]}, -RING_SIZE]}
    return [
        {
            "$set": {
                "ring": {"$cond": [known, "$ring", longer]},
                "version": {"$cond": [known, "$version", _NEXT]},
            }
        }
    ]
