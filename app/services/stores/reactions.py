"""Reactions: how often each was sent."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol


class ReactionStore(Protocol):
    """How often each emoji was sent in a Space."""

    async def add(self, space_id: str, counts: Mapping[str, int]) -> None:
        """Adds to the counts, by one write."""

    async def counts(self, space_ids: Collection[str]) -> Mapping[str, Mapping[str, int]]:
        """The counts of each of the Spaces in which any was sent, by one query."""

    async def forget(self, space_id: str) -> None:
        """The Space is deleted."""
