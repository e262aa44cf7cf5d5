"""Evictions: everything of a person goes, and nothing of anyone else."""

import pytest

from app.domain import refusals
from app.domain.events import InvitationClosed, SeatVacated, SpeakRequestClosed
from app.domain.evictions import evict
from app.domain.roster import InvitationState, RequestOutcome, Role, SeatEnd
from app.domain.spaces import Space, SpaceState
from tests.domain.builders import LATER, after, space


@pytest.mark.parametrize("before", [space(cohosts=["sam", "sia"]), space(speakers=["sam", "sia"])])
def test_a_seat_goes_and_the_others_stay(before: Space) -> None:
    events = evict(before, "sam", LATER)
    assert events == [SeatVacated(at=LATER, person_id="sam", end=SeatEnd.REMOVED)]
    assert [seat.person.id for seat in after(before, events).stage] == ["hana", "sia"]


def test_a_raised_hand_and_an_invitation_go() -> None:
    before = space(asking=["rob", "ray"], invited={"rob": Role.SPEAKER, "ines": Role.COHOST})
    events = evict(before, "rob", LATER)
    assert events == [
        SpeakRequestClosed(at=LATER, request_id="r-rob", outcome=RequestOutcome.DECLINED),
        InvitationClosed(at=LATER, invitation_id="i-rob", state=InvitationState.REVOKED),
    ]
    left = after(before, events)
    assert [one.person.id for one in left.requests] == ["ray"]
    assert [one.person.id for one in left.invitations] == ["ines"]


def test_a_listener_leaves_no_trace_and_an_ended_space_has_nobody() -> None:
    assert evict(space(), "lea", LATER) == []
    assert evict(space(SpaceState.ENDED), "lea", LATER) == []


def test_the_host_stays() -> None:
    with pytest.raises(refusals.CannotTargetHost):
        evict(space(), "hana", LATER)
