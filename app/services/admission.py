"""Admission: whom the host of a Space keeps out, and putting those out who are in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

from app.domain import refusals
from app.domain.evictions import evict
from app.domain.permissions import may_see
from app.domain.roster import Person
from app.domain.spaces import Space
from app.services.changes import Changes
from app.services.closings import Closings
from app.services.ports import Clock, Evicted
from app.services.stores import AttendanceStore, BlockStore, SpaceStore


class Admission:
    """The doorkeeper of every Space. Anonymous people (None) are nobody's to block."""

    def __init__(
        self,
        changes: Changes,
        spaces: SpaceStore,
        attendance: AttendanceStore,
        blocks: BlockStore,
        closings: Closings,
        *,
        clock: Clock,
    ) -> None:
        self._changes = changes
        self._spaces = spaces
        self._attendance = attendance
        self._blocks = blocks
        self._closings = closings
        self._clock = clock

    async def blocking(self, person_id: str | None, host_ids: Collection[str]) -> set[str]:
        """Those of the hosts who block this person."""
        if person_id is None or not host_ids:
            return set()
        return {host_id for host_id, _ in await self._blocks.among({(one, person_id) for one in host_ids})}

    async def blocked_by(self, host_id: str, person_ids: Collection[str]) -> set[str]:
        """Those of the people whom the host blocks."""
        return {person_id for _, person_id in await self._blocks.among({(host_id, one) for one in person_ids})}

    async def require(self, person_id: str | None, space: Space) -> None:
        """Raises `BlockedByHost` for whom the Space's host blocks."""
        if await self.blocking(person_id, [space.host.id]):
            raise refusals.BlockedByHost(field="spaceId")

    @contextmanager
    def watching(self, person_id: str | None, space_id: str) -> Iterator[Callable[[], bool]]:
        """Tells, while this is open, whether the person has been evicted since; ask `require` only after entering."""
        evicted = asyncio.Event()
        if person_id is None:
            yield evicted.is_set
        else:
            with self._closings.on(Evicted(space_id, person_id), evicted.set):
                yield evicted.is_set

    async def keeps_out(self, person_id: str, space_id: str) -> bool:
        """Whether the Space's host blocks this person."""
        space = await self._spaces.get(space_id)
        return space is not None and bool(await self.blocking(person_id, [space.host.id]))

    @asynccontextmanager
    async def admitting(self, actor: Person, space_id: str) -> AsyncIterator[Space | None]:
        """Around what brings, or keeps, a person in a Space. Raises `BlockedByHost`, also for a block that comes
        meanwhile: then the person is out again. Gives the Space as it was before; None where there is none.
        """
        space = await self._spaces.get(space_id)
        if space and may_see(space, actor.id):
            await self.require(actor.id, space)
        yield space
        if await self.keeps_out(actor.id, space_id):
            await self.evict(actor.id, space_id)
            raise refusals.BlockedByHost(field="spaceId")

    async def evict(self, person_id: str, space_id: str) -> None:
        """Out at once: hand, invitation and seat go, the sound stops, attendance and open streams end. Not the host."""
        with suppress(refusals.CannotTargetHost, refusals.SpaceNotFound):
            await self._changes.change(space_id, lambda space: evict(space, person_id, self._clock()))
            await self._attendance.leave(space_id, person_id)
            await self._closings.announce(Evicted(space_id, person_id))
