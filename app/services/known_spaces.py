"""Known Spaces: who only looks at a Space is answered from what this process keeps up with anyway."""

from __future__ import annotations

from collections.abc import Collection

from app.domain.spaces import Space
from app.services.ports import Feeds
from app.services.stores import SpaceStore


class KnownSpaces:
    """Reads the database once for each change and process, not once for each reader.

    What was changed in this process is seen at once. A change in another process is seen when the bus brings it, some
    milliseconds later, and at the next heartbeat at the latest, if the bus lost it; once a loss is noticed the
    database is read. So nothing is decided by it: changes read the Space itself, and whoever is blocked or was removed
    is looked up.
    """

    def __init__(self, store: SpaceStore, feeds: Feeds) -> None:
        self._store = store
        self._feeds = feeds

    def at_hand(self, space_id: str) -> Space | None:
        """The Space, if it is kept up with here."""
        return self._feeds.known(space_id)

    async def get_many(self, space_ids: Collection[str]) -> list[Space]:
        """Those of the Spaces that there are, in no particular order."""
        found = [space for one in space_ids if (space := self._feeds.known(one))]
        unknown = set(space_ids) - {space.id for space in found}
        if unknown:
            read = await self._store.get_many(unknown)
            for space in read:
                self._feeds.keep(space)
            found += read
        return found
