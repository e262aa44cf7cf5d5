"""Clips in memory, for tests of the use cases; one contract suite checks this store and the real one."""

from collections.abc import Collection
from datetime import datetime

from app.domain.clips import Clip


class MemoryClipStore:
    """`ClipStore` in a dict."""

    def __init__(self) -> None:
        self._clips: dict[str, Clip] = {}

    async def add(self, clip: Clip) -> None:
        self._clips[clip.id] = clip

    async def delete(self, clip_id: str) -> None:
        self._clips.pop(clip_id, None)

    async def get(self, clip_id: str) -> Clip | None:
        return self._clips.get(clip_id)

    async def get_many(self, clip_ids: Collection[str]) -> list[Clip]:
        return [self._clips[clip_id] for clip_id in set(clip_ids) & self._clips.keys()]

    async def of_space(self, space_id: str, *, limit: int, after: tuple[datetime, str] | None = None) -> list[Clip]:
        own = [one for one in self._clips.values() if one.space_id == space_id]
        newest = sorted(own, key=lambda one: (one.created_at, one.id), reverse=True)
        return [one for one in newest if after is None or (one.created_at, one.id) < after][:limit]
