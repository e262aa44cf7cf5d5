"""Reactions: how often each was sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class ReactionStore(Protocol):
    """How often each emoji was sent in a Space."""

    async def add(self, space_id: str, counts: Mapping[str, int]) -> None:
        """Adds to the counts, by one write."""

    async def counts(self, space_id: str) -> Mapping[str, int]: ...

    async def forget(self, space_id: str) -> None:
        """The Space is deleted."""
