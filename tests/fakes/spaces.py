"""Spaces in memory, for tests of the use cases; one contract suite checks this store and the real one."""

from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.domain import agendas
from app.domain.agendas import Agenda
from app.domain.events import Numbered, SpaceEvent
from app.domain.evolution import evolve
from app.domain.listings import Listing, matches, place
from app.domain.space_bar import Sighting
from app.domain.spaces import Space, SpaceState
from app.services.pages import Moment, Place, Window, part
from app.services.stores import IdTaken, Letter, SlotsTaken, VersionConflict

RING_SIZE = 128


@dataclass
class StoredSpace:
    """A Space and its last events."""

    space: Space
    unpurged: bool = False
    measured: bool = False
    agenda: Agenda | None = None
    outbox: list[Letter] = field(default_factory=list)
    ring: deque[Numbered] = field(default_factory=lambda: deque(maxlen=RING_SIZE))


class MemorySpaceStore:
    """`SpaceStore` in a dict."""

    def __init__(self) -> None:
        self.stored: dict[str, StoredSpace] = {}

    async def add(self, space: Space, letters: Sequence[Letter] = ()) -> None:
        if space.id in self.stored:
            raise IdTaken(space.id)
        self.stored[space.id] = StoredSpace(space, agenda=agendas.opened(space), outbox=list(letters))

    async def add_scheduled(self, space: Space, letters: Sequence[Letter] = (), *, slots: int) -> None:
        if len(await self.scheduled_of([space.host.id])) >= slots:
            raise SlotsTaken
        if space.id in self.stored:
            raise IdTaken
        await self.add(space, letters)

    async def get(self, space_id: str) -> Space | None:
        stored = self.stored.get(space_id)
        return stored.space if stored else None

    async def get_many(self, space_ids: Collection[str]) -> list[Space]:
        return [self.stored[space_id].space for space_id in set(space_ids) & self.stored.keys()]

    async def save(
        self, before: Space, events: Sequence[SpaceEvent], letters: Sequence[Letter] = ()
    ) -> tuple[Space, list[Numbered]]:
        after, numbered = evolve(before, events)
        if not numbered:
            return after, []
        stored = self.stored.get(before.id)
        if stored is None or stored.space.version != before.version:
            raise VersionConflict
        stored.space = after
        if agendas.is_new(before, after):
            stored.agenda = Agenda(after.version, numbered[-1].event.at)
        elif agendas.is_touched(before, after):
            done = stored.agenda.done if stored.agenda else ()
            stored.agenda = Agenda(after.version, numbered[-1].event.at, done)
        stored.ring.extend(numbered)
        stored.outbox.extend(letters)
        if after.recording_deleted_at != before.recording_deleted_at:
            stored.unpurged = True
        stored.measured = stored.measured and before.trim == after.trim
        if after.state is SpaceState.DELETED:
            stored.unpurged = True
            stored.ring = deque(numbered[-1:], maxlen=RING_SIZE)
        return after, numbered

    async def undispatched(self, limit: int) -> list[tuple[str, list[Letter]]]:
        waiting = [(space_id, list(stored.outbox)) for space_id, stored in self.stored.items() if stored.outbox]
        return waiting[:limit]

    async def dispatched(self, space_id: str, letters: Sequence[Letter]) -> None:
        stored = self.stored[space_id]
        stored.outbox = [one for one in stored.outbox if one not in letters]

    async def unpurged(self) -> list[str]:
        return [space_id for space_id, stored in self.stored.items() if stored.unpurged]

    async def purged(self, space: Space) -> None:
        stored = self.stored[space.id]
        stored.unpurged = stored.unpurged and stored.space.version != space.version

    async def unmeasured(self, limit: int) -> list[Space]:
        return [one.space for one in self.stored.values() if _has_recording(one.space) and not one.measured][:limit]

    async def measured(self, space: Space) -> None:
        stored = self.stored[space.id]
        stored.measured = stored.measured or stored.space.version == space.version

    async def expired(self, ended_before: datetime, limit: int) -> list[str]:
        kept = [one.space for one in self.stored.values() if _has_recording(one.space)]
        return [one.id for one in kept if one.ended_at and one.ended_at <= ended_before][:limit]

    async def events_after(self, space_id: str, version: int) -> list[Numbered] | None:
        stored = self.stored.get(space_id)
        if stored is None:
            return None
        missed = [one for one in stored.ring if one.version > version]
        return missed if len(missed) == stored.space.version - version else None

    async def versions(self, space_ids: Collection[str]) -> Mapping[str, int]:
        return {space.id: space.version for space in await self.get_many(space_ids)}

    async def listed(self, listing: Listing, window: Window[Place]) -> list[Space]:
        found = [one.space for one in self.stored.values() if matches(one.space, listing)]
        return part(
            found, window, key_of=lambda one: place(one, listing.order), newest_first=listing.order.newest_first
        )

    async def sightings(self, person_ids: Collection[str]) -> list[Sighting]:
        stages = [(one, frozenset(seat.person.id for seat in one.stage)) for one in self._live()]
        return [
            Sighting(one.id, one.started_at, seated)
            for one, seated in stages
            if one.started_at and not seated.isdisjoint(person_ids)
        ]

    async def live_ids(self) -> list[str]:
        return [space.id for space in self._live()]

    async def live_with_anonymous(self) -> list[str]:
        return [space.id for space in self._live() if space.anonymous]

    def _live(self) -> list[Space]:
        return [one.space for one in self.stored.values() if one.space.state is SpaceState.LIVE]

    async def open_of(self, host_id: str) -> list[Space]:
        own = [one.space for one in self.stored.values() if one.space.host.id == host_id]
        states = (SpaceState.SCHEDULED, SpaceState.PREPARING, SpaceState.LIVE)
        return [space for space in own if space.state in states]

    async def scheduled_of(self, host_ids: Collection[str]) -> list[Space]:
        every = (one.space for one in self.stored.values())
        return [space for space in every if space.host.id in host_ids and space.state is SpaceState.SCHEDULED]

    async def planned_of(self, host_id: str, since: datetime, *, limit: int) -> list[Space]:
        own = [one.space for one in self.stored.values() if one.space.host.id == host_id]
        planned = [(one.schedule.start, one.id, one) for one in own if one.schedule and one.schedule.start > since]
        return [space for _, _, space in sorted(planned, reverse=True)[:limit]]

    async def recorded(self, host_id: str, window: Window[Moment]) -> list[Space]:
        own = [one.space for one in self.stored.values() if one.space.host.id == host_id]
        kept = [one for one in own if one.state is SpaceState.ENDED and one.keeps_recording]
        return part(kept, window, key_of=lambda one: (one.ended_at or one.created_at, one.id), newest_first=True)

    async def showing(self, post_id: str) -> list[str]:
        return [one.id for one in self._live() if one.shared_post(post_id)]

    async def inviting(self, person_id: str) -> list[Space]:
        found = [one.space for one in self.stored.values() if one.space.invitation(person_id)]
        return sorted(found, key=lambda space: (space.created_at, space.id), reverse=True)


def _has_recording(space: Space) -> bool:
    return space.state is SpaceState.ENDED and space.keeps_recording
