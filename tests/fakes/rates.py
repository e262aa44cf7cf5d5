"""Rates in memory, for tests of the use cases; one contract suite checks this store and the real one."""

from collections import defaultdict
from datetime import datetime, timedelta


class MemoryRateStore:
    """`RateStore` in a dict."""

    def __init__(self) -> None:
        self._taken: defaultdict[str, list[tuple[datetime, int]]] = defaultdict(list)

    async def take(self, key: str, count: int, *, limit: int, window: timedelta, now: datetime) -> bool:
        lately = [(at, taken) for at, taken in self._taken[key] if at > now - window]
        if sum(taken for _, taken in lately) + count > limit:
            return False
        self._taken[key] = [*lately, (now, count)]
        return True
