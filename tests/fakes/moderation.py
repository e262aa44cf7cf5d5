"""Moderation in memory, for tests of the use cases; one contract suite checks this store and the real one."""

from collections.abc import Sequence

from app.domain.moderation import LogEntry
from app.services.pages import Moment, Window, part


class MemoryModerationStore:
    """`ModerationStore` in a dict."""

    def __init__(self) -> None:
        self._entries: dict[str, LogEntry] = {}

    async def append(self, entries: Sequence[LogEntry]) -> None:
        for one in entries:
            self._entries.setdefault(one.id, one)

    async def of_space(self, space_id: str, window: Window[Moment]) -> list[LogEntry]:
        own = [one for one in self._entries.values() if one.space_id == space_id]
        return part(own, window, key_of=lambda one: (one.at, one.id), newest_first=True)
