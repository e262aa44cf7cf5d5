"""Recordings: what the use cases ask of the database about what they measure, and how often they are replayed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from app.domain.recorded import Measures, Recorded


class RecordingStore(Protocol):
    """One record for each recording that has ended, by its Space."""

    async def get_many(self, space_ids: Collection[str]) -> list[Recorded]:
        """Those that there are, in no particular order; by one query."""

    async def measured(self, space_id: str, measures: Measures) -> None:
        """Keeps what a recording measures, in place of what it did before; how often it was replayed stays."""

    async def replayed(self, space_id: str) -> None:
        """Counts one replay more, whoever counts at the same time; of a recording without a record none."""

    async def forget(self, space_id: str) -> None:
        """The recording is gone; where there is no record, that is no error."""
