"""Attendance: who is in a Space, for how long without a sign of life, and how the number of listeners is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.events import AudienceChanged, SpaceEvent
from app.domain.roster import Person
from app.domain.spaces import Space, SpaceState

AUDIENCE_INTERVAL = timedelta(milliseconds=500)
"""At most 2 events a second tell of listeners coming and going."""


@dataclass(frozen=True, slots=True)
class Attendance:
    """A person in a Space. `seen_until` is a lease, renewed while a connection of theirs is open."""

    space_id: str
    person: Person
    joined_at: datetime
    seen_until: datetime


def attending(space: Space) -> dict[str, tuple[Person, datetime]]:
    """Who is in a live Space by what it says itself, and since when at least: those with a seat or a raised hand.

    By their ids; without a host who is absent, whose seat stays.
    """
    if space.state is not SpaceState.LIVE:
        return {}
    asking = {one.person.id: (one.person, one.asked_at) for one in space.requests}
    seated = {one.person.id: (one.person, one.taken_at) for one in space.stage}
    if space.host_absent_since is not None:
        seated.pop(space.host.id, None)
    return asking | seated


def audience_due(space: Space, now: datetime) -> bool:
    """Whether the audience may be told again: a room of 10 000 costs no more events than one of 10."""
    return space.counted_at is None or now - space.counted_at >= AUDIENCE_INTERVAL


def count_audience(space: Space, listeners: int, anonymous: int, now: datetime) -> list[SpaceEvent]:
    """Tells the number of listeners where it changed and is due; an ended Space has none."""
    unchanged = (space.listeners, space.anonymous) == (listeners, anonymous)
    if unchanged or space.is_over or not audience_due(space, now):
        return []
    return [AudienceChanged(at=now, listeners=listeners, anonymous=anonymous)]
