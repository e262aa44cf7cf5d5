"""Reminders in memory, for tests of the use cases; one contract suite checks this store and the real one."""

from collections import Counter
from collections.abc import Collection, Mapping

from app.domain.reminders import Reminder
from app.services.pages import Moment, Window, part


class MemoryReminderStore:
    """`ReminderStore` in a dict."""

    def __init__(self) -> None:
        self._reminders: dict[tuple[str, str], Reminder] = {}

    async def add(self, reminder: Reminder) -> None:
        self._reminders.setdefault((reminder.space_id, reminder.person_id), reminder)

    async def remove(self, space_id: str, person_ids: Collection[str]) -> None:
        for person_id in person_ids:
            self._reminders.pop((space_id, person_id), None)

    async def among(self, person_id: str, space_ids: Collection[str]) -> set[str]:
        return {one for one in space_ids if (one, person_id) in self._reminders}

    async def counts(self, space_ids: Collection[str]) -> Mapping[str, int]:
        return Counter(space_id for space_id, _ in self._reminders if space_id in space_ids)

    async def of_space(self, space_id: str, *, after: str, limit: int) -> list[Reminder]:
        own = [one for one in self._reminders.values() if one.space_id == space_id and one.person_id > after]
        return sorted(own, key=lambda one: one.person_id)[:limit]

    async def of_person(self, person_id: str, window: Window[Moment]) -> list[Reminder]:
        own = [one for one in self._reminders.values() if one.person_id == person_id]
        return part(own, window, key_of=lambda one: (one.set_at, one.space_id), newest_first=True)
