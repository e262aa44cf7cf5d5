"""The stage: coming and going, the queue, seats and microphones."""

from dataclasses import replace

import pytest

from app.domain import refusals, stage
from app.domain.events import (
    MicrophoneClosed,
    MicrophoneOpened,
    SeatVacated,
)
from app.domain.roster import Limits, Role, SeatEnd, SpeakPolicy
from app.domain.spaces import SpaceState
from tests.domain.builders import LATER, NOW, SMALL, accept, after, ask, invite, person, space, take

HANA, CORA, ANA, BEN, CEM = (person(name) for name in ("hana", "cora", "ana", "ben", "cem"))


# Coming and going


def test_everyone_may_join_a_live_space_and_only_the_invited_a_preparing_one() -> None:
    assert stage.join(space(), ANA, NOW) == []
    preparing = space(SpaceState.PREPARING, invited={"ben": Role.SPEAKER})
    assert stage.join(preparing, BEN, NOW) == []
    with pytest.raises(refusals.SpaceNotFound):
        stage.join(preparing, ANA, NOW)
    with pytest.raises(refusals.SpaceEnded):
        stage.join(space(SpaceState.ENDED), ANA, NOW)


def test_the_host_who_leaves_keeps_a_silent_seat_and_is_host_again_on_return() -> None:
    gone = after(space(open_microphones=["hana"]), stage.leave(space(open_microphones=["hana"]), "hana", LATER))
    assert (gone.host_absent_since, gone.role("hana")) == (LATER, Role.HOST)
    assert gone.stage[0].muted
    assert stage.leave(gone, "hana", LATER) == []

    back = after(gone, stage.join(gone, HANA, LATER))
    assert (back.host_absent_since, back.role("hana")) == (None, Role.HOST)
    assert stage.join(back, HANA, LATER) == []


def test_an_absent_host_who_speaks_is_back() -> None:
    gone = space(host_absent_since=NOW)
    back = after(gone, stage.set_muted(gone, HANA, False, LATER))
    assert (back.host_absent_since, back.stage[0].muted) == (None, False)
    assert after(gone, stage.set_muted(gone, HANA, True, LATER)).host_absent_since is None


@pytest.mark.parametrize("name", ["cora", "ana"])
def test_anyone_else_who_leaves_gives_the_seat_up(name: str) -> None:
    room = space(cohosts=["cora"], speakers=["ana"])
    assert stage.leave(room, name, NOW) == [SeatVacated(at=NOW, person_id=name, end=SeatEnd.LEFT)]


def test_a_raised_hand_goes_with_its_owner_and_an_invitation_stays() -> None:
    room = space(asking=["ana"], invited={"ana": Role.SPEAKER})
    left = after(room, stage.leave(room, "ana", NOW))
    assert (left.requests, left.invitations) == ((), room.invitations)


def test_leaving_where_one_is_not_or_where_all_is_over_is_nothing() -> None:
    assert stage.leave(space(), "ana", NOW) == []
    assert stage.leave(space(SpaceState.ENDED), "hana", NOW) == []


# The queue


def test_the_queue_keeps_the_order_of_asking_and_asking_twice_is_once() -> None:
    room = ask(ask(ask(space(), ANA), BEN), CEM)
    assert [one.person for one in room.requests] == [ANA, BEN, CEM]
    assert stage.request_to_speak(room, ANA, request_id="again", now=LATER) == []

    lowered = after(room, stage.cancel_request(room, BEN, LATER))
    assert [one.person for one in ask(lowered, BEN).requests] == [ANA, CEM, BEN]


def test_nobody_asks_under_invited_only_before_the_start_or_after_the_end() -> None:
    for refusal, room in (
        (refusals.RequestsClosed, space(speak_policy=SpeakPolicy.INVITED_ONLY)),
        (refusals.NotFollowedByHost, space(speak_policy=SpeakPolicy.FOLLOWED_BY_HOST)),
        (refusals.SpaceNotLive, space(SpaceState.PREPARING)),
        (refusals.SpaceEnded, space(SpaceState.ENDED)),
    ):
        with pytest.raises(refusal):
            ask(room, ANA)


def test_whom_the_host_follows_asks_where_only_they_may() -> None:
    for policy, taken in (("EVERYONE", True), ("FOLLOWED_BY_HOST", True), ("INVITED_ONLY", False)):
        room = space(speak_policy=SpeakPolicy(policy))
        try:
            events = stage.request_to_speak(room, ANA, request_id="r", now=NOW, followed_by_host=True)
        except refusals.RequestsClosed:
            events = []
        assert bool(events) is taken


def test_the_queue_is_bounded() -> None:
    room = space(asking=[f"p{n}" for n in range(stage.REQUESTS_WAITING)])
    with pytest.raises(refusals.RateLimited) as caught:
        ask(room, ANA)
    assert (caught.value.limit, caught.value.current) == (1000, 1000)


def test_an_accepted_hand_takes_a_muted_speakers_seat_in_any_order() -> None:
    room = accept(ask(ask(space(), ANA), BEN), "r-ben")
    seat = room.seat("ben")
    assert seat
    assert (seat.role, seat.muted, seat.taken_at) == (Role.SPEAKER, True, LATER)
    assert [one.person for one in room.requests] == [ANA]
    with pytest.raises(refusals.RequestNotFound):
        accept(room, "r-ben")


def test_a_seat_by_request_closes_a_speakers_invitation_and_leaves_a_cohosts_open() -> None:
    spoken_for = space(asking=["ana"], invited={"ana": Role.SPEAKER})
    assert accept(spoken_for, "r-ana").invitations == ()
    promised = space(asking=["ana"], invited={"ana": Role.COHOST})
    assert accept(promised, "r-ana").invitations == promised.invitations


def test_the_last_seat_is_granted_once() -> None:
    room = accept(space(speakers=["x", "y"], asking=["ana", "ben"]), "r-ana")
    with pytest.raises(refusals.SpeakerLimitReached) as caught:
        accept(room, "r-ben")
    assert (caught.value.limit, caught.value.current) == (3, 3)


def test_a_declined_hand_may_be_raised_again() -> None:
    room = ask(space(), ANA)
    declined = after(room, stage.decline_request(room, HANA, "r-ana", NOW))
    assert declined.requests == ()
    assert [one.person for one in ask(declined, ANA).requests] == [ANA]
    with pytest.raises(refusals.RequestNotFound):
        stage.decline_request(declined, HANA, "r-ana", NOW)


def test_there_is_no_hand_to_take_down_unless_raised() -> None:
    with pytest.raises(refusals.RequestNotFound):
        stage.cancel_request(space(), ANA, NOW)


# Seats and microphones


def test_who_is_removed_is_a_listener_again_and_may_ask_again() -> None:
    room = space(speakers=["ana"], open_microphones=["ana"])
    events = stage.remove(room, HANA, "ana", NOW)
    assert events == [SeatVacated(at=NOW, person_id="ana", end=SeatEnd.REMOVED)]
    listener = after(room, events)
    assert listener.role("ana") is Role.LISTENER
    again = accept(ask(listener, ANA), "r-ana").seat("ana")
    assert again
    assert again.muted


def test_there_is_nothing_to_remove_or_mute_in_a_listener() -> None:
    for act in (stage.remove, stage.mute):
        with pytest.raises(refusals.NotOnStage):
            act(space(), HANA, "ana", NOW)


def test_a_microphone_is_opened_by_its_owner_and_closed_by_owner_or_moderator() -> None:
    room = space(cohosts=["cora"], speakers=["ana"])
    assert stage.set_muted(room, ANA, True, NOW) == []
    opened = stage.set_muted(room, ANA, False, NOW)
    assert opened == [MicrophoneOpened(at=NOW, person_id="ana")]

    speaking = after(room, opened)
    assert stage.set_muted(speaking, ANA, False, NOW) == []
    assert stage.set_muted(speaking, ANA, True, NOW) == [MicrophoneClosed(at=NOW, person_id="ana", by="ana")]
    assert stage.mute(speaking, CORA, "ana", NOW) == [MicrophoneClosed(at=NOW, person_id="ana", by="cora")]
    assert stage.mute(speaking, ANA, "ana", NOW) == [MicrophoneClosed(at=NOW, person_id="ana", by="ana")]
    assert stage.mute(room, CORA, "ana", NOW) == []


def test_muting_all_is_muting_everyone_else_within_ones_power() -> None:
    room = space(cohosts=["cora", "cleo"], speakers=["ana", "ben"], open_microphones=["hana", "cora", "cleo", "ana"])
    by_host = stage.mute_all(room, HANA, NOW)
    assert by_host == [MicrophoneClosed(at=NOW, person_id=name, by="hana") for name in ("cora", "cleo", "ana")]
    assert stage.mute_all(room, CORA, NOW) == [MicrophoneClosed(at=NOW, person_id="ana", by="cora")]
    assert stage.mute_all(after(room, by_host), HANA, NOW) == []


def test_muting_an_absent_host_oneself_is_no_return() -> None:
    assert stage.mute(space(host_absent_since=NOW), HANA, "hana", NOW) == []


def test_after_the_end_the_stage_is_closed() -> None:
    over = space(SpaceState.ENDED)
    for attempt in (
        lambda: stage.cancel_request(over, ANA, NOW),
        lambda: stage.accept_request(over, HANA, "r-ana", SMALL, NOW),
        lambda: stage.decline_request(over, HANA, "r-ana", NOW),
        lambda: invite(over, ANA, Role.SPEAKER),
        lambda: stage.accept_invitation(over, ANA, "i-ana", SMALL, NOW),
        lambda: stage.decline_invitation(over, ANA, "i-ana", NOW),
        lambda: stage.remove(over, HANA, "ana", NOW),
        lambda: stage.set_muted(over, HANA, True, NOW),
        lambda: stage.mute(over, HANA, "ana", NOW),
        lambda: stage.mute_all(over, HANA, NOW),
        lambda: stage.revoke_invitation(over, HANA, "i-ana", NOW),
    ):
        with pytest.raises(refusals.SpaceEnded):
            attempt()


def test_a_limit_lowered_below_what_is_seated_removes_nobody_and_grants_nothing() -> None:
    tight = Limits(cohosts=1, speakers=1)
    room = space(cohosts=["x", "y"], speakers=["z", "w"], asking=["ana"], invited={"ben": Role.SPEAKER})
    with pytest.raises(refusals.SpeakerLimitReached):
        accept(room, "r-ana", tight)
    assert replace(take(room, BEN, tight), version=1, invitations=room.invitations) == room
