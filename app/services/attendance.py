"""Attendance: coming, going, dropping out, and counting who listens."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import TypeVar

from app.domain import attendance, refusals, stage
from app.domain.attendance import AUDIENCE_INTERVAL, Attendance
from app.domain.events import SpaceEvent
from app.domain.permissions import require_visible
from app.domain.roster import Person
from app.domain.spaces import Space, SpaceState
from app.services.admission import Admission
from app.services.airings import Airings
from app.services.changes import Changes
from app.services.media_engine import MediaEngine
from app.services.pages import Moment, Window
from app.services.ports import Clock
from app.services.rounds import every
from app.services.stores import AttendanceStore, SpaceStore
from app.services.whereabouts import Whereabouts

Key = TypeVar("Key")

LAPSED_PER_ROUND = 500
"""How many silent people one round lets go, so that a mass departure does not hold up the rest."""


class Attendances:
    """Who is in which Space.

    A person is believed to be in for `grace` after the last sign of life: joining, a stream of the Space's events that
    is open, a microphone or ear that is connected. Whoever is silent longer has left, seat and all. A server that
    starts waits a grace before it lets anyone go: they could not show a sign while it was down. The process that mixes
    a live Space sees to it that everyone on its stage has a lease.
    """

    def __init__(
        self,
        changes: Changes,
        admission: Admission,
        store: AttendanceStore,
        space_store: SpaceStore,
        airings: Airings,
        media: MediaEngine,
        whereabouts: Whereabouts,
        *,
        node_id: str,
        grace: timedelta,
        clock: Clock,
    ) -> None:
        self._changes = changes
        self._admission = admission
        self._store = store
        self._spaces = space_store
        self._airings = airings
        self._media = media
        self._whereabouts = whereabouts
        self._node_id = node_id
        self._grace = grace
        self._clock = clock
        self._patient_until = clock() + grace
        self._connected: Counter[tuple[str, str]] = Counter()
        self._anonymous: Counter[str] = Counter()
        self._anonymous_told: set[str] = set()
        self._uncounted: set[str] = set()

    async def join(self, actor: Person, space_id: str) -> Space:
        """Comes in, once however often; the host who comes back is present again."""
        async with self._admission.admitting(actor, space_id):
            space = await self._changes.change(space_id, lambda space: stage.join(space, actor, self._clock()))
            await self.seen(space_id, actor)
        return space

    async def seen(self, space_id: str, person: Person) -> None:
        """A sign of life of someone who may be in the Space: they are in it now."""
        now = self._clock()
        await self._store.join(space_id, person, now=now, until=now + self._grace)
        self._whereabouts.moved(person.id)
        self._uncounted.add(space_id)

    async def leave(self, actor: Person, space_id: str) -> Space:
        """Goes; a seat and a raised hand go with them. Leaving is not ending, and leaving twice is leaving."""
        was_in = await self.is_in(actor.id, space_id)

        def decide(space: Space) -> list[SpaceEvent]:
            if not was_in:
                require_visible(space, actor.id)
            return stage.leave(space, actor.id, self._clock())

        space = await self._changes.change(space_id, decide)
        await self._store.leave(space_id, actor.id)
        self._whereabouts.moved(actor.id)
        self._uncounted.add(space_id)
        return space

    async def require(self, actor: Person, space_id: str) -> None:
        """Raises `NotAParticipant` unless the person is in the Space."""
        if await self._store.get(space_id, actor.id) is None:
            raise refusals.NotAParticipant("You are not in this Space: join it first.", field="spaceId")

    async def is_in(self, person_id: str, space_id: str) -> bool:
        """Whether the person is in the Space, on stage or listening."""
        return await self._store.get(space_id, person_id) is not None

    async def in_any_of(self, person_id: str, space_ids: Collection[str]) -> frozenset[str]:
        """Those of the Spaces that the person is in."""
        return await self._store.in_any_of(person_id, space_ids)

    async def is_empty(self, space_id: str) -> bool:
        """Whether nobody is in the Space at this moment, with an account or without one."""
        people = await self._store.count(space_id, without=())
        return not people and not await self._store.anonymous(space_id, self._clock())

    async def pages(self, spaces: Sequence[Space], window: Window[Moment]) -> list[list[Attendance]]:
        """Of each of the Spaces those listening with an account, in order of (joined_at, person id)."""
        found = await self._store.pages({space.id: _on_stage(space) for space in spaces}, window)
        return [found[space.id] for space in spaces]

    def recount(self, space_id: str) -> None:
        """Says that the number of listeners may have changed."""
        self._uncounted.add(space_id)

    async def close(self, space_id: str) -> None:
        """Everyone leaves an ended Space."""
        await self._store.close(space_id)

    async def forget(self, space_id: str) -> None:
        """Nobody was ever in a deleted Space."""
        await self._store.forget(space_id)

    @asynccontextmanager
    async def connected(self, space_id: str, person_id: str | None) -> AsyncIterator[None]:
        """While this is open a connection of the person (None: an anonymous listener) is a sign of life."""
        if person_id is None:
            self._anonymous[space_id] += 1
            self._uncounted.add(space_id)
        else:
            self._connected[space_id, person_id] += 1
            await self._renew([(space_id, person_id)])
        try:
            yield
        finally:
            if person_id is None:
                _one_less(self._anonymous, space_id)
                self._uncounted.add(space_id)
            else:
                _one_less(self._connected, (space_id, person_id))

    async def _renew(self, pairs: list[tuple[str, str]]) -> None:
        await self._store.renew(pairs, until=self._clock() + self._grace)

    async def run_presence(self) -> None:
        """Renews the leases of the connected and lets the silent go, for ever; three rounds in a grace."""
        await every(self._grace / 3, self.check_presence)

    async def check_presence(self) -> None:
        """One round of `run_presence`."""
        listening = [(space_id, person_id) for space_id, person_id in self._media.listening_from() if person_id]
        await self._renew([*self._connected, *self._media.speaking_from(), *listening])
        self._uncounted.update(self._anonymous)
        for space in self._airings.on_air:
            await self._record(space)
        # Those of a process that died are still told, and nobody's going away will be noticed.
        self._uncounted.update(await self._spaces.live_with_anonymous())
        now = self._clock()
        if now < self._patient_until:
            return
        for one in await self._store.lapsed(now, limit=LAPSED_PER_ROUND):
            with suppress(refusals.Busy):
                await self._let_go(one.space_id, one.person)

    async def _record(self, space: Space) -> None:
        """Whoever got a seat or raised a hand from a server that died before it kept that they are in, is in.

        From now on for a grace, as with any sign of life: then they are let go, unless they are there.
        """
        people = attendance.attending(space)
        recorded = await self._store.among(space.id, people.keys()) if people else frozenset()
        for person_id in people.keys() - recorded:
            person, since = people[person_id]
            until = self._clock() + self._grace
            await self._store.join(space.id, person, now=since, until=until)
            now = await self._spaces.get(space.id)
            if now is None or person_id not in attendance.attending(now):
                # They went in the meantime. Who has come back since then stays: their lease is another.
                await self._store.leave_lapsed(space.id, person_id, until)
            self._whereabouts.moved(person_id)
            self._uncounted.add(space.id)

    async def _let_go(self, space_id: str, person: Person) -> None:
        now = self._clock()
        silent = await self._store.get(space_id, person.id)
        if silent is None or silent.seen_until > now:
            return
        # The seat goes before the record: a crash in between leaves a lapsed record, found again next time.
        with suppress(refusals.SpaceNotFound):
            await self._changes.change(space_id, lambda space: stage.leave(space, person.id, now))
        gone = await self._store.leave_lapsed(space_id, person.id, now)
        self._whereabouts.moved(person.id)
        if not gone and await self.is_in(person.id, space_id):
            await self._welcome_back(space_id, person)
        self._uncounted.add(space_id)

    async def _welcome_back(self, space_id: str, person: Person) -> None:
        """Whoever came back while being let go is in; a host among them must not be told absent."""
        with suppress(refusals.SpaceNotFound, refusals.SpaceEnded, refusals.SpaceNotLive):
            await self._changes.change(space_id, lambda space: stage.join(space, person, self._clock()))

    async def run_counting(self) -> None:
        """Tells the number of listeners of the Spaces where it may have changed, for ever, twice a second at most."""
        await every(AUDIENCE_INTERVAL, self.count_all)

    async def count_all(self) -> None:
        """One round of `run_counting`."""
        for space_id in list(self._uncounted):
            self._uncounted.discard(space_id)
            told = False
            try:
                told = await self._count(space_id)
            finally:
                if not told:
                    self._uncounted.add(space_id)

    async def _count(self, space_id: str) -> bool:
        """Whether the Space now tells its audience as it is counted."""
        now = self._clock()
        space = await self._spaces.get(space_id)
        if space is None or space.is_over or space.state is SpaceState.SCHEDULED:
            self._anonymous_told.discard(space_id)
            return True
        if not attendance.audience_due(space, now):
            return False
        await self._tell_anonymous(space_id, now)
        listeners = await self._store.count(space_id, without=_on_stage(space))
        # Who watches a scheduled Space being prepared cannot hear it.
        anonymous = await self._store.anonymous(space_id, now) if space.state is SpaceState.LIVE else 0
        try:
            after = await self._changes.change(
                space_id, lambda space: attendance.count_audience(space, listeners, anonymous, self._clock())
            )
        except refusals.Refusal:
            return False
        return (after.listeners, after.anonymous) == (listeners, anonymous)

    async def _tell_anonymous(self, space_id: str, now: datetime) -> None:
        """Keeps this process's part of the number as a lease, up to date and no longer than it is needed."""
        here = self._anonymous[space_id]
        if here:
            self._anonymous_told.add(space_id)
        elif space_id in self._anonymous_told:
            self._anonymous_told.discard(space_id)
        else:
            return
        await self._store.set_anonymous(space_id, self._node_id, here, until=now + self._grace)


def _one_less(counter: Counter[Key], key: Key) -> None:
    counter[key] -= 1
    if not counter[key]:
        del counter[key]


def _on_stage(space: Space) -> list[str]:
    return [seat.person.id for seat in space.stage]
