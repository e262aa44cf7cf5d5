"""Revocations: tokens that were logged out."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol


class RevocationStore(Protocol):
    """Tokens that were logged out before their end; each is forgotten once it would be over anyway."""

    async def revoke(self, token_id: str, until: datetime) -> None: ...

    async def revoked(self, token_ids: Collection[str]) -> frozenset[str]:
        """Those of the tokens that were logged out, by one query."""
