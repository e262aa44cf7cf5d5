"""Idempotency in memory; one contract suite checks this store and the real one."""

from datetime import datetime


class MemoryIdempotencyStore:
    """`IdempotencyStore` in a dict."""

    def __init__(self) -> None:
        self._claims: dict[tuple[str, str, str], str] = {}

    async def claim(self, by: str, operation: str, key: str, result_id: str, now: datetime) -> str:
        return self._claims.setdefault((by, operation, key), result_id)
