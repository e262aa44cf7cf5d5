"""Blocks: whom people keep away from themselves and from the Spaces they host."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from app.domain.people import Account, require_other
from app.domain.roster import Person
from app.services.admission import Admission
from app.services.attendance import Attendances
from app.services.pages import Moment, Window
from app.services.people import require_account
from app.services.ports import Clock
from app.services.stores import BlockStore, FollowStore, PersonStore, ReminderStore, SpaceStore
from app.services.whereabouts import Whereabouts


class Blocks:
    """Both commands answer the other person's account; done already is done. The blocked person is told nothing."""

    def __init__(
        self,
        store: BlockStore,
        follows: FollowStore,
        people: PersonStore,
        spaces: SpaceStore,
        reminders: ReminderStore,
        admission: Admission,
        attendance: Attendances,
        whereabouts: Whereabouts,
        *,
        clock: Clock,
    ) -> None:
        self._store = store
        self._follows = follows
        self._people = people
        self._spaces = spaces
        self._reminders = reminders
        self._admission = admission
        self._attendance = attendance
        self._whereabouts = whereabouts
        self._clock = clock

    async def block(self, actor: Person, person_id: str) -> Account:
        """Ends follows in both directions, and puts the person out of the Spaces that the actor hosts.

        Raises `CannotTargetSelf`, `UserNotFound`; `Busy` where not everything could be done: block again.
        """
        require_other(actor.id, person_id)
        blocked = (await require_account(self._people, person_id)).person
        await self._store.add(actor.id, person_id, self._clock())
        # Also where the block is old: a server that died after it was kept has done nothing else.
        await self._follows.remove(actor.id, person_id)
        await self._follows.remove(person_id, actor.id)
        self._whereabouts.sees_differently(actor.id, person_id)
        for space in await self._spaces.open_of(actor.id):
            await self._admission.evict(blocked, space.id)
            await self._reminders.remove(space.id, [person_id])
            self._attendance.recount(space.id)
        return await require_account(self._people, person_id)

    async def unblock(self, actor: Person, person_id: str) -> Account:
        """Brings no follow back. Raises `CannotTargetSelf`, `UserNotFound`."""
        require_other(actor.id, person_id)
        await self._store.remove(actor.id, person_id)
        self._whereabouts.sees_differently(actor.id, person_id)
        return await require_account(self._people, person_id)

    async def blocked_by(self, person_id: str, people_ids: Collection[str]) -> set[str]:
        """Those of the people whom that person blocks."""
        return {of for _, of in await self._store.among([(person_id, one) for one in people_ids])}

    async def page(self, actor: Person, window: Window[Moment]) -> list[tuple[datetime, Account]]:
        """Whom the actor blocks and since when, in order of (time, person id), newest first."""
        blocked = await self._store.page(actor.id, window)
        accounts = {one.id: one for one in await self._people.get_many([of for _, of in blocked])}
        return [(at, accounts[of]) for at, of in blocked]
