"""Evictions: putting people out of a Space for good, and what goes with them."""

from __future__ import annotations

from datetime import datetime

from app.domain import refusals
from app.domain.actions import Action, RemovedAction
from app.domain.events import InvitationClosed, SeatVacated, SpaceEvent, SpeakRequestClosed
from app.domain.people import require_other
from app.domain.permissions import may, require, require_power_over
from app.domain.removals import Removal, RemovalAction
from app.domain.reports import Complaint, checked_complaint
from app.domain.roster import InvitationState, Person, RequestOutcome, SeatEnd
from app.domain.spaces import Space
from app.domain.standing import Removed, Standing
from app.domain.texts import REASON_LENGTH, checked


def remove_participant(
    space: Space,
    actor: Person,
    person: Person,
    action: RemovalAction,
    *,
    complaint: Complaint | None,
    reason: str | None,
    now: datetime,
) -> Removal:
    """A moderator puts anyone in their power out, also someone who is not (any more) in the Space.

    Raises `SpaceEnded`, `NotPermitted`, `CannotTargetSelf`, `CannotTargetHost`, `ReportRequired`, `TextTooLong`.
    """
    space.require_open()
    require(actor, Action.REMOVE_PARTICIPANT, space)
    require_other(actor.id, person.id)
    require_power_over(actor, person.id, space)
    if action is RemovalAction.REPORT and complaint is None:
        raise refusals.ReportRequired(field="report")
    return Removal(
        space.id,
        person,
        actor,
        now,
        action,
        checked_complaint(complaint) if complaint else None,
        checked(reason, "reason", REASON_LENGTH) if reason else None,
    )


def require_readmission(space: Space, actor: Person, removal: Removal) -> None:
    """The host lets anyone back in, a co-host those whom they alone removed. Raises `SpaceEnded`, `NotPermitted`."""
    space.require_open()
    require(actor, Action.REMOVE_PARTICIPANT, space)
    if not may(Standing(actor.id), RemovedAction.READMIT, Removed(space, removal)):
        raise refusals.NotPermitted("Only the host lets in whom someone else removed.", field="userId")


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


def in_since(space: Space, person_id: str, joined_at: datetime | None) -> datetime | None:
    """Since when a person has had to do with the Space: in it, or else seated, asking or invited; None if not at all.

    The same for as long as anything is left to evict, so that an eviction done in two goes is known as one.
    """
    seat, request, invitation = space.seat(person_id), space.request(person_id), space.invitation(person_id)
    moments = (
        joined_at,
        seat.taken_at if seat else None,
        request.asked_at if request else None,
        invitation.sent_at if invitation else None,
    )
    return next((one for one in moments if one is not None), None)
