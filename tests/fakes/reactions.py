"""Reactions in memory, for tests of the use cases; one contract suite checks this store and the real one."""

from collections import Counter
from collections.abc import Mapping


class MemoryReactionStore:
    """`ReactionStore` in counters."""

    def __init__(self) -> None:
        self._counts: dict[str, Counter[str]] = {}

    async def add(self, space_id: str, counts: Mapping[str, int]) -> None:
        self._counts.setdefault(space_id, Counter()).update(counts)

    async def counts(self, space_id: str) -> Mapping[str, int]:
        return dict(self._counts.get(space_id, {}))

    async def forget(self, space_id: str) -> None:
        self._counts.pop(space_id, None)
