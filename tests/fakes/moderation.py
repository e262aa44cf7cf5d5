"""Moderation in memory, for tests of the use cases; one contract suite checks this store and the real one."""

from collections.abc import Sequence

from app.domain.moderation import LogEntry
from app.services.pages import Number, Window, part


class MemoryModerationStore:
    """`ModerationStore` in a list."""

    def __init__(self) -> None:
        self._entries: list[LogEntry] = []

    async def append(self, entries: Sequence[LogEntry]) -> None:
        known = {(one.space_id, one.version) for one in self._entries}
        self._entries.extend(one for one in entries if (one.space_id, one.version) not in known)

    async def of_space(self, space_id: str, window: Window[Number]) -> list[LogEntry]:
        own = [one for one in self._entries if one.space_id == space_id]
        return part(own, window, key_of=lambda one: (one.version,), newest_first=True)
