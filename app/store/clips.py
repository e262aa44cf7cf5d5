"""Clips: one document each; the sound is a file of the media engine."""

from collections.abc import Collection
from typing import Final

from pymongo import DESCENDING

from app.domain.clips import Clip
from app.services.pages import Moment, Window
from app.services.plain import Plain
from app.store.database import Database, Document, from_document, to_document
from app.store.pages import find_page

_CLIPS: Final = Plain(Clip)
_NEWEST: Final = [("created_at", DESCENDING), ("_id", DESCENDING)]


class MongoClipStore:
    """The `ClipStore` port on MongoDB."""

    def __init__(self, database: Database) -> None:
        self._clips = database["clips"]

    async def add(self, clip: Clip) -> None:
        await self._clips.insert_one(to_document(_CLIPS.encode(clip)))

    async def delete(self, clip_id: str) -> None:
        await self._clips.delete_one({"_id": clip_id})

    async def get(self, clip_id: str) -> Clip | None:
        document = await self._clips.find_one({"_id": clip_id})
        return _clip(document) if document else None

    async def get_many(self, clip_ids: Collection[str]) -> list[Clip]:
        return [_clip(document) async for document in self._clips.find({"_id": {"$in": list(clip_ids)}})]

    async def of_space(self, space_id: str, window: Window[Moment]) -> list[Clip]:
        return [_clip(one) for one in await find_page(self._clips, {"space_id": space_id}, _NEWEST, window)]


def _clip(document: Document) -> Clip:
    return _CLIPS.decode(from_document(document))
