"""Attendance in memory, for tests of the use cases; one contract suite checks this store and the real one."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from app.domain.attendance import Attendance
from app.domain.roster import Person
from app.services.pages import Moment, Window, part


class MemoryAttendanceStore:
    """`AttendanceStore` in two dicts."""

    def __init__(self) -> None:
        self._present: dict[tuple[str, str], Attendance] = {}
        self._anonymous: dict[tuple[str, str], tuple[int, datetime]] = {}
        self._visits: set[tuple[str, str]] = set()

    async def join(self, space_id: str, person: Person, *, now: datetime, until: datetime) -> Attendance:
        key = (space_id, person.id)
        self._visits.add(key)
        self._present.setdefault(key, Attendance(space_id, person, now, until))
        await self.renew([key], until=until)
        return self._present[key]

    async def leave(self, space_id: str, person_id: str) -> bool:
        return self._present.pop((space_id, person_id), None) is not None

    async def get(self, space_id: str, person_id: str) -> Attendance | None:
        return self._present.get((space_id, person_id))

    async def among(self, space_id: str, person_ids: Collection[str]) -> frozenset[str]:
        return frozenset(one for one in person_ids if (space_id, one) in self._present)

    async def visited(self, person_id: str, space_ids: Collection[str]) -> frozenset[str]:
        return frozenset(one for one in space_ids if (one, person_id) in self._visits)

    async def forget(self, space_id: str) -> None:
        await self.close(space_id)
        self._visits = {key for key in self._visits if key[0] != space_id}

    async def in_any_of(self, person_id: str, space_ids: Collection[str]) -> frozenset[str]:
        return frozenset(one for one in space_ids if (one, person_id) in self._present)

    async def of_people(self, person_ids: Collection[str]) -> list[Attendance]:
        return [one for one in self._present.values() if one.person.id in person_ids]

    async def renew(self, attendances: Iterable[tuple[str, str]], *, until: datetime) -> None:
        for key in set(attendances) & self._present.keys():
            there = self._present[key]
            self._present[key] = replace(there, seen_until=max(there.seen_until, until))

    async def lapsed(self, now: datetime, *, limit: int) -> list[Attendance]:
        over = [one for one in self._present.values() if one.seen_until <= now]
        return sorted(over, key=lambda one: one.seen_until)[:limit]

    async def leave_lapsed(self, space_id: str, person_id: str, now: datetime) -> bool:
        there = self._present.get((space_id, person_id))
        return there is not None and there.seen_until <= now and await self.leave(space_id, person_id)

    async def count(self, space_id: str, *, without: Collection[str]) -> int:
        return len(self._in_space(space_id, without))

    async def pages(
        self, without: Mapping[str, Collection[str]], window: Window[Moment]
    ) -> Mapping[str, list[Attendance]]:
        return {
            space_id: part(self._in_space(space_id, people), window, key_of=lambda one: (one.joined_at, one.person.id))
            for space_id, people in without.items()
        }

    async def close(self, space_id: str) -> None:
        self._present = {key: one for key, one in self._present.items() if key[0] != space_id}
        self._anonymous = {key: one for key, one in self._anonymous.items() if key[0] != space_id}

    async def set_anonymous(self, space_id: str, node_id: str, count: int, *, until: datetime) -> None:
        self._anonymous[space_id, node_id] = (count, until)

    async def anonymous(self, space_id: str, now: datetime) -> int:
        leases = [lease for key, lease in self._anonymous.items() if key[0] == space_id]
        return sum(count for count, until in leases if until > now)

    def _in_space(self, space_id: str, without: Collection[str]) -> list[Attendance]:
        return [one for one in self._present.values() if one.space_id == space_id and one.person.id not in without]
