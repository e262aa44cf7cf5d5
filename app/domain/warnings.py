"""Warnings: people are told when someone whom they block takes the stage of a Space that they are in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app.domain.events import Numbered, SeatGranted
from app.domain.personal import BlockedSpeakerWarned, Delivery
from app.domain.roster import Person
from app.domain.spaces import Space


@dataclass(frozen=True, slots=True)
class NewlySeated:
    """Someone took the stage, without a seat before; those in the Space who block them are to be warned."""

    space_id: str
    version: int
    person: Person
    at: datetime


def newly_seated(before: Space, events: Iterable[Numbered]) -> list[NewlySeated]:
    """Who took the stage by these events."""
    return [
        NewlySeated(before.id, one.version, one.event.person, one.event.at)
        for one in events
        if isinstance(one.event, SeatGranted) and before.seat(one.event.person.id) is None
    ]


def warning(seated: NewlySeated, person_id: str) -> Delivery:
    """What tells one of those who block them."""
    event = BlockedSpeakerWarned(at=seated.at, space_id=seated.space_id, speaker=seated.person)
    return Delivery(person_id, f"{seated.space_id}/{seated.version}/warned", event)
