"""Removals: who may not come back into which Space."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from app.domain.evictions import Removal
from app.services.pages import Moment, Window


class RemovalStore(Protocol):
    """Who was removed from which Space: one record for each, from the first moment of the act on."""

    async def put(self, removal: Removal) -> None:
        """Keeps it, unfinished, also in the place of an earlier removal of that person."""

    async def finished(self, removal: Removal) -> None:
        """All that this act was to do is done."""

    async def unfinished(self) -> list[Removal]:
        """Those of which something may be left to do."""

    async def get(self, space_id: str, person_id: str) -> Removal | None: ...

    async def among(self, pairs: Collection[tuple[str, str]]) -> frozenset[tuple[str, str]]:
        """Those of the (space id, person id) pairs that there are, by one query."""

    async def page(self, space_id: str, window: Window[Moment]) -> list[Removal]:
        """Who was removed from a Space, in order of (time, person id), newest first."""

    async def delete(self, removal: Removal) -> bool:
        """The person may come back. False where there is none, or a later one in its place."""

    async def forget(self, space_id: str) -> None:
        """The Space is deleted: its removals go, but for those that are unfinished."""
