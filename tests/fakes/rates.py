"""Rates in memory, for tests of the use cases; one contract suite checks this store and the real one."""

from collections import Counter
from datetime import datetime, timedelta


class MemoryRateStore:
    """`RateStore` in a counter."""

    def __init__(self) -> None:
        self._taken: Counter[tuple[str, int]] = Counter()

    async def take(self, key: str, count: int, *, limit: int, window: timedelta, now: datetime) -> bool:
        place = key, int(now.timestamp() // window.total_seconds())
        if self._taken[place] + count > limit:
            return False
        self._taken[place] += count
        return True
