"""Clips: what is kept of them beside their sound."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from app.domain.clips import Clip
from app.services.pages import Moment, Window


class ClipStore(Protocol):
    """Clips; their sound is the media engine's."""

    async def add(self, clip: Clip) -> None: ...

    async def delete(self, clip_id: str) -> None:
        """One that is gone already is no error."""

    async def get(self, clip_id: str) -> Clip | None: ...

    async def get_many(self, clip_ids: Collection[str]) -> list[Clip]: ...

    async def of_space(self, space_id: str, window: Window[Moment]) -> list[Clip]:
        """The Space's clips in order of (created_at, id), newest first."""
