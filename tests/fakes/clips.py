"""Clips in memory, for tests of the use cases; one contract suite checks this store and the real one."""

from collections.abc import Collection

from app.domain.clips import Clip
from app.services.pages import Moment, Window, part


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

    async def of_space(self, space_id: str, window: Window[Moment]) -> list[Clip]:
        own = [one for one in self._clips.values() if one.space_id == space_id]
        return part(own, window, key_of=lambda one: (one.created_at, one.id), newest_first=True)
