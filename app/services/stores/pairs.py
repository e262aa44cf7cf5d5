"""Pairs of people: who follows, blocks and mutes whom."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from app.services.pages import Moment, Window

Pair = tuple[str, str]
"""The id of who follows, blocks or mutes, and that of whom."""


class PairStore(Protocol):
    """One kind of thing between two people, in one direction: a pair is there once or not at all."""

    async def add(self, by: str, of: str, now: datetime) -> bool:
        """Whether it was not there before."""

    async def remove(self, by: str, of: str) -> bool:
        """Whether it was there."""

    async def among(self, pairs: Collection[Pair]) -> frozenset[Pair]:
        """Those of the pairs that there are, by one query."""

    async def others(self, by: str) -> frozenset[str]:
        """All those whom a person follows, blocks or mutes; there may be thousands."""


class FollowStore(PairStore, Protocol):
    """Who follows whom. With each follow the counts of both accounts change, in the same atomic step."""

    async def followed(self, by: str, *, limit: int) -> list[str]:
        """Whom a person follows, the newest follow first; the newest `limit` of them."""


class BlockStore(PairStore, Protocol):
    """Who blocks whom."""

    async def page(self, by: str, window: Window[Moment]) -> list[Moment]:
        """Whom a person blocks and since when, in order of (time, id), newest first."""

    async def blockers(self, of: str, *, limit: int, after: str | None = None) -> list[str]:
        """The ids of people who block someone, in order, from after that one on."""
