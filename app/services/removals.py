"""Removals: putting people out of a Space for good, in one act, also where the server dies in the middle."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import timedelta

from app.domain import evictions, refusals
from app.domain.evictions import Removal, RemovalAction, notice
from app.domain.moderation import readmission_entry, removal_entry
from app.domain.permissions import Action, may_moderate, may_see, require
from app.domain.reports import Complaint
from app.domain.roster import Person
from app.domain.spaces import Space
from app.services.admission import Admission
from app.services.attendance import Attendances
from app.services.blocks import Blocks
from app.services.inboxes import Inboxes
from app.services.pages import Moment, Window
from app.services.people import require_account
from app.services.ports import Clock, Removed
from app.services.reports import Reports
from app.services.rounds import every
from app.services.stores import ModerationStore, PersonStore, ReminderStore, RemovalStore, SpaceStore

log = logging.getLogger(__name__)

ROUND = timedelta(seconds=10)
"""How often what a server that died left half done is looked for."""
PATIENCE = timedelta(seconds=5)
"""Younger ones are being done at this moment: done by two, what is taken back in between would be done again."""


class Removals:
    """First the removal is kept, which closes every door; then the person is put out, logged, blocked or reported.

    Each step may be done again, and a removal is marked until all are done: a retry, or a round, completes it.
    """

    def __init__(
        self,
        store: RemovalStore,
        spaces: SpaceStore,
        people: PersonStore,
        reminders: ReminderStore,
        log: ModerationStore,
        admission: Admission,
        attendance: Attendances,
        blocks: Blocks,
        reports: Reports,
        inboxes: Inboxes,
        *,
        clock: Clock,
    ) -> None:
        self._store = store
        self._spaces = spaces
        self._people = people
        self._reminders = reminders
        self._log = log
        self._admission = admission
        self._attendance = attendance
        self._blocks = blocks
        self._reports = reports
        self._inboxes = inboxes
        self._clock = clock

    async def remove(
        self,
        actor: Person,
        space_id: str,
        person_id: str,
        action: RemovalAction,
        *,
        complaint: Complaint | None = None,
        reason: str | None = None,
    ) -> Space:
        """The Space without that person, who is out and stays out. What was done already is not done twice.

        Raises the refusals of `evictions.remove_participant`, `SpaceNotFound`, `UserNotFound`; `Busy` where not all is
        done yet: it is being completed.
        """
        account = await require_account(self._people, person_id)
        space = await self._visible(actor, space_id)
        removal = evictions.remove_participant(
            space, actor, account.person, action, complaint=complaint, reason=reason, now=self._clock()
        )
        earlier = await self._store.get(space_id, person_id)
        if earlier is not None and removal.repeats(earlier):
            removal = earlier
        else:
            removal = removal.after(earlier)
            await self._store.put(removal)
        try:
            space = await self._put_out(removal)
        except refusals.SpaceNotFound:
            await self._store.delete(removal)
            raise
        await self._complete(removal)
        return space

    async def readmit(self, actor: Person, space_id: str, person_id: str) -> Space:
        """The person may come back; who was not removed may already.

        Raises `SpaceNotFound`, `UserNotFound`, `SpaceEnded`, `NotPermitted`.
        """
        await require_account(self._people, person_id)
        space = await self._visible(actor, space_id)
        removal = await self._store.get(space_id, person_id)
        if removal is None:
            require(space, actor.id, Action.REMOVE_PARTICIPANT)
            return space
        evictions.require_readmission(space, actor, removal)
        if removal in await self._store.unfinished():
            await self._complete(removal)
        await self._log.append([readmission_entry(space, actor, removal, self._clock())])
        await self._store.delete(removal)
        return space

    async def page(self, viewer_id: str | None, space: Space, window: Window[Moment]) -> list[Removal] | None:
        """Who was removed from the Space, the last one first; None for whom it is not for."""
        if not may_moderate(space, viewer_id):
            return None
        return await self._store.page(space.id, window)

    async def run(self) -> None:
        """Completes what a server that died has left half done, for ever."""
        await every(ROUND, self.round)

    async def round(self) -> None:
        """One round of `run`."""
        due = self._clock() - PATIENCE
        for removal in [one for one in await self._store.unfinished() if one.at <= due]:
            try:
                with suppress(refusals.Busy, refusals.CannotTargetHost):
                    await self._finish(removal)
            except Exception:
                log.exception("a removal from Space %s is not complete; it is in a later round", removal.space_id)

    async def _finish(self, removal: Removal) -> None:
        """Of a Space deleted meanwhile nobody has to be put out; the rest is still to be done."""
        try:
            await self._put_out(removal)
        except refusals.SpaceNotFound:
            await self._complete(removal)
            await self._store.delete(removal)
        else:
            await self._complete(removal)

    async def _visible(self, actor: Person, space_id: str) -> Space:
        space = await self._spaces.get(space_id)
        if space is None or not may_see(space, actor.id):
            raise refusals.SpaceNotFound(field="spaceId")
        return space

    async def _put_out(self, removal: Removal) -> Space:
        """Raises `CannotTargetHost` for who was made host meanwhile: then there is no removal."""
        space_id, person_id = removal.space_id, removal.person.id
        try:
            space = await self._admission.put_out(person_id, Removed(space_id, person_id))
        except refusals.CannotTargetHost:
            await self._store.delete(removal)
            raise
        self._attendance.recount(space_id)
        await self._reminders.remove(space_id, [person_id])
        await self._log.append([removal_entry(removal, space.version)])
        await self._inboxes.tell([notice(removal)])
        return space

    async def _complete(self, removal: Removal) -> None:
        if removal.action is RemovalAction.BLOCK:
            await self._blocks.block(removal.by, removal.person.id)
        if removal.complaint is not None:
            await self._reports.file_removed(removal, removal.complaint)
        await self._store.finished(removal)
