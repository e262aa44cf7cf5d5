"""Deliveries: what of a Space's events concerns single people, and whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from app.domain import personal
from app.domain.events import (
    HostTransferred,
    InvitationClosed,
    InvitationSent,
    Numbered,
    SeatGranted,
    SeatVacated,
    SpaceCanceled,
    SpaceDeleted,
    SpaceEnded,
    SpaceEvent,
    SpaceExpired,
    SpeakRequestClosed,
    SpeakRequested,
)
from app.domain.evolution import apply
from app.domain.personal import Delivery, PersonalEvent
from app.domain.roster import Invitation, InvitationState, Role
from app.domain.spaces import Space


def deliveries(before: Space, events: Iterable[Numbered]) -> list[Delivery]:
    """What the events, which continue the state before them, tell single people, in order."""
    told: list[Delivery] = []
    for one in events:
        concerning = list(_concerning(before, one.event))
        told += [Delivery(who, _key(before, one, what), what) for who, what in concerning]
        before = apply(before, one.event)
    return told


def _key(space: Space, numbered: Numbered, what: PersonalEvent) -> str:
    match what:
        case personal.InvitationClosed(invitation_id=invitation_id):
            return f"{space.id}/{numbered.version}/{invitation_id}"
        case _:
            return f"{space.id}/{numbered.version}"


def _concerning(space: Space, event: SpaceEvent) -> Iterator[tuple[str, PersonalEvent]]:
    at, space_id = event.at, space.id
    match event:
        case InvitationSent(invitation=invitation):
            received = personal.InvitationReceived(at=at, space_id=space_id, invitation=invitation)
            yield invitation.person.id, received
        case InvitationClosed(invitation_id=invitation_id, state=state):
            offered = (one for one in space.invitations if one.id == invitation_id)
            for invitation in offered:
                yield from _closed(space, event, invitation, state)
        case SpaceEnded() | SpaceCanceled() | SpaceExpired() | SpaceDeleted():
            for invitation in space.invitations:
                yield from _closed(space, event, invitation, InvitationState.EXPIRED)
        case SpeakRequested(request=request):
            asked = personal.SpeakRequestReceived(at=at, space_id=space_id, request=request)
            yield from ((moderator, asked) for moderator in _moderators(space))
        case SpeakRequestClosed(request_id=request_id, outcome=outcome):
            closed = personal.SpeakRequestClosed(at=at, space_id=space_id, request_id=request_id, outcome=outcome)
            asking = (one.person.id for one in space.requests if one.id == request_id)
            yield from ((who, closed) for who in dict.fromkeys((*asking, *_moderators(space))))
        case SeatGranted(person=person, role=role):
            yield person.id, personal.RoleChanged(at=at, space_id=space_id, role=role)
        case SeatVacated(person_id=person_id, end=end):
            yield person_id, personal.RoleChanged(at=at, space_id=space_id, role=Role.LISTENER, end=end)
        case HostTransferred(host=host, former_host_id=former_id):
            yield host.id, personal.RoleChanged(at=at, space_id=space_id, role=Role.HOST)
            yield former_id, personal.RoleChanged(at=at, space_id=space_id, role=Role.COHOST)
        case _:
            pass


def _closed(
    space: Space, event: SpaceEvent, invitation: Invitation, state: InvitationState
) -> Iterator[tuple[str, PersonalEvent]]:
    """To who was invited and who invited; of a Space that is over, to the invited alone."""
    closed = personal.InvitationClosed(at=event.at, space_id=space.id, invitation_id=invitation.id, state=state)
    yield invitation.person.id, closed
    if isinstance(event, InvitationClosed) and invitation.invited_by != invitation.person.id:
        yield invitation.invited_by, closed


def _moderators(space: Space) -> list[str]:
    """The host also while away, whose stream may be open elsewhere."""
    return [space.host.id, *(seat.person.id for seat in space.stage if seat.role is Role.COHOST)]
