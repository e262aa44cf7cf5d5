"""Attendance: who is in which Space, as the database keeps it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Protocol

from app.domain.attendance import Attendance
from app.domain.roster import Person
from app.services.pages import Moment, Window


class AttendanceStore(Protocol):
    """Who is in which Space; one record for each person and Space, gone when they leave."""

    async def join(self, space_id: str, person: Person, *, now: datetime, until: datetime) -> Attendance:
        """Coming in; where the person is in already, only the lease is renewed and `joined_at` stays.

        That they were in it is kept for good: `visited`.
        """

    async def leave(self, space_id: str, person_id: str) -> bool:
        """Whether the person was in."""

    async def get(self, space_id: str, person_id: str) -> Attendance | None: ...

    async def among(self, space_id: str, person_ids: Collection[str]) -> frozenset[str]:
        """Those of the people who are in the Space, by one query."""

    async def visited(self, person_id: str, space_ids: Collection[str]) -> frozenset[str]:
        """Those of the Spaces in which the person is or was, by one query."""

    async def forget(self, space_id: str) -> None:
        """The Space is deleted: nobody was ever in it."""

    async def in_any_of(self, person_id: str, space_ids: Collection[str]) -> frozenset[str]:
        """Those of the Spaces that the person is in, by one query."""

    async def of_people(self, person_ids: Collection[str]) -> list[Attendance]:
        """Wherever these people are, in no particular order."""

    async def renew(self, attendances: Iterable[tuple[str, str]], *, until: datetime) -> None:
        """Renews the leases of (space id, person id) pairs, those that exist, by one write."""

    async def lapsed(self, now: datetime, *, limit: int) -> list[Attendance]:
        """Those whose lease is over, the longest first."""

    async def leave_lapsed(self, space_id: str, person_id: str, now: datetime) -> bool:
        """Leaves only if the lease is (still) over: a person who came back in between stays."""

    async def count(self, space_id: str, *, without: Collection[str]) -> int:
        """How many are in the Space, those named (the stage) not counted."""

    async def pages(
        self, without: Mapping[str, Collection[str]], window: Window[Moment]
    ) -> Mapping[str, list[Attendance]]:
        """For each Space, by its id, those in it but not named, in order of (joined_at, person id), by one query."""

    async def close(self, space_id: str) -> None:
        """Everyone leaves: the Space has ended."""

    async def set_anonymous(self, space_id: str, node_id: str, count: int, *, until: datetime) -> None:
        """How many listen without an account through one server process; a lease, as that process may die."""

    async def anonymous(self, space_id: str, now: datetime) -> int:
        """How many listen without an account, over all server processes whose leases hold."""
