"""Feedback: how people liked a Space they were in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain import refusals
from app.domain.roster import Person
from app.domain.spaces import Space
from app.domain.texts import checked

RATINGS = range(1, 6)


@dataclass(frozen=True, slots=True)
class Feedback:
    """One person's word on one Space; the last one counts."""

    space_id: str
    person: Person
    rating: int
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FeedbackSummary:
    """What all feedback on a Space comes to; no average without any."""

    count: int
    average: float | None


NO_FEEDBACK = FeedbackSummary(0, None)


def feedback(space: Space, person: Person, rating: int, text: str, *, was_in: bool, now: datetime) -> Feedback:
    """What someone who is or was in the Space says of it, from its start on.

    Raises `SpaceNotLive` (before the start), `NotAParticipant`, `InvalidRating`, `TextTooLong`.
    """
    if space.started_at is None:
        raise refusals.SpaceNotLive(field="spaceId")
    if not was_in:
        raise refusals.NotAParticipant("You have not been in this Space.", field="spaceId")
    if rating not in RATINGS:
        raise refusals.InvalidRating(field="rating", limit=RATINGS[-1], current=rating)
    return Feedback(space.id, person, rating, checked(text, "text"), now)
