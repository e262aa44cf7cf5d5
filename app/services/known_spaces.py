"""Known Spaces: who only looks at a Space is answered from what this process keeps up with anyway."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

from app.domain.spaces import Space
from app.services.ports import Feeds
from app.services.stores import SpaceStore


class KnownSpaces:
    """Reads the database once for each change and process at most, not once for each reader; readers who come at once,
    before a Space is known here or while word of it is known to be lost, wait for one read.

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
        found, unknown = [], []
        for one in space_ids:
            space = self._feeds.known(one)
            if space is None:
                unknown.append(one)
            else:
                found.append(space)
        return found + await self._read(unknown) if unknown else found

    async def _read(self, space_ids: Collection[str]) -> list[Space]:
        caught_up = await asyncio.gather(*map(self._feeds.caught_up, space_ids))
        found = [space for space in caught_up if space is not None]
        if unknown := set(space_ids) - {space.id for space in found}:
            found += await self._store.get_many(unknown)
        return found
