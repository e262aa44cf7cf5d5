"""A store of Spaces in a busy world: others write first, or do something else just before."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence

from app.domain.events import Numbered, SpaceEvent
from app.domain.spaces import Space
from app.services.stores import Letter, VersionConflict
from tests.fakes.spaces import MemorySpaceStore


class ContestedSpaceStore(MemorySpaceStore):
    """Loses the next `losses` races of a Space; `meanwhile` happens once, just before the next write."""

    def __init__(self) -> None:
        super().__init__()
        self.losses: Counter[str] = Counter()
        self.meanwhile: Callable[[], Awaitable[object]] | None = None

    async def save(
        self, before: Space, events: Sequence[SpaceEvent], letters: Sequence[Letter] = ()
    ) -> tuple[Space, list[Numbered]]:
        happens, self.meanwhile = self.meanwhile, None
        if happens:
            await happens()
        if self.losses[before.id]:
            self.losses[before.id] -= 1
            raise VersionConflict
        return await super().save(before, events, letters)
