"""Moderation: what moderators did to people in a Space, as its log keeps it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.events import (
    EndReason,
    HostTransferred,
    InvitationClosed,
    InvitationSent,
    MicrophoneClosed,
    Numbered,
    PostUnshared,
    SeatVacated,
    SpaceEnded,
    SpaceEvent,
    SpeakRequestClosed,
)
from app.domain.evictions import Removal, RemovalAction
from app.domain.roster import InvitationState, Person, RequestOutcome, SeatEnd
from app.domain.spaces import Space


class Measure(StrEnum):
    """What a moderator, or an operator of the server, did to someone."""

    MUTED = "MUTED"
    REMOVED_FROM_STAGE = "REMOVED_FROM_STAGE"
    REQUEST_ACCEPTED = "REQUEST_ACCEPTED"
    REQUEST_DECLINED = "REQUEST_DECLINED"
    INVITED = "INVITED"
    INVITATION_REVOKED = "INVITATION_REVOKED"
    MADE_HOST = "MADE_HOST"
    POST_UNSHARED = "POST_UNSHARED"
    REMOVED = "REMOVED"
    BLOCKED = "BLOCKED"
    READMITTED = "READMITTED"
    ENDED_BY_OPERATOR = "ENDED_BY_OPERATOR"


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One measure. `id`: the same however often it is logged; `version`: the Space's since; `reason`: what was said."""

    id: str
    space_id: str
    version: int
    at: datetime
    actor: Person
    target: Person
    measure: Measure
    reason: str | None = None


def log_entries(before: Space, actor: Person, events: Iterable[Numbered], reason: str | None = None) -> list[LogEntry]:
    """What of the actor's command belongs into the log: measures against others, in order."""
    return [
        LogEntry(f"{before.id}:{one.version:010}", before.id, one.version, one.event.at, actor, target, measure, reason)
        for one in events
        for measure, target in _measures(before, one.event)
        if target != actor
    ]


def removal_entry(removal: Removal, version: int) -> LogEntry:
    """How a removal is logged. That someone was reported with it is for operators alone."""
    measure = Measure.BLOCKED if removal.action is RemovalAction.BLOCK else Measure.REMOVED
    entry_id = _entry_id(removal.space_id, measure, removal.person, removal.at)
    return LogEntry(
        entry_id, removal.space_id, version, removal.at, removal.by, removal.person, measure, removal.reason
    )


def block_entry(space: Space, target: Person, in_since: datetime, now: datetime) -> LogEntry:
    """How it is logged that the host put someone out by blocking them, who was in since then."""
    entry_id = _entry_id(space.id, Measure.BLOCKED, target, in_since)
    return LogEntry(entry_id, space.id, space.version, now, space.host, target, Measure.BLOCKED)


def readmission_entry(space: Space, actor: Person, removal: Removal, now: datetime) -> LogEntry:
    """How it is logged that a removal was taken back."""
    entry_id = _entry_id(space.id, Measure.READMITTED, removal.person, removal.at)
    return LogEntry(entry_id, space.id, space.version, now, actor, removal.person, Measure.READMITTED)


def _entry_id(space_id: str, measure: Measure, target: Person, since: datetime) -> str:
    return f"{space_id}:{measure}:{target.id}:{since.isoformat()}"


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
        case SpaceEnded(reason=EndReason.OPERATOR):
            yield Measure.ENDED_BY_OPERATOR, before.host
        case _:
            pass


_ANSWERS = {
    RequestOutcome.ACCEPTED: Measure.REQUEST_ACCEPTED,
    RequestOutcome.DECLINED: Measure.REQUEST_DECLINED,
}
