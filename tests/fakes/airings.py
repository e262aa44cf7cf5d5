"""Airings in memory, for tests of the use cases; one contract suite checks this store and the real one."""

from collections.abc import Collection, Mapping
from datetime import datetime

from app.services.stores import Node


class MemoryAiringStore:
    """`AiringStore` in a dict."""

    def __init__(self) -> None:
        self._leases: dict[str, tuple[Node, datetime]] = {}

    async def claim(self, space_id: str, node: Node, *, now: datetime, until: datetime) -> Node:
        holder = (await self.holders([space_id], now)).get(space_id)
        if holder is None or holder.id == node.id:
            self._leases[space_id] = (node, until)
            return node
        return holder

    async def holders(self, space_ids: Collection[str], now: datetime) -> Mapping[str, Node]:
        held = {one: self._leases[one] for one in set(space_ids) & self._leases.keys()}
        return {space_id: node for space_id, (node, until) in held.items() if until > now}

    async def release(self, space_id: str, node_id: str) -> None:
        node, _ = self._leases.get(space_id, (None, None))
        if node and node.id == node_id:
            del self._leases[space_id]
