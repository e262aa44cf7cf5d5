"""What recordings measure, in memory; one contract suite checks this store and the real one."""

from collections.abc import Collection
from dataclasses import replace

from app.domain.recorded import Measures, Recorded


class MemoryRecordingStore:
    """`RecordingStore` in a dict."""

    def __init__(self) -> None:
        self.stored: dict[str, Recorded] = {}

    async def get_many(self, space_ids: Collection[str]) -> list[Recorded]:
        return [self.stored[one] for one in set(space_ids) & self.stored.keys()]

    async def measured(self, space_id: str, measures: Measures) -> None:
        known = self.stored.get(space_id)
        self.stored[space_id] = Recorded(space_id, measures, known.replays if known else 0)

    async def replayed(self, space_id: str) -> None:
        if known := self.stored.get(space_id):
            self.stored[space_id] = replace(known, replays=known.replays + 1)

    async def forget(self, space_id: str) -> None:
        self.stored.pop(space_id, None)
