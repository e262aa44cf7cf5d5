"""Clips: what is kept of them beside their sound."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from app.domain.clips import Clip, Publication
from app.domain.renditions import ClipRendition
from app.services.pages import Moment, Window


class ClipExists(Exception):
    """There is a clip of this id already."""


class ClipStore(Protocol):
    """Clips; their sound is the media engine's."""

    async def add(self, clip: Clip) -> None:
        """Raises `ClipExists`, with nothing written."""

    async def cut(self, clip_id: str, samples: int, waveform: tuple[float, ...]) -> Clip | None:
        """The clip with its sound cut; None where it is gone."""

    async def publish(self, clip_id: str, publication: Publication, now: datetime) -> Clip | None:
        """The clip as it is published: so, or as it was before. None where there is none that has sound at `now`."""

    async def posted(self, clip_id: str) -> None:
        """The Post of a published clip is there."""

    async def unposted(self, before: datetime, *, limit: int) -> list[Clip]:
        """Public clips, published before then, whose Posts are not known to be there."""

    async def expire(self, clip_id: str, now: datetime) -> None:
        """There is no such clip from `now` on, published or not."""

    async def expire_all(self, space_id: str, now: datetime) -> None:
        """There are no clips of this Space from `now` on, by one write."""

    async def expired(self, now: datetime, *, limit: int) -> list[Clip]:
        """Those that are gone at `now`, the longest first."""

    async def render(self, clip_id: str, seen: ClipRendition | None, becomes: ClipRendition) -> Clip | None:
        """The clip with its rendition of this kind changed from what was seen of it, None for none, by one write.

        None, with nothing written, where it is not as it was seen, or the clip is gone.
        """

    async def unrendered(self, now: datetime, *, limit: int) -> list[Clip]:
        """Clips with renditions that are due at `now`, in no particular order."""

    async def rendering(self, *, limit: int) -> int:
        """How many clips have renditions to be made, or being made, counted up to the limit."""

    async def delete(self, clip_id: str) -> None:
        """One that is gone already is no error."""

    async def get(self, clip_id: str) -> Clip | None: ...

    async def get_many(self, clip_ids: Collection[str]) -> list[Clip]: ...

    async def of_spaces(
        self, space_ids: Sequence[str], window: Window[Moment], *, viewer_id: str | None, now: datetime
    ) -> list[list[Clip]]:
        """Of each of the Spaces, in their order, the published clips and the viewer's own drafts, in order of
        (created_at, id), newest first; by as many queries as for one.
        """

    async def all_of_space(self, space_id: str, *, limit: int) -> list[Clip]:
        """The Space's clips, drafts of all and all, in no particular order."""
