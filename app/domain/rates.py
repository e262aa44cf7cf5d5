"""Rates: at most so many of something in a sliding window, per key."""

from __future__ import annotations

from collections import OrderedDict, deque
from datetime import datetime, timedelta

from app.domain import refusals

KEYS_KEPT = 100_000


class Rates:
    """Counts by key, in memory; the keys longest unused go first once there are `KEYS_KEPT`."""

    def __init__(self, limit: int, window: timedelta) -> None:
        self._limit = limit
        self._window = window
        self._taken: OrderedDict[str, deque[datetime]] = OrderedDict()

    def take(self, key: str, now: datetime) -> None:
        """Counts one; raises `RateLimited`, and counts nothing, where the window is full."""
        taken = self._taken.setdefault(key, deque())
        self._taken.move_to_end(key)
        while taken and taken[0] <= now - self._window:
            taken.popleft()
        if len(taken) >= self._limit:
            raise refusals.RateLimited(limit=self._limit, current=len(taken))
        taken.append(now)
        if len(self._taken) > KEYS_KEPT:
            self._taken.popitem(last=False)
