"""Airings in memory, for tests of the use cases; one contract suite checks this store and the real one."""

from datetime import datetime

from app.services.stores import Node


class MemoryAiringStore:
    """`AiringStore` in a dict."""

    def __init__(self) -> None:
        self._leases: dict[str, tuple[Node, datetime]] = {}

    async def claim(self, space_id: str, node: Node, *, now: datetime, until: datetime) -> Node:
        holder = await self.holder(space_id, now)
        if holder is None or holder.id == node.id:
            self._leases[space_id] = (node, until)
            return node
        return holder

    async def holder(self, space_id: str, now: datetime) -> Node | None:
        node, until = self._leases.get(space_id, (None, now))
        return node if until > now else None

    async def release(self, space_id: str, node_id: str) -> None:
        node, _ = self._leases.get(space_id, (None, None))
        if node and node.id == node_id:
            del self._leases[space_id]
