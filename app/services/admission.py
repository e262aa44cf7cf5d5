"""Admission: who is kept out of a Space, by its host or for good, and putting those out who are in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress

from app.domain import refusals
from app.domain.actions import View
from app.domain.evictions import evict, in_since
from app.domain.handovers import HandedOver
from app.domain.moderation import block_entry
from app.domain.permissions import kept_out, may
from app.domain.roster import Person
from app.domain.spaces import Space
from app.domain.standing import Standing
from app.services.changes import Changes
from app.services.closings import Closings
from app.services.ports import Clock, Evicted, Removed
from app.services.stores import AttendanceStore, BlockStore, ModerationStore, RemovalStore, SpaceStore
from app.services.whereabouts import Whereabouts


class Admission:
    """The doorkeeper of every Space. Anonymous people (None) are nobody's to block or remove."""

    def __init__(
        self,
        changes: Changes,
        spaces: SpaceStore,
        attendance: AttendanceStore,
        blocks: BlockStore,
        removals: RemovalStore,
        log: ModerationStore,
        closings: Closings,
        whereabouts: Whereabouts,
        *,
        clock: Clock,
    ) -> None:
        self._changes = changes
        self._spaces = spaces
        self._attendance = attendance
        self._blocks = blocks
        self._removals = removals
        self._log = log
        self._closings = closings
        self._whereabouts = whereabouts
        self._clock = clock

    async def blocking(self, person_id: str | None, host_ids: Collection[str]) -> set[str]:
        """Those of the hosts who block this person."""
        if person_id is None or not host_ids:
            return set()
        return {host_id for host_id, _ in await self._blocks.among({(one, person_id) for one in host_ids})}

    async def blocked_by(self, host_id: str, person_ids: Collection[str]) -> set[str]:
        """Those of the people whom the host blocks."""
        return {person_id for _, person_id in await self._blocks.among({(host_id, one) for one in person_ids})}

    async def removed_from(self, person_id: str, space_ids: Collection[str]) -> set[str]:
        """Those of the Spaces from which this person was removed."""
        return {space_id for space_id, _ in await self._removals.among([(one, person_id) for one in space_ids])}

    @contextmanager
    def watching(self, person_id: str | None, space_id: str) -> Iterator[Callable[[], bool]]:
        """Tells, while this is open, whether the person has been put out since; ask `require` only after entering."""
        out = asyncio.Event()
        with ExitStack() as open_for:
            if person_id is not None:
                for closing in (Evicted(space_id, person_id), Removed(space_id, person_id)):
                    open_for.enter_context(self._closings.on(closing, out.set))
            yield out.is_set

    async def refusal(self, person_id: str | None, space: Space) -> refusals.Refusal | None:
        """Why this person may not be in the Space, or listen to it: `RemovedFromSpace` or `BlockedByHost`."""
        return kept_out((await self.standings(person_id, [space]))[0])

    async def standings(self, person_id: str | None, spaces: Sequence[Space]) -> list[Standing]:
        """How this person stands to each of the Spaces, as far as it is about keeping out; by two queries."""
        if person_id is None:
            return [Standing()] * len(spaces)
        removed = await self.removed_from(person_id, [one.id for one in spaces])
        blocking = await self.blocking(person_id, {one.host.id for one in spaces})
        return [Standing(person_id, removed=one.id in removed, blocked=one.host.id in blocking) for one in spaces]

    async def require(self, person_id: str | None, space: Space) -> None:
        """Raises `RemovedFromSpace`, or `BlockedByHost` for whom the Space's host blocks."""
        if refusal := await self.refusal(person_id, space):
            raise refusal

    async def keeps_out(self, person_id: str, space_id: str) -> refusals.Refusal | None:
        """`refusal` for the Space as it is now."""
        space = await self._spaces.get(space_id)
        return await self.refusal(person_id, space) if space else None

    @asynccontextmanager
    async def admitting(self, actor: Person, space_id: str) -> AsyncIterator[Space | None]:
        """Around what brings, or keeps, a person in a Space. Raises `RemovedFromSpace` and `BlockedByHost`, also for
        what comes meanwhile: then the person is out again. Gives the Space as it was before; None where there is none.
        """
        space = await self._spaces.get(space_id)
        if space and may(Standing(actor.id), View.SPACE, space):
            await self.require(actor.id, space)
        yield space
        if refusal := await self.keeps_out(actor.id, space_id):
            if isinstance(refusal, refusals.BlockedByHost):
                await self.evict(actor, space_id)
            else:
                await self.put_out(actor.id, Removed(space_id, actor.id))
            raise refusal

    async def evict(self, person: Person, space_id: str) -> None:
        """Puts out whom the host blocks. Not the host."""
        with suppress(refusals.CannotTargetHost, refusals.SpaceNotFound):
            await self._log_block(person, space_id)
            await self.put_out(person.id, Evicted(space_id, person.id))

    async def screen(self, handover: HandedOver) -> None:
        """Puts out whom the host blocked before they hosted this Space, and ends their streams of it.

        Whoever is blocked at this moment is put out here or by the block. May be done again, also beside another that
        does it. Where the Space has yet another host, it is that one's handover that counts. Raises `Busy`.
        """
        space = await self._spaces.get(handover.space_id)
        if space is None or space.host.id != handover.host_id:
            return
        blocked = await self._blocks.others(space.host.id)
        if not blocked:
            return
        there = await self._attendance.of_people(await self._attendance.among(space.id, blocked))
        people = [one.person for one in there if one.space_id == space.id]
        for named in (space.stage, space.requests, space.invitations):
            people += [one.person for one in named]
        concerned = {one.id: one for one in people if one.id in blocked}
        for person in concerned.values():
            await self.evict(person, space.id)
        for person_id in blocked - concerned.keys():
            # Following is not joining: who is not in it may have a stream of it open.
            await self._closings.announce(Evicted(space.id, person_id))

    async def put_out(self, person_id: str, closing: Evicted | Removed) -> Space:
        """Out at once: hand, invitation and seat go, the sound stops, attendance and open streams end.

        Raises `CannotTargetHost`, `SpaceNotFound`, `Busy`.
        """
        space = await self._changes.change(closing.space_id, lambda space: evict(space, person_id, self._clock()))
        await self._attendance.leave(closing.space_id, person_id)
        self._whereabouts.moved(person_id)
        await self._closings.announce(closing)
        return space

    async def _log_block(self, person: Person, space_id: str) -> None:
        """Before anything is done, so that it is in the log whatever happens then."""
        space = await self._spaces.get(space_id)
        if space is None or space.host.id == person.id:
            return
        there = await self._attendance.get(space_id, person.id)
        if since := in_since(space, person.id, there.joined_at if there else None):
            await self._log.append([block_entry(space, person, since, self._clock())])
