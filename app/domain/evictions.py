"""Evictions: putting people out of a Space for good, and what goes with them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from app.domain import refusals
from app.domain.events import InvitationClosed, SeatVacated, SpaceEvent, SpeakRequestClosed
from app.domain.people import require_other
from app.domain.permissions import Action, require, require_power_over
from app.domain.personal import Delivery, RemovedFromSpace
from app.domain.reports import Complaint, checked_complaint
from app.domain.roster import InvitationState, Person, RequestOutcome, Role, SeatEnd
from app.domain.spaces import Space
from app.domain.texts import REASON_LENGTH, checked


class RemovalAction(StrEnum):
    """What a removal is beside keeping someone out of the Space."""

    REMOVE = "REMOVE"
    BLOCK = "BLOCK"
    REPORT = "REPORT"


@dataclass(frozen=True, slots=True)
class Removal:
    """A person who was put out of a Space and is kept out of it, with all that this act of a moderator was to do.

    `others_too`: another moderator had removed them before, and that is not for this one to take back.
    """

    space_id: str
    person: Person
    by: Person
    at: datetime
    action: RemovalAction
    complaint: Complaint | None = None
    reason: str | None = None
    others_too: bool = False

    def after(self, earlier: Removal | None) -> Removal:
        """This removal in the place of an earlier one, which it does not weaken."""
        if earlier is None:
            return self
        return replace(self, others_too=earlier.others_too or earlier.by.id != self.by.id)

    def repeats(self, earlier: Removal) -> bool:
        """Whether this is what that moderator did already."""
        return (self.by.id, self.action, self.complaint) == (earlier.by.id, earlier.action, earlier.complaint)


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
    require(space, actor.id, Action.REMOVE_PARTICIPANT)
    require_other(actor.id, person.id)
    require_power_over(space, actor.id, person.id)
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
    require(space, actor.id, Action.REMOVE_PARTICIPANT)
    theirs_alone = removal.by.id == actor.id and not removal.others_too
    if space.role(actor.id) is not Role.HOST and not theirs_alone:
        raise refusals.NotPermitted("Only the host lets in whom someone else removed.", field="userId")


def notice(removal: Removal) -> Delivery:
    """What tells the person that they were removed."""
    told = RemovedFromSpace(at=removal.at, space_id=removal.space_id)
    return Delivery(removal.person.id, f"{removal.space_id}/removed/{removal.at.isoformat()}", told)


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
