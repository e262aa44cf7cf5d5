"""Airings: which server process mixes which Space."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Node:
    """One server process, and the public address under which its sound is reached."""

    id: str
    url: str


class AiringStore(Protocol):
    """Which server process mixes which live Space: a lease, so that another takes over where that process died."""

    async def claim(self, space_id: str, node: Node, *, now: datetime, until: datetime) -> Node:
        """Takes or renews the lease if it is free, over, or the node's own; answers who holds it after that."""

    async def holders(self, space_ids: Collection[str], now: datetime) -> Mapping[str, Node]:
        """Who holds the leases of these Spaces, where anyone does, by one query."""

    async def release(self, space_id: str, node_id: str) -> None:
        """Gives the lease up, if it is this node's."""
