"""Reactions in memory, for tests of the use cases; one contract suite checks this store and the real one."""

from collections import Counter
from collections.abc import Collection, Mapping


class MemoryReactionStore:
    """`ReactionStore` in counters."""

    def __init__(self) -> None:
        self._counts: dict[str, Counter[str]] = {}

    async def add(self, space_id: str, counts: Mapping[str, int]) -> None:
        self._counts.setdefault(space_id, Counter()).update(counts)

    async def counts(self, space_ids: Collection[str]) -> Mapping[str, Mapping[str, int]]:
        return {one: dict(self._counts[one]) for one in set(space_ids) & self._counts.keys()}

    async def forget(self, space_id: str) -> None:
        self._counts.pop(space_id, None)
