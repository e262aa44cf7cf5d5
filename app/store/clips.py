"""Clips: one document each; the sound is a file of the media engine."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from pymongo import ASCENDING, DESCENDING, ReturnDocument
from pymongo.errors import DuplicateKeyError

from app.domain.clips import Clip, Publication
from app.domain.renditions import ClipRendition
from app.services.pages import Moment, Window, part
from app.services.plain import Plain
from app.services.stores import ClipExists
from app.store.database import Database, Document, from_document, to_document
from app.store.indexes import EVER
from app.store.pages import find_pages

_CLIPS: Final = Plain(Clip)
_PUBLICATIONS: Final = Plain(Publication)
_RENDITIONS: Final = Plain(ClipRendition)
_NEWEST: Final = [("created_at", DESCENDING), ("_id", DESCENDING)]
_HAS_SOUND: Final = {"samples": {"$gt": 0}}


class MongoClipStore:
    """The `ClipStore` port on MongoDB."""

    def __init__(self, database: Database) -> None:
        self._clips = database["clips"]

    async def add(self, clip: Clip) -> None:
        try:
            await self._clips.insert_one(to_document(_CLIPS.encode(clip)))
        except DuplicateKeyError as error:
            raise ClipExists(clip.id) from error

    async def cut(self, clip_id: str, samples: int, waveform: tuple[float, ...]) -> Clip | None:
        return await self._changed({"_id": clip_id}, {"samples": samples, "waveform": list(waveform)})

    async def publish(self, clip_id: str, publication: Publication, now: datetime) -> Clip | None:
        draft = {"_id": clip_id, "expires_at": {"$gt": now}, **_HAS_SOUND}
        published = {"expires_at": None, "publication": _PUBLICATIONS.encode(publication)}
        if clip := await self._changed(draft, published):
            return clip
        document = await self._clips.find_one({"_id": clip_id, "expires_at": None})
        return _clip(document) if document else None

    async def posted(self, clip_id: str) -> None:
        await self._clips.update_one({"_id": clip_id}, {"$set": {"publication.is_posted": True}})

    async def unposted(self, before: datetime, *, limit: int) -> list[Clip]:
        query = {"publication.is_posted": False, "publication.at": {"$lt": before}, "expires_at": None}
        return await self._find(query, limit=limit)

    async def expire(self, clip_id: str, now: datetime) -> None:
        await self._clips.update_one({"_id": clip_id}, {"$set": {"expires_at": now}})

    async def expire_all(self, space_id: str, now: datetime) -> None:
        await self._clips.update_many({"space_id": space_id}, {"$set": {"expires_at": now}})

    async def expired(self, now: datetime, *, limit: int) -> list[Clip]:
        query = {"expires_at": {"$gt": EVER, "$lte": now}}
        return await self._find(query, limit=limit, sort=[("expires_at", ASCENDING)])

    async def render(self, clip_id: str, seen: ClipRendition | None, becomes: ClipRendition) -> Clip | None:
        data = _RENDITIONS.encode(becomes)
        if seen is None:
            query: Document = {"_id": clip_id, "renditions.kind": {"$ne": becomes.kind.value}}
            change: Document = {"$push": {"renditions": data}}
        else:
            query = {"_id": clip_id, "renditions": {"$elemMatch": _RENDITIONS.encode(seen)}}
            change = {"$set": {"renditions.$": data}}
        document = await self._clips.find_one_and_update(query, change, return_document=ReturnDocument.AFTER)
        return _clip(document) if document else None

    async def unrendered(self, now: datetime, *, limit: int) -> list[Clip]:
        return await self._find({"renditions": {"$elemMatch": {"due": {"$gt": EVER, "$lte": now}}}}, limit=limit)

    async def rendering(self, *, limit: int) -> int:
        return await self._clips.count_documents({"renditions.due": {"$gt": EVER}}, limit=limit)

    async def delete(self, clip_id: str) -> None:
        await self._clips.delete_one({"_id": clip_id})

    async def get(self, clip_id: str) -> Clip | None:
        document = await self._clips.find_one({"_id": clip_id})
        return _clip(document) if document else None

    async def get_many(self, clip_ids: Collection[str]) -> list[Clip]:
        return await self._find({"_id": {"$in": list(clip_ids)}})

    async def of_spaces(
        self, space_ids: Sequence[str], window: Window[Moment], *, viewer_id: str | None, now: datetime
    ) -> list[list[Clip]]:
        kinds: list[Document] = [{"expires_at": None}]
        if viewer_id is not None:
            kinds.append({"creator_id": viewer_id, "expires_at": {"$gt": now}, **_HAS_SOUND})
        found: list[list[Clip]] = [[] for _ in space_ids]
        for kind in kinds:
            pages = await find_pages(self._clips, [{"space_id": one, **kind} for one in space_ids], _NEWEST, window)
            for of_space, page in zip(found, pages, strict=True):
                of_space.extend(map(_clip, page))
        return [part(one, window, key_of=lambda clip: (clip.created_at, clip.id), newest_first=True) for one in found]

    async def all_of_space(self, space_id: str, *, limit: int) -> list[Clip]:
        return await self._find({"space_id": space_id}, limit=limit)

    async def _changed(self, query: Document, changes: Document) -> Clip | None:
        document = await self._clips.find_one_and_update(query, {"$set": changes}, return_document=ReturnDocument.AFTER)
        return _clip(document) if document else None

    async def _find(self, query: Document, *, limit: int = 0, sort: list[tuple[str, int]] | None = None) -> list[Clip]:
        return [_clip(document) async for document in self._clips.find(query, limit=limit, sort=sort)]


def _clip(document: Document) -> Clip:
    return _CLIPS.decode(from_document(document))
