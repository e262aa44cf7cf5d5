"""Rounds: work done again and again in the background, which outlives a failure of what it depends on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

log = logging.getLogger(__name__)


async def every(interval: timedelta, act: Callable[[], Awaitable[object]]) -> None:
    """Acts, rests, and again, for ever. A round that fails (the database is away) is logged; the next one comes."""
    while True:
        try:
            await act()
        except Exception:
            log.exception("a background round failed; trying again in %s", interval)
        await asyncio.sleep(interval.total_seconds())
