"""Airings: one lease for each Space, held by the process that mixes it."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from pymongo import ReturnDocument

from app.services.plain import Plain
from app.services.stores import Node
from app.store.database import Database

_NODES: Final = Plain(Node)


class MongoAiringStore:
    """The `AiringStore` port on MongoDB: claiming is one write that leaves a lease of another node as it is."""

    def __init__(self, database: Database) -> None:
        self._airings = database["airings"]

    async def claim(self, space_id: str, node: Node, *, now: datetime, until: datetime) -> Node:
        # A lease that is not there yet is less than any time.
        free = {"$or": [{"$lte": ["$until", now]}, {"$eq": ["$node.id", {"$literal": node.id}]}]}
        document = await self._airings.find_one_and_update(
            {"_id": space_id},
            [
                {
                    "$set": {
                        "node": {"$cond": [free, {"$literal": _NODES.encode(node)}, "$node"]},
                        "until": {"$cond": [free, until, "$until"]},
                    }
                }
            ],
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        return _NODES.decode(document["node"])

    async def holders(self, space_ids: Collection[str], now: datetime) -> Mapping[str, Node]:
        held = self._airings.find({"_id": {"$in": list(space_ids)}, "until": {"$gt": now}})
        return {document["_id"]: _NODES.decode(document["node"]) async for document in held}

    async def release(self, space_id: str, node_id: str) -> None:
        await self._airings.delete_one({"_id": space_id, "node.id": node_id})
