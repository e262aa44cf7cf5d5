"""Spaces in memory, for tests of the use cases; one contract suite checks this store and the real one."""

from collections import deque
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from app.domain.events import Numbered, SpaceEvent
from app.domain.spaces import Space, SpaceState, evolve
from app.services.pages import Moment, Window, part
from app.services.spaces import start_key
from app.services.stores import IdTaken, Letter, VersionConflict

RING_SIZE = 128


@dataclass
class StoredSpace:
    """A Space and its last events."""

    space: Space
    unpurged: bool = False
    outbox: list[Letter] = field(default_factory=list)
    ring: deque[Numbered] = field(default_factory=lambda: deque(maxlen=RING_SIZE))


class MemorySpaceStore:
    """`SpaceStore` in a dict."""

    def __init__(self) -> None:
        self._spaces: dict[str, StoredSpace] = {}

    async def add(self, space: Space, letters: Sequence[Letter] = ()) -> None:
        if space.id in self._spaces:
            raise IdTaken(space.id)
        self._spaces[space.id] = StoredSpace(space, outbox=list(letters))

    async def get(self, space_id: str) -> Space | None:
        stored = self._spaces.get(space_id)
        return stored.space if stored else None

    async def get_many(self, space_ids: Collection[str]) -> list[Space]:
        return [self._spaces[space_id].space for space_id in set(space_ids) & self._spaces.keys()]

    async def save(
        self, before: Space, events: Sequence[SpaceEvent], letters: Sequence[Letter] = ()
    ) -> tuple[Space, list[Numbered]]:
        after, numbered = evolve(before, events)
        if not numbered:
            return after, []
        stored = self._spaces.get(before.id)
        if stored is None or stored.space.version != before.version:
            raise VersionConflict
        stored.space = after
        stored.ring.extend(numbered)
        stored.outbox.extend(letters)
        if after.recording_deleted_at != before.recording_deleted_at:
            stored.unpurged = True
        if after.state is SpaceState.DELETED:
            stored.unpurged = True
            stored.ring = deque(numbered[-1:], maxlen=RING_SIZE)
        return after, numbered

    async def undispatched(self, limit: int) -> list[tuple[str, list[Letter]]]:
        waiting = [(space_id, list(stored.outbox)) for space_id, stored in self._spaces.items() if stored.outbox]
        return waiting[:limit]

    async def dispatched(self, space_id: str, letters: Sequence[Letter]) -> None:
        stored = self._spaces[space_id]
        stored.outbox = [one for one in stored.outbox if one not in letters]

    async def unpurged(self) -> list[str]:
        return [space_id for space_id, stored in self._spaces.items() if stored.unpurged]

    async def purged(self, space: Space) -> None:
        stored = self._spaces[space.id]
        stored.unpurged = stored.unpurged and stored.space.version != space.version

    async def events_after(self, space_id: str, version: int) -> list[Numbered] | None:
        stored = self._spaces.get(space_id)
        if stored is None:
            return None
        missed = [one for one in stored.ring if one.version > version]
        return missed if len(missed) == stored.space.version - version else None

    async def versions(self, space_ids: Collection[str]) -> Mapping[str, int]:
        return {space.id: space.version for space in await self.get_many(space_ids)}

    async def live(self, window: Window[Moment]) -> list[Space]:
        live = [one async for one in self.all_live()]
        return part(live, window, key_of=start_key, newest_first=True)

    async def all_live(self) -> AsyncIterator[Space]:
        for stored in list(self._spaces.values()):
            if stored.space.state is SpaceState.LIVE:
                yield stored.space

    async def open_of(self, host_id: str) -> list[Space]:
        own = [one.space for one in self._spaces.values() if one.space.host.id == host_id]
        return [space for space in own if space.state in (SpaceState.PREPARING, SpaceState.LIVE)]

    async def recorded(self, host_id: str, window: Window[Moment]) -> list[Space]:
        own = [one.space for one in self._spaces.values() if one.space.host.id == host_id]
        kept = [one for one in own if one.state is SpaceState.ENDED and one.keeps_recording]
        return part(kept, window, key_of=lambda one: (one.ended_at or one.created_at, one.id), newest_first=True)

    async def showing(self, post_id: str) -> list[str]:
        return [one.id async for one in self.all_live() if one.shared_post(post_id)]

    async def inviting(self, person_id: str) -> list[Space]:
        found = [one.space for one in self._spaces.values() if one.space.invitation(person_id)]
        return sorted(found, key=lambda space: (space.created_at, space.id), reverse=True)
