"""Reminders: what the use cases ask of the database about who wants to be reminded of which Space."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from app.domain.reminders import Reminder
from app.services.pages import Moment, Window


class ReminderStore(Protocol):
    """Who wants to be reminded of which Space: once or not at all."""

    async def add(self, reminder: Reminder) -> None:
        """One that is there already stays as it is."""

    async def remove(self, space_id: str, person_ids: Collection[str]) -> None:
        """Those that are gone already are no error."""

    async def among(self, person_id: str, space_ids: Collection[str]) -> set[str]:
        """Those of the Spaces of which the person wants to be reminded."""

    async def counts(self, space_ids: Collection[str]) -> Mapping[str, int]:
        """How many want to be reminded of each of these Spaces, where anybody does."""

    async def of_space(self, space_id: str, *, after: str, limit: int) -> list[Reminder]:
        """The Space's reminders in order of people's ids, from after that id on."""

    async def of_person(self, person_id: str, window: Window[Moment]) -> list[Reminder]:
        """The person's reminders in order of (set_at, space id), newest first."""
