"""Inboxes in memory; one contract suite checks this store and the real one."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from app.domain.personal import Delivery, Received

RING_SIZE = 128


class MemoryInboxStore:
    """`InboxStore` in a dict."""

    def __init__(self) -> None:
        self._inboxes: defaultdict[str, list[tuple[str, Received]]] = defaultdict(list)

    async def deliver(self, deliveries: Sequence[Delivery]) -> None:
        for one in deliveries:
            inbox = self._inboxes[one.person_id]
            if one.key not in [key for key, _ in inbox[-RING_SIZE:]]:
                inbox.append((one.key, Received(len(inbox) + 1, one.event)))

    async def received_after(self, person_id: str, version: int) -> list[Received] | None:
        inbox = self._inboxes.get(person_id, [])
        if not max(0, len(inbox) - RING_SIZE) <= version <= len(inbox):
            return None
        return [received for _, received in inbox[version:]]

    async def versions(self, person_ids: Collection[str]) -> Mapping[str, int]:
        return {one: len(self._inboxes[one]) for one in set(person_ids) & self._inboxes.keys()}
