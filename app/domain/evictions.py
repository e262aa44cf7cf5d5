"""Evictions: what goes with a person who may be in a Space no longer."""

from __future__ import annotations

from datetime import datetime

from app.domain import refusals
from app.domain.events import InvitationClosed, SeatVacated, SpaceEvent, SpeakRequestClosed
from app.domain.roster import InvitationState, RequestOutcome, SeatEnd
from app.domain.spaces import Space


def evict(space: Space, person_id: str, now: datetime) -> list[SpaceEvent]:
    """Raised hand, pending invitation and seat go; a Space that is over has none of them. Never the host."""
    if person_id == space.host.id:
        raise refusals.CannotTargetHost(field="userId")
    events: list[SpaceEvent] = []
    if space.is_over:
        return events
    if request := space.request(person_id):
        events.append(SpeakRequestClosed(at=now, request_id=request.id, outcome=RequestOutcome.DECLINED))
    if invitation := space.invitation(person_id):
        events.append(InvitationClosed(at=now, invitation_id=invitation.id, state=InvitationState.REVOKED))
    if space.seat(person_id):
        events.append(SeatVacated(at=now, person_id=person_id, end=SeatEnd.REMOVED))
    return events
