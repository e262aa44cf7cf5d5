"""The stage: asking for a seat, granting, inviting, muting and leaving. Only decisions: `evolution` carries out.

Every decision takes the acting person and the time, and returns what happened (nothing, where it is so already) or
raises a `Refusal`. Limits hold under concurrency because a decision is saved only on the version it saw.
"""

from __future__ import annotations

from datetime import datetime

from app.domain import refusals
from app.domain.actions import Action, ParticipantAction
from app.domain.capabilities import may_enter
from app.domain.events import (
    HostLeft,
    HostReturned,
    InvitationClosed,
    InvitationSent,
    MicrophoneClosed,
    MicrophoneOpened,
    SeatGranted,
    SeatVacated,
    SpaceEvent,
    SpeakRequestClosed,
    SpeakRequested,
)
from app.domain.permissions import may, require, require_power_over, require_visible
from app.domain.roster import (
    Invitation,
    InvitationState,
    Limits,
    Person,
    RequestOutcome,
    Role,
    Seat,
    SeatEnd,
    SpeakPolicy,
    SpeakRequest,
)
from app.domain.spaces import Space
from app.domain.standing import Participant, Standing

REQUESTS_WAITING = 1000
INVITATIONS_PENDING = 1000
"""A Space is one document, read and written as a whole: a room of 100 000 raised hands must not fill it."""


def join(space: Space, actor: Person, now: datetime) -> list[SpaceEvent]:
    """Coming in, or back: a live Space takes everyone, a preparing one its host and the invited, a scheduled none."""
    require_visible(space, actor.id).require_open()
    if not may_enter(Standing(actor.id), space):
        raise refusals.SpaceNotLive(field="spaceId")
    if space.host.id == actor.id and space.host_absent_since is not None:
        return [HostReturned(at=now)]
    return []


def leave(space: Space, person_id: str, now: datetime) -> list[SpaceEvent]:
    """Going, or having dropped: seat and raised hand go; the host's seat stays theirs, with its microphone closed."""
    if space.is_over:
        return []
    events: list[SpaceEvent] = []
    if request := space.request(person_id):
        events.append(SpeakRequestClosed(at=now, request_id=request.id, outcome=RequestOutcome.CANCELED))
    seat = space.seat(person_id)
    if seat is None:
        return events
    if seat.role is not Role.HOST:
        return [*events, SeatVacated(at=now, person_id=person_id, end=SeatEnd.LEFT)]
    if not seat.muted:
        events.append(MicrophoneClosed(at=now, person_id=person_id, by=person_id))
    if space.host_absent_since is None:
        events.append(HostLeft(at=now))
    return events


def request_to_speak(
    space: Space, actor: Person, *, request_id: str, now: datetime, followed_by_host: bool = False
) -> list[SpaceEvent]:
    """A listener raises a hand, where the policy lets them; asking twice is one request."""
    space.require_live()
    if space.seat(actor.id):
        raise refusals.AlreadyOnStage("You are on the stage already.", field="spaceId")
    if space.speak_policy is SpeakPolicy.INVITED_ONLY:
        raise refusals.RequestsClosed(field="spaceId")
    if space.speak_policy is SpeakPolicy.FOLLOWED_BY_HOST and not followed_by_host:
        raise refusals.NotFollowedByHost(field="spaceId")
    if space.request(actor.id):
        return []
    if len(space.requests) >= REQUESTS_WAITING:
        current = len(space.requests)
        raise refusals.RateLimited("Too many people are asking to speak.", limit=REQUESTS_WAITING, current=current)
    return [SpeakRequested(at=now, request=SpeakRequest(request_id, actor, now))]


def cancel_request(space: Space, actor: Person, now: datetime) -> list[SpaceEvent]:
    """Taking one's own hand down."""
    space.require_live()
    request = space.request(actor.id)
    if request is None:
        raise refusals.RequestNotFound(field="spaceId")
    return [SpeakRequestClosed(at=now, request_id=request.id, outcome=RequestOutcome.CANCELED)]


def accept_request(space: Space, actor: Person, request_id: str, limits: Limits, now: datetime) -> list[SpaceEvent]:
    """A moderator grants a speaker's seat to someone in the queue, in any order."""
    request = _answerable(space, actor, request_id)
    _require_free(space, Role.SPEAKER, limits)
    return [
        SpeakRequestClosed(at=now, request_id=request_id, outcome=RequestOutcome.ACCEPTED),
        *_without_invitation(space, request.person.id, now),
        SeatGranted(at=now, person=request.person, role=Role.SPEAKER),
    ]


def decline_request(space: Space, actor: Person, request_id: str, now: datetime) -> list[SpaceEvent]:
    """A moderator says no to a raised hand."""
    _answerable(space, actor, request_id)
    return [SpeakRequestClosed(at=now, request_id=request_id, outcome=RequestOutcome.DECLINED)]


def _answerable(space: Space, actor: Person, request_id: str) -> SpeakRequest:
    space.require_live()
    require(actor, Action.ANSWER_REQUESTS, space)
    request = next((one for one in space.requests if one.id == request_id), None)
    if request is None:
        raise refusals.RequestNotFound(field="requestId")
    return request


def _without_invitation(space: Space, person_id: str, now: datetime) -> list[SpaceEvent]:
    """Whoever got a seat otherwise needs no speaker's invitation any more; a co-host's stays open."""
    invitation = space.invitation(person_id)
    if invitation is None or invitation.role is not Role.SPEAKER:
        return []
    return [InvitationClosed(at=now, invitation_id=invitation.id, state=InvitationState.EXPIRED)]


def _require_free(space: Space, role: Role, limits: Limits) -> None:
    limit, taken = limits.seats(role), space.count(role)
    if taken < limit:
        return
    full = refusals.CohostLimitReached if role is Role.COHOST else refusals.SpeakerLimitReached
    raise full(limit=limit, current=taken)


def invite(
    space: Space,
    actor: Person,
    person: Person,
    role: Role,
    *,
    invitation_id: str,
    limits: Limits,
    now: datetime,
) -> list[SpaceEvent]:
    """Offers a seat to anyone, in the Space or not. A second offer of another role replaces the first.

    A co-host's seat is promised with the invitation (`CohostLimitReached` counts both), and only the host may take the
    promise back; a speaker's is checked when it is taken.
    """
    space.require_open()
    require(actor, Action.INVITE_COHOST if role is Role.COHOST else Action.INVITE_SPEAKER, space)
    if role not in (Role.COHOST, Role.SPEAKER):
        raise refusals.NotPermitted("People are invited as COHOST or SPEAKER.", field="role")
    if space.role(person.id) in (Role.HOST, Role.COHOST, role):
        raise refusals.AlreadyOnStage(field="userId")
    pending = space.invitation(person.id)
    if pending and pending.role is role:
        return []
    if pending and pending.role is Role.COHOST:
        require(actor, Action.INVITE_COHOST, space)
    if role is Role.COHOST:
        _require_unpromised(space, limits)
    if pending is None and len(space.invitations) >= INVITATIONS_PENDING:
        current = len(space.invitations)
        raise refusals.RateLimited("Too many invitations are pending.", limit=INVITATIONS_PENDING, current=current)
    replaced = InvitationClosed(at=now, invitation_id=pending.id, state=InvitationState.REVOKED) if pending else None
    sent = InvitationSent(at=now, invitation=Invitation(invitation_id, person, role, actor.id, now))
    return [replaced, sent] if replaced else [sent]


def _require_unpromised(space: Space, limits: Limits) -> None:
    promised = sum(one.role is Role.COHOST for one in space.invitations)
    current = space.count(Role.COHOST) + promised
    if current >= limits.cohosts:
        raise refusals.CohostLimitReached(limit=limits.cohosts, current=current)


def accept_invitation(
    space: Space, actor: Person, invitation_id: str, limits: Limits, now: datetime
) -> list[SpaceEvent]:
    """Takes the offered seat. Where it has gone meanwhile the invitation expires and no seat is granted."""
    invitation = _invited(space, actor, invitation_id)
    if not may_enter(Standing(actor.id), space):
        raise refusals.SpaceNotLive("The Space is not open yet: the invitation stays.", field="spaceId")
    events: list[SpaceEvent] = []
    if request := space.request(actor.id):
        events.append(SpeakRequestClosed(at=now, request_id=request.id, outcome=RequestOutcome.ACCEPTED))
    if space.count(invitation.role) >= limits.seats(invitation.role):
        return [InvitationClosed(at=now, invitation_id=invitation_id, state=InvitationState.EXPIRED)]
    return [
        *events,
        InvitationClosed(at=now, invitation_id=invitation_id, state=InvitationState.ACCEPTED),
        SeatGranted(at=now, person=actor, role=invitation.role),
    ]


def decline_invitation(space: Space, actor: Person, invitation_id: str, now: datetime) -> list[SpaceEvent]:
    """The invited person says no."""
    _invited(space, actor, invitation_id)
    return [InvitationClosed(at=now, invitation_id=invitation_id, state=InvitationState.DECLINED)]


def revoke_invitation(space: Space, actor: Person, invitation_id: str, now: datetime) -> list[SpaceEvent]:
    """A moderator takes an offer back; a co-host's seat is promised by the host, who alone takes that back."""
    space.require_open()
    require(actor, Action.INVITE_SPEAKER, space)
    invitation = next((one for one in space.invitations if one.id == invitation_id), None)
    if invitation is None:
        raise refusals.InvitationNotFound(field="invitationId")
    if invitation.role is Role.COHOST and not may(Standing(actor.id), Action.INVITE_COHOST, space):
        raise refusals.NotPermitted("Only the host takes a co-host's invitation back.", field="invitationId")
    return [InvitationClosed(at=now, invitation_id=invitation_id, state=InvitationState.REVOKED)]


def _invited(space: Space, actor: Person, invitation_id: str) -> Invitation:
    space.require_open()
    invitation = space.invitation(actor.id)
    if invitation is None or invitation.id != invitation_id:
        raise refusals.InvitationNotFound(field="invitationId")
    return invitation


def remove(space: Space, actor: Person, target_id: str, now: datetime) -> list[SpaceEvent]:
    """Back to listener, by a moderator or by oneself (stepping down); never the host."""
    space.require_open()
    if actor.id == target_id:
        return _step_down(space, actor, now)
    require(actor, Action.REMOVE_FROM_STAGE, space)
    require_power_over(actor, target_id, space)
    _seat_of(space, target_id)
    return [SeatVacated(at=now, person_id=target_id, end=SeatEnd.REMOVED)]


def _step_down(space: Space, actor: Person, now: datetime) -> list[SpaceEvent]:
    if _seat_of(space, actor.id).role is Role.HOST:
        raise refusals.CannotTargetHost("The host's seat stays the host's.", field="userId")
    return [SeatVacated(at=now, person_id=actor.id, end=SeatEnd.LEFT)]


def _seat_of(space: Space, person_id: str) -> Seat:
    seat = space.seat(person_id)
    if seat is None:
        raise refusals.NotOnStage(field="userId")
    return seat


def set_muted(space: Space, actor: Person, muted: bool, now: datetime) -> list[SpaceEvent]:
    """Opens or closes one's own microphone; in a preparing Space too, so that the host can check the sound.

    Whoever does so is in the Space: an absent host is back.
    """
    space.require_open()
    seat = space.seat(actor.id)
    if seat is None:
        raise refusals.NotOnStage("You are not on the stage.", field="spaceId")
    require(actor, Action.USE_MICROPHONE, space)
    returned = join(space, actor, now)
    if seat.muted is muted:
        return returned
    if muted:
        return [*returned, MicrophoneClosed(at=now, person_id=actor.id, by=actor.id)]
    return [*returned, MicrophoneOpened(at=now, person_id=actor.id)]


def mute(space: Space, actor: Person, target_id: str, now: datetime) -> list[SpaceEvent]:
    """A moderator closes someone's microphone; nobody can open another's."""
    space.require_open()
    if actor.id != target_id:
        require(actor, Action.MUTE_OTHERS, space)
        require_power_over(actor, target_id, space)
    seat = _seat_of(space, target_id)
    return [] if seat.muted else [MicrophoneClosed(at=now, person_id=target_id, by=actor.id)]


def mute_all(space: Space, actor: Person, now: datetime) -> list[SpaceEvent]:
    """A moderator closes every other microphone within their power: a co-host's way leaves host and co-hosts alone."""
    space.require_open()
    require(actor, Action.MUTE_OTHERS, space)
    others = (seat for seat in space.stage if seat.person.id != actor.id and not seat.muted)
    return [
        MicrophoneClosed(at=now, person_id=seat.person.id, by=actor.id)
        for seat in others
        if may(Standing(actor.id), ParticipantAction.MODERATE, Participant(space, seat.person.id))
    ]
