"""Reminders: asking to be told when a scheduled Space begins. `scheduler` tells."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from app.domain import refusals
from app.domain.permissions import may_see
from app.domain.reminders import Reminder
from app.domain.roster import Person
from app.domain.schedules import require_upcoming
from app.domain.spaces import Space
from app.services.admission import Admission
from app.services.pages import Moment, Window
from app.services.ports import Clock
from app.services.stores import ReminderStore, SpaceStore


def reminder_key(entry: tuple[Reminder, Space]) -> Moment:
    """Where a reminder stands in the order of `Reminders.page`."""
    return _key(entry[0])


class Reminders:
    """Both commands answer the Space; done already is done."""

    def __init__(self, store: ReminderStore, spaces: SpaceStore, admission: Admission, *, clock: Clock) -> None:
        self._store = store
        self._spaces = spaces
        self._admission = admission
        self._clock = clock

    async def add(self, actor: Person, space_id: str) -> Space:
        """Raises `SpaceNotFound`, `BlockedByHost`, and the refusals of `require_upcoming`."""
        await self._upcoming(actor, space_id)
        await self._store.add(Reminder(space_id, actor.id, self._clock()))
        try:
            # Had the Space begun or ended meanwhile, or the host blocked them, nobody would ever take the wish away.
            return await self._upcoming(actor, space_id)
        except refusals.Refusal:
            await self._store.remove(space_id, [actor.id])
            raise

    async def _upcoming(self, actor: Person, space_id: str) -> Space:
        space = await self._visible(actor, space_id)
        await self._admission.require(actor.id, space)
        require_upcoming(space)
        return space

    async def _visible(self, actor: Person, space_id: str) -> Space:
        space = await self._spaces.get(space_id)
        if space is None or not may_see(space, actor.id):
            raise refusals.SpaceNotFound(field="spaceId")
        return space

    async def remove(self, actor: Person, space_id: str) -> Space:
        """Raises `SpaceNotFound`."""
        space = await self._visible(actor, space_id)
        await self._store.remove(space_id, [actor.id])
        return space

    async def of_person(self, person_id: str, space_ids: Collection[str]) -> set[str]:
        """Those of the Spaces of which the person wants to be reminded."""
        return await self._store.among(person_id, space_ids)

    async def counts(self, space_ids: Collection[str]) -> Mapping[str, int]:
        """How many want to be reminded of each of these Spaces, where anybody does."""
        return await self._store.counts(space_ids)

    async def page(self, actor: Person, window: Window[Moment]) -> list[tuple[Reminder, Space]]:
        """The actor's reminders of Spaces to come, newest first; without those whose host blocks the actor."""
        found: list[tuple[Reminder, Space]] = []
        while True:
            page = await self._store.of_person(actor.id, window)
            shown = await self._shown(actor, page)
            found = [*shown, *found] if window.last else [*found, *shown]
            if len(page) < window.limit or len(found) >= window.limit:
                return found[-window.limit :] if window.last else found[: window.limit]
            window = replace(window, before=_key(page[0])) if window.last else replace(window, after=_key(page[-1]))

    async def _shown(self, actor: Person, page: list[Reminder]) -> list[tuple[Reminder, Space]]:
        spaces = {one.id: one for one in await self._spaces.get_many([reminder.space_id for reminder in page])}
        hiding = await self._admission.blocking(actor.id, {one.host.id for one in spaces.values()})
        entries = [(one, spaces[one.space_id]) for one in page if one.space_id in spaces]
        return [(one, space) for one, space in entries if space.is_upcoming and space.host.id not in hiding]


def _key(reminder: Reminder) -> Moment:
    return reminder.set_at, reminder.space_id
