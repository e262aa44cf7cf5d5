"""Invitations: promised seats, repeated and replaced offers, and what becomes of them."""

import pytest

from app.domain import refusals, stage
from app.domain.events import (
    InvitationClosed,
    InvitationSent,
    SeatGranted,
    SpeakRequestClosed,
)
from app.domain.roster import InvitationState, RequestOutcome, Role
from app.domain.spaces import SpaceState
from tests.domain.builders import NOW, SMALL, accept, after, invite, person, space, take

HANA, ANA, BEN = (person(name) for name in ("hana", "ana", "ben"))


def test_anyone_may_be_invited_and_takes_the_seat_muted() -> None:
    room = take(invite(space(), ANA, Role.SPEAKER), ANA)
    seat = room.seat("ana")
    assert seat
    assert (seat.role, seat.muted) == (Role.SPEAKER, True)
    assert room.invitations == ()


def test_a_preparing_space_invites_and_seats_already() -> None:
    assert take(invite(space(SpaceState.PREPARING), ANA, Role.COHOST), ANA).role("ana") is Role.COHOST


def test_an_invitation_repeated_is_one_and_of_another_role_replaces_the_first() -> None:
    room = space(invited={"ana": Role.SPEAKER})
    assert invite(room, ANA, Role.SPEAKER) == room
    events = stage.invite(room, HANA, ANA, Role.COHOST, invitation_id="new", limits=SMALL, now=NOW)
    assert events[0] == InvitationClosed(at=NOW, invitation_id="i-ana", state=InvitationState.REVOKED)
    assert isinstance(events[1], InvitationSent)
    assert [(one.id, one.role) for one in after(room, events).invitations] == [("new", Role.COHOST)]


def test_cohosts_seated_and_promised_are_two_at_most() -> None:
    for room in (
        space(cohosts=["x", "y"]),
        space(cohosts=["x"], invited={"y": Role.COHOST}),
        space(invited={"x": Role.COHOST, "y": Role.COHOST}),
    ):
        with pytest.raises(refusals.CohostLimitReached) as caught:
            invite(room, ANA, Role.COHOST)
        assert (caught.value.limit, caught.value.current) == (2, 2)
    assert invite(space(cohosts=["x"], invited={"y": Role.SPEAKER}), ANA, Role.COHOST).invitation("ana")


def test_a_speakers_seat_is_checked_when_it_is_taken() -> None:
    room = invite(space(speakers=["x", "y", "z"]), ANA, Role.SPEAKER)
    turned_away = take(room, ANA)
    assert (turned_away.seat("ana"), turned_away.invitations) == (None, ())


def test_who_finds_the_seat_taken_keeps_a_raised_hand() -> None:
    room = space(speakers=["x", "y", "z"], asking=["ana"], invited={"ana": Role.SPEAKER})
    assert take(room, ANA).requests == room.requests


def test_who_is_seated_by_invitation_has_no_hand_up_any_more() -> None:
    room = space(asking=["ana", "ben"], invited={"ana": Role.SPEAKER})
    events = stage.accept_invitation(room, ANA, "i-ana", SMALL, NOW)
    assert events == [
        SpeakRequestClosed(at=NOW, request_id="r-ana", outcome=RequestOutcome.ACCEPTED),
        InvitationClosed(at=NOW, invitation_id="i-ana", state=InvitationState.ACCEPTED),
        SeatGranted(at=NOW, person=ANA, role=Role.SPEAKER),
    ]
    assert [one.person for one in after(room, events).requests] == [BEN]


def test_a_speaker_who_becomes_cohost_goes_on_speaking_and_frees_the_seat() -> None:
    room = take(
        space(speakers=["ana", "x", "y"], open_microphones=["ana"], invited={"ana": Role.COHOST}, asking=["ben"]), ANA
    )
    seat = room.seat("ana")
    assert seat
    assert (seat.role, seat.muted) == (Role.COHOST, False)
    assert accept(room, "r-ben").count(Role.SPEAKER) == 3


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("hana", Role.COHOST),
        ("hana", Role.SPEAKER),
        ("cora", Role.COHOST),
        ("cora", Role.SPEAKER),
        ("sam", Role.SPEAKER),
    ],
)
def test_nobody_is_invited_to_the_seat_they_have_or_a_lower_one(name: str, role: Role) -> None:
    with pytest.raises(refusals.AlreadyOnStage):
        invite(space(cohosts=["cora"], speakers=["sam"]), person(name), role)


@pytest.mark.parametrize("role", [Role.HOST, Role.LISTENER])
def test_only_seats_of_cohosts_and_speakers_are_offered(role: Role) -> None:
    with pytest.raises(refusals.NotPermitted) as caught:
        invite(space(), ANA, role)
    assert caught.value.field == "role"


def test_an_invitation_is_answered_once_and_by_the_invited_alone() -> None:
    room = space(invited={"ana": Role.SPEAKER})
    with pytest.raises(refusals.InvitationNotFound):
        stage.accept_invitation(room, BEN, "i-ana", SMALL, NOW)
    with pytest.raises(refusals.InvitationNotFound):
        stage.decline_invitation(room, BEN, "i-ana", NOW)
    declined = after(room, stage.decline_invitation(room, ANA, "i-ana", NOW))
    assert declined.invitations == ()
    with pytest.raises(refusals.InvitationNotFound):
        stage.accept_invitation(declined, ANA, "i-ana", SMALL, NOW)


def test_a_revoked_invitation_is_gone_and_an_unknown_one_cannot_be_revoked() -> None:
    room = space(invited={"ana": Role.SPEAKER, "ben": Role.COHOST})
    revoked = after(room, stage.revoke_invitation(room, room.host, "i-ana", NOW))
    assert [one.person for one in revoked.invitations] == [BEN]
    with pytest.raises(refusals.InvitationNotFound) as caught:
        stage.revoke_invitation(revoked, room.host, "i-ana", NOW)
    assert caught.value.field == "invitationId"


def test_pending_invitations_are_bounded_and_one_more_role_for_the_invited_is_not_one_more() -> None:
    room = space(invited={f"p{n}": Role.SPEAKER for n in range(stage.INVITATIONS_PENDING)})
    with pytest.raises(refusals.RateLimited):
        invite(room, ANA, Role.SPEAKER)
    assert invite(room, person("p0"), Role.COHOST).invitation("p0") is not None
