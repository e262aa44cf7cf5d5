"""Attendance: who is in a Space, on stage or listening, and for how long without a sign of life."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.roster import Person


@dataclass(frozen=True, slots=True)
class Attendance:
    """A person in a Space. `seen_until` is a lease, renewed while a connection of theirs is open."""

    space_id: str
    person: Person
    joined_at: datetime
    seen_until: datetime
