"""Clips in memory, for tests of the use cases; one contract suite checks this store and the real one."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from app.domain.clips import Clip, Publication
from app.domain.renditions import ClipRendition
from app.services.pages import Moment, Window, part
from app.services.stores import ClipExists


class MemoryClipStore:
    """`ClipStore` in a dict."""

    def __init__(self) -> None:
        self._clips: dict[str, Clip] = {}

    async def add(self, clip: Clip) -> None:
        if clip.id in self._clips:
            raise ClipExists(clip.id)
        self._clips[clip.id] = clip

    async def cut(self, clip_id: str, samples: int, waveform: tuple[float, ...]) -> Clip | None:
        return self._change(clip_id, samples=samples, waveform=waveform)

    async def publish(self, clip_id: str, publication: Publication, now: datetime) -> Clip | None:
        clip = self._clips.get(clip_id)
        if clip is None or clip.is_gone(now) or not clip.is_cut:
            return None
        return self._change(clip_id, expires_at=None, publication=publication) if clip.is_draft else clip

    async def posted(self, clip_id: str) -> None:
        clip = self._clips.get(clip_id)
        if clip and clip.publication:
            self._change(clip_id, publication=replace(clip.publication, is_posted=True))

    async def unposted(self, before: datetime, *, limit: int) -> list[Clip]:
        published = [(one, one.publication) for one in self._clips.values() if one.publication and not one.is_draft]
        return [one for one, how in published if not how.is_posted and how.at < before][:limit]

    async def expire(self, clip_id: str, now: datetime) -> None:
        self._change(clip_id, expires_at=now)

    async def expire_all(self, space_id: str, now: datetime) -> None:
        for one in [one for one in self._clips.values() if one.space_id == space_id]:
            self._change(one.id, expires_at=now)

    async def expired(self, now: datetime, *, limit: int) -> list[Clip]:
        gone = [(one.expires_at, one.id, one) for one in self._clips.values() if one.expires_at and one.is_gone(now)]
        return [one for _, _, one in sorted(gone)][:limit]

    async def render(self, clip_id: str, seen: ClipRendition | None, becomes: ClipRendition) -> Clip | None:
        clip = self._clips.get(clip_id)
        if clip is None or clip.rendition(becomes.kind) != seen:
            return None
        others = [one for one in clip.renditions if one.kind is not becomes.kind]
        return self._change(clip_id, renditions=(*others, becomes))

    async def unrendered(self, now: datetime, *, limit: int) -> list[Clip]:
        return [one for one in self._clips.values() if any(each.is_due(now) for each in one.renditions)][:limit]

    async def rendering(self, *, limit: int) -> int:
        waiting = [one for one in self._clips.values() if any(not each.is_over for each in one.renditions)]
        return len(waiting[:limit])

    async def delete(self, clip_id: str) -> None:
        self._clips.pop(clip_id, None)

    async def get(self, clip_id: str) -> Clip | None:
        return self._clips.get(clip_id)

    async def get_many(self, clip_ids: Collection[str]) -> list[Clip]:
        return [self._clips[clip_id] for clip_id in set(clip_ids) & self._clips.keys()]

    async def of_spaces(
        self, space_ids: Sequence[str], window: Window[Moment], *, viewer_id: str | None, now: datetime
    ) -> list[list[Clip]]:
        shown = [
            one
            for one in self._clips.values()
            if not one.is_draft or (one.creator_id == viewer_id and one.is_cut and not one.is_gone(now))
        ]
        return [
            part(
                [one for one in shown if one.space_id == space_id],
                window,
                key_of=lambda one: (one.created_at, one.id),
                newest_first=True,
            )
            for space_id in space_ids
        ]

    async def all_of_space(self, space_id: str, *, limit: int) -> list[Clip]:
        return [one for one in self._clips.values() if one.space_id == space_id][:limit]

    def _change(self, clip_id: str, **changes: Any) -> Clip | None:
        if clip_id not in self._clips:
            return None
        self._clips[clip_id] = replace(self._clips[clip_id], **changes)
        return self._clips[clip_id]
