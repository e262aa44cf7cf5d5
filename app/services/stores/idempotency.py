"""Idempotency: which id was promised under a client's key."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class IdempotencyStore(Protocol):
    """Promised ids, each kept for a day."""

    async def claim(self, by: str, operation: str, key: str, result_id: str, now: datetime) -> str:
        """`result_id`, or the id that was claimed first under this person, operation and key."""
