"""Deliveries: a Space's events reach those whom they concern, and nobody else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.domain import life, personal, stage
from app.domain.deliveries import deliveries
from app.domain.events import EndReason, SpaceDeleted, SpaceEnded, SpaceEvent
from app.domain.evolution import evolve
from app.domain.personal import PersonalEvent
from app.domain.roster import InvitationState, RequestOutcome, Role, SeatEnd, SpeakPolicy
from app.domain.spaces import Space, SpaceState
from tests.domain.builders import LATER, NOW, SMALL, person, space


def told(before: Space, events: list[SpaceEvent]) -> list[tuple[str, PersonalEvent]]:
    """Who is told what."""
    _, numbered = evolve(before, events)
    return [(one.person_id, one.event) for one in deliveries(before, numbered)]


def test_an_invitation_reaches_the_invited() -> None:
    room = space()
    sent = stage.invite(room, room.host, person("ana"), Role.SPEAKER, invitation_id="i", limits=SMALL, now=LATER)
    [(who, what)] = told(room, sent)
    assert (who, type(what), what.at) == ("ana", personal.InvitationReceived, LATER)


def test_its_end_reaches_both_who_sent_it_and_who_has_it() -> None:
    room = space(invited={"ana": Role.SPEAKER})
    declined = told(room, stage.decline_invitation(room, person("ana"), "i-ana", LATER))
    closed = personal.InvitationClosed(
        at=LATER, space_id="space", invitation_id="i-ana", state=InvitationState.DECLINED
    )
    assert declined == [("ana", closed), ("hana", closed)]


def test_whoever_takes_a_seat_has_another_role() -> None:
    room = space(invited={"ana": Role.COHOST})
    events = told(room, stage.accept_invitation(room, person("ana"), "i-ana", SMALL, LATER))
    assert ("ana", personal.RoleChanged(at=LATER, space_id="space", role=Role.COHOST)) in events


def test_a_raised_hand_reaches_the_moderators_and_its_answer_who_asked_too() -> None:
    room = space(cohosts=["cora"], speakers=["sam"])
    asked = told(room, stage.request_to_speak(room, person("ana"), request_id="r", now=LATER))
    assert [(who, type(what)) for who, what in asked] == [
        ("hana", personal.SpeakRequestReceived),
        ("cora", personal.SpeakRequestReceived),
    ]
    room = space(cohosts=["cora"], asking=["ana"])
    closed = personal.SpeakRequestClosed(
        at=LATER, space_id="space", request_id="r-ana", outcome=RequestOutcome.DECLINED
    )
    declined = told(room, stage.decline_request(room, person("cora"), "r-ana", LATER))
    assert declined == [("ana", closed), ("hana", closed), ("cora", closed)]


def test_a_tightened_policy_tells_everyone_who_was_asking() -> None:
    room = space(asking=["ana", "ben"])
    events = told(room, life.set_speak_policy(room, room.host, SpeakPolicy.INVITED_ONLY, LATER))
    assert {who for who, _ in events} == {"ana", "ben", "hana"}


def test_a_seat_that_was_taken_back_says_why() -> None:
    room = space(speakers=["sam"])
    [(who, what)] = told(room, stage.remove(room, room.host, "sam", LATER))
    assert what == personal.RoleChanged(at=LATER, space_id="space", role=Role.LISTENER, end=SeatEnd.REMOVED)
    assert who == "sam"


def test_both_hosts_are_told_of_a_transfer() -> None:
    room = space(cohosts=["cora"])
    roles = [
        (who, what.role)
        for who, what in told(room, life.transfer_host(room, room.host, "cora", LATER))
        if isinstance(what, personal.RoleChanged)
    ]
    assert roles == [("cora", Role.HOST), ("hana", Role.COHOST)]


def test_with_the_space_its_invitations_end_for_the_invited() -> None:
    for over in (SpaceEnded(at=LATER, reason=EndReason.HOST), SpaceDeleted(at=LATER)):
        room = space(SpaceState.PREPARING, invited={"ana": Role.SPEAKER, "ben": Role.COHOST})
        events = told(room, [over])
        assert [who for who, _ in events] == ["ana", "ben"]
        states = [what.state for _, what in events if isinstance(what, personal.InvitationClosed)]
        assert states == [InvitationState.EXPIRED] * 2


@given(st.lists(st.sampled_from(["ana", "ben", "cora", "dora"]), max_size=4, unique=True))
def test_no_two_deliveries_to_a_person_have_one_key(asking: list[str]) -> None:
    room = space(asking=asking, invited=dict.fromkeys(asking, Role.SPEAKER))
    events: list[SpaceEvent] = [
        *life.set_speak_policy(room, room.host, SpeakPolicy.INVITED_ONLY, NOW),
        SpaceEnded(at=NOW, reason=EndReason.HOST),
    ]
    keys = [(one.person_id, one.key) for one in deliveries(room, evolve(room, events)[1])]
    assert len(keys) == len(set(keys))
