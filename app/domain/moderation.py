"""Moderation: what moderators did to people in a Space, as its log keeps it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.events import (
    HostTransferred,
    InvitationClosed,
    InvitationSent,
    MicrophoneClosed,
    Numbered,
    PostUnshared,
    SeatVacated,
    SpaceEvent,
    SpeakRequestClosed,
)
from app.domain.roster import InvitationState, Person, RequestOutcome, SeatEnd
from app.domain.spaces import Space


class Measure(StrEnum):
    """What a moderator did to someone."""

    MUTED = "MUTED"
    REMOVED_FROM_STAGE = "REMOVED_FROM_STAGE"
    REQUEST_ACCEPTED = "REQUEST_ACCEPTED"
    REQUEST_DECLINED = "REQUEST_DECLINED"
    INVITED = "INVITED"
    INVITATION_REVOKED = "INVITATION_REVOKED"
    MADE_HOST = "MADE_HOST"
    POST_UNSHARED = "POST_UNSHARED"


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One measure. `version` is the Space's since; `reason`: what the moderator gave as one."""

    space_id: str
    version: int
    at: datetime
    actor: Person
    target: Person
    measure: Measure
    reason: str | None = None


def log_entries(before: Space, actor: Person, events: Iterable[Numbered]) -> list[LogEntry]:
    """What of the actor's command belongs into the log: measures against others, in order."""
    return [
        LogEntry(before.id, one.version, one.event.at, actor, target, measure)
        for one in events
        for measure, target in _measures(before, one.event)
        if target != actor
    ]


def _measures(before: Space, event: SpaceEvent) -> Iterator[tuple[Measure, Person]]:
    match event:
        case MicrophoneClosed(person_id=person_id) if seat := before.seat(person_id):
            yield Measure.MUTED, seat.person
        case SeatVacated(person_id=person_id, end=SeatEnd.REMOVED) if seat := before.seat(person_id):
            yield Measure.REMOVED_FROM_STAGE, seat.person
        case SpeakRequestClosed(request_id=request_id, outcome=outcome) if outcome in _ANSWERS:
            yield from ((_ANSWERS[outcome], one.person) for one in before.requests if one.id == request_id)
        case InvitationSent(invitation=invitation):
            yield Measure.INVITED, invitation.person
        case InvitationClosed(invitation_id=invitation_id, state=InvitationState.REVOKED):
            offered = (one.person for one in before.invitations if one.id == invitation_id)
            yield from ((Measure.INVITATION_REVOKED, person) for person in offered)
        case HostTransferred(host=host):
            yield Measure.MADE_HOST, host
        case PostUnshared(post_id=post_id) if shared := before.shared_post(post_id):
            yield Measure.POST_UNSHARED, shared.shared_by
        case _:
            pass


_ANSWERS = {
    RequestOutcome.ACCEPTED: Measure.REQUEST_ACCEPTED,
    RequestOutcome.DECLINED: Measure.REQUEST_DECLINED,
}
