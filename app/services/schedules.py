"""Schedules: announcing Spaces for a time, changing that, opening and canceling them, and finding them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Final

from app.domain import refusals, schedules
from app.domain.drafts import Draft
from app.domain.people import Account
from app.domain.roster import Person
from app.domain.schedules import SCHEDULED_PER_HOST, Appointment, ScheduleEdit
from app.domain.spaces import Space, SpaceState
from app.services.admission import Admission
from app.services.attendance import Attendances
from app.services.changes import Changes
from app.services.idempotency import Idempotency
from app.services.outbox import Outbox
from app.services.pages import Moment
from app.services.ports import Clock
from app.services.speakers import InitialSpeakers
from app.services.stores import IdTaken, PersonStore, SlotsTaken, SpaceStore

REMEMBERED: Final = timedelta(days=30)
"""How long after its time a Space is in its host's calendar, so that subscribers see what became of it."""
IN_A_CALENDAR: Final = 100


def start_key(space: Space) -> Moment:
    """Where a scheduled Space stands among those of its host."""
    return space.schedule.start if space.schedule else space.created_at, space.id


class Schedules:
    """Those that change a Space answer the changed one, or raise a Refusal."""

    def __init__(
        self,
        changes: Changes,
        store: SpaceStore,
        people: PersonStore,
        attendance: Attendances,
        admission: Admission,
        speakers: InitialSpeakers,
        outbox: Outbox,
        idempotency: Idempotency,
        *,
        topics: Collection[str],
        time_zones: Collection[str],
        clock: Clock,
    ) -> None:
        self._changes = changes
        self._store = store
        self._people = people
        self._attendance = attendance
        self._admission = admission
        self._speakers = speakers
        self._outbox = outbox
        self._idempotency = idempotency
        self._topics = topics
        self._time_zones = time_zones
        self._clock = clock

    async def schedule(
        self,
        actor: Person,
        draft: Draft,
        wanted: Appointment,
        speaker_ids: Sequence[str],
        *,
        idempotency_key: str | None = None,
    ) -> Space:
        """A SCHEDULED Space; those named are invited as speakers. The same Space as the first time under a key.

        Raises every broken rule at once, or `ScheduleLimitReached`.
        """
        space_id = await self._idempotency.id_for(actor.id, "scheduleSpace", idempotency_key)
        if made := await self._made(space_id):
            return made
        now = self._clock()
        space = schedules.schedule(
            draft,
            wanted,
            space_id=space_id,
            host=actor,
            topics=self._topics,
            time_zones=self._time_zones,
            now=now,
        )
        space, letters = await self._speakers.invited_to(space, speaker_ids, now)
        try:
            await self._store.add_scheduled(space, letters, slots=SCHEDULED_PER_HOST)
        except (IdTaken, SlotsTaken):
            # The same call at the same time may have been faster, and have taken the last slot.
            if made := await self._made(space_id):
                return made
            limit = SCHEDULED_PER_HOST
            raise refusals.ScheduleLimitReached(limit=limit, current=limit) from None
        await self._outbox.dispatch(space.id, letters)
        return space

    async def _made(self, space_id: str) -> Space | None:
        space = await self._store.get(space_id)
        if space and space.state is SpaceState.DELETED:
            raise refusals.SpaceNotFound("The Space that was made under this key was deleted.", field="idempotencyKey")
        return space

    async def update(self, actor: Person, space_id: str, edit: ScheduleEdit) -> Space:
        """Changes title, start and time zone until the Space is live; whoever has a reminder is told of a new start."""
        return await self._changes.command(
            actor,
            space_id,
            lambda space: schedules.update(space, actor, edit, time_zones=self._time_zones, now=self._clock()),
        )

    async def prepare(self, actor: Person, space_id: str) -> Space:
        """Opens the Space before its start, with the host in it."""
        space = await self._changes.command(
            actor, space_id, lambda space: schedules.prepare(space, actor, self._clock())
        )
        await self._attendance.seen(space_id, actor)
        return space

    async def cancel(self, actor: Person, space_id: str) -> Space:
        """Called off for good; whoever is in its preparation is out, and whoever has a reminder is told."""
        space = await self._changes.command(
            actor, space_id, lambda space: schedules.cancel(space, actor, self._clock())
        )
        await self._attendance.close(space_id)
        return space

    async def of_hosts(self, viewer_id: str | None, host_ids: Collection[str]) -> list[Space]:
        """The SCHEDULED Spaces of these hosts, without those whose host blocks the viewer (None: anonymous)."""
        hiding = await self._admission.blocking(viewer_id, host_ids)
        return await self._store.scheduled_of(set(host_ids) - hiding)

    async def planned(self, space_id: str) -> Space | None:
        """The Space, if it was ever scheduled: for calendars, which come without an account."""
        space = await self._store.get(space_id)
        return space if space and space.schedule else None

    async def calendar_of(self, person_id: str) -> tuple[Account, list[Space]] | None:
        """A person, and what they scheduled for now and later, or not long ago, the latest first."""
        account = await self._people.get(person_id)
        if account is None:
            return None
        since = self._clock() - REMEMBERED
        return account, await self._store.planned_of(person_id, since, limit=IN_A_CALENDAR)
