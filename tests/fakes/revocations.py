"""Logged-out tokens in memory; the same contract suite checks them and the real ones."""

from collections.abc import Collection
from datetime import datetime


class MemoryRevocationStore:
    """`RevocationStore` in a set: no test runs until a token's end."""

    def __init__(self) -> None:
        self._revoked: set[str] = set()

    async def revoke(self, token_id: str, until: datetime) -> None:
        self._revoked.add(token_id)

    async def revoked(self, token_ids: Collection[str]) -> frozenset[str]:
        return frozenset(self._revoked & set(token_ids))
