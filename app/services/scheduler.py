"""The scheduler: reminds people of scheduled Spaces, tells them of changes, and gives up what is not started."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from app.domain import agendas, refusals, reminders, schedules
from app.domain.agendas import Agenda, Task
from app.domain.personal import Delivery
from app.domain.spaces import Space
from app.services.admission import Admission
from app.services.attendance import Attendances
from app.services.changes import Changes
from app.services.inboxes import Inboxes
from app.services.ports import Clock
from app.services.rounds import every
from app.services.stores import AgendaStore, ReminderStore

ROUND: Final = timedelta(seconds=1)
"""How often the earliest agenda is looked at: one key of an index, however many Spaces there are."""
CLAIM: Final = timedelta(seconds=30)
"""How long a step may take; what a server that died has begun, another one takes up after that."""
PEOPLE_AT_ONCE: Final = 500
STEPS_PER_ROUND: Final = 1000

log = logging.getLogger(__name__)


class Scheduler:
    """Of several processes each takes the agendas that are due, one for itself at a time.

    The work on one is done in steps of `PEOPLE_AT_ONCE`, each noted before the next; between two steps other Spaces
    have their turn. A step that was done and not noted is done again, and tells nobody twice: a delivery's key is made
    of what it is about.
    """

    def __init__(
        self,
        changes: Changes,
        store: AgendaStore,
        reminder_store: ReminderStore,
        inboxes: Inboxes,
        attendance: Attendances,
        admission: Admission,
        *,
        grace: timedelta,
        clock: Clock,
    ) -> None:
        self._changes = changes
        self._agendas = store
        self._reminders = reminder_store
        self._inboxes = inboxes
        self._attendance = attendance
        self._admission = admission
        self._grace = grace
        self._clock = clock

    async def run(self) -> None:
        """Does what is due, for ever."""
        await every(ROUND, self.round)

    async def round(self) -> None:
        """One round of `run`: all that is due, of which other rounds of other processes do a part."""
        for _ in range(STEPS_PER_ROUND):
            now = self._clock()
            claimed = await self._agendas.claim(now, now + CLAIM)
            if claimed is None:
                return
            try:
                await self._step(*claimed, now)
            except Exception:
                log.exception("the agenda of Space %s was not done; it is tried again in %s", claimed[0].id, CLAIM)

    async def _step(self, space: Space, agenda: Agenda, now: datetime) -> None:
        due = agendas.next_task(space, agenda, self._grace, now)
        if due is None:
            await self._agendas.note(space.id, agenda, None)
        elif due.at > now:
            await self._agendas.note(space.id, agenda, replace(agenda, at=due.at))
        elif due.task is Task.EXPIRE:
            await self._expire(space.id)
        else:
            await self._agendas.note(space.id, agenda, await self._tell(space, agenda, due.task, now))

    async def _expire(self, space_id: str) -> None:
        """The agenda is rewritten with the change."""
        with suppress(refusals.Busy, refusals.SpaceNotFound):
            space = await self._changes.change(
                space_id, lambda space: schedules.expire(space, self._grace, self._clock())
            )
            if space.is_over:
                await self._attendance.close(space_id)

    async def _tell(self, space: Space, agenda: Agenda, task: Task, now: datetime) -> Agenda:
        """Tells the next people, and answers the agenda since: due again at once."""
        wishes = await self._reminders.of_space(space.id, after=agenda.told, limit=PEOPLE_AT_ONCE)
        told = reminders.concerned(space, agenda, task, wishes)
        blocked = await self._admission.blocked_by(space.host.id, told)
        key, event = reminders.notice(space, task, now)
        await self._inboxes.tell([Delivery(one, key, event) for one in told if one not in blocked])
        if task.is_last:
            await self._reminders.remove(space.id, [one.person_id for one in wishes])
        if len(wishes) < PEOPLE_AT_ONCE:
            return replace(agendas.advanced(agenda, task), at=now)
        return replace(agenda, told=wishes[-1].person_id, at=now)
