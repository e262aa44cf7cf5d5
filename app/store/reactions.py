"""Reactions: one counter for each emoji of a Space."""

from collections.abc import Collection, Mapping

from pymongo import UpdateOne

from app.store.database import Database


class MongoReactionStore:
    """The `ReactionStore` port on MongoDB."""

    def __init__(self, database: Database) -> None:
        self._reactions = database["reactions"]

    async def add(self, space_id: str, counts: Mapping[str, int]) -> None:
        additions = [
            UpdateOne({"space_id": space_id, "emoji": emoji}, {"$inc": {"count": count}}, upsert=True)
            for emoji, count in counts.items()
        ]
        if additions:
            await self._reactions.bulk_write(additions)

    async def counts(self, space_ids: Collection[str]) -> Mapping[str, Mapping[str, int]]:
        counts: dict[str, dict[str, int]] = {}
        async for one in self._reactions.find({"space_id": {"$in": list(space_ids)}}):
            counts.setdefault(one["space_id"], {})[one["emoji"]] = one["count"]
        return counts

    async def forget(self, space_id: str) -> None:
        await self._reactions.delete_many({"space_id": space_id})
