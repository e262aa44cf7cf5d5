"""Follows, blocks and mutes in memory; the same contract suite checks them and the real ones."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from app.services.pages import Moment, Window, part
from app.services.stores import Pair
from tests.fakes.people import MemoryPersonStore


class MemoryPairStore:
    """`PairStore` in a dict."""

    def __init__(self) -> None:
        self._pairs: dict[Pair, datetime] = {}

    async def add(self, by: str, of: str, now: datetime) -> bool:
        if (by, of) in self._pairs:
            return False
        self._pairs[by, of] = now
        return True

    async def remove(self, by: str, of: str) -> bool:
        return self._pairs.pop((by, of), None) is not None

    async def among(self, pairs: Collection[Pair]) -> frozenset[Pair]:
        return frozenset(set(pairs) & self._pairs.keys())

    async def others(self, by: str) -> frozenset[str]:
        return frozenset(of for who, of in self._pairs if who == by)


class MemoryBlockStore(MemoryPairStore):
    """`BlockStore` in a dict."""

    async def page(self, by: str, window: Window[Moment]) -> list[Moment]:
        own = [(at, of) for (who, of), at in self._pairs.items() if who == by]
        return part(own, window, key_of=lambda one: one, newest_first=True)

    async def blockers(self, of: str, *, limit: int, after: str | None = None) -> list[str]:
        found = sorted(by for by, whom in self._pairs if whom == of)
        return [by for by in found if after is None or by > after][:limit]


class MemoryFollowStore(MemoryPairStore):
    """`FollowStore` in a dict, counting in the accounts."""

    def __init__(self, people: MemoryPersonStore) -> None:
        super().__init__()
        self._people = people

    async def followed(self, by: str, *, limit: int) -> list[str]:
        own = sorted(((at, of) for (who, of), at in self._pairs.items() if who == by), reverse=True)
        return [of for _, of in own[:limit]]

    async def add(self, by: str, of: str, now: datetime) -> bool:
        added = await super().add(by, of, now)
        if added:
            self._people.count_follow(by, of, 1)
        return added

    async def remove(self, by: str, of: str) -> bool:
        removed = await super().remove(by, of)
        if removed:
            self._people.count_follow(by, of, -1)
        return removed
