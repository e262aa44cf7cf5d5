"""Rates: how often something was done, over all server processes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol


class RateStore(Protocol):
    """Counts by key, in a window of time that slides."""

    async def take(self, key: str, count: int, *, limit: int, window: timedelta, now: datetime) -> bool:
        """Counts so many at once; False, with nothing counted, where the window that ends now would hold more than
        the limit.

        Holds however many processes count at the same time.
        """
