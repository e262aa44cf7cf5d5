"""Evictions: everything of a person goes, and nothing of anyone else."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain import refusals
from app.domain.events import InvitationClosed, SeatVacated, SpeakRequestClosed
from app.domain.evictions import (
    Removal,
    RemovalAction,
    evict,
    in_since,
    remove_participant,
    require_readmission,
)
from app.domain.reports import Complaint, ReportCategory
from app.domain.roster import InvitationState, RequestOutcome, Role, SeatEnd
from app.domain.spaces import Space, SpaceState
from app.domain.texts import REASON_LENGTH
from tests.domain.builders import LATER, NOW, after, person, space


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


def removed(
    room: Space,
    *,
    by: str = "hana",
    action: RemovalAction = RemovalAction.REMOVE,
    complaint: Complaint | None = None,
    reason: str | None = None,
) -> Removal:
    return remove_participant(room, person(by), person("lea"), action, complaint=complaint, reason=reason, now=LATER)


def test_a_removal_says_who_by_whom_and_why() -> None:
    complaint = Complaint(ReportCategory.ABUSE, " Insults ")
    said = removed(space(), action=RemovalAction.REPORT, complaint=complaint, reason=" Rude ")
    expected = Complaint(ReportCategory.ABUSE, "Insults")
    assert said == Removal("space", person("lea"), person("hana"), LATER, RemovalAction.REPORT, expected, "Rude")
    assert removed(space(), reason="").reason is None


def test_to_report_with_it_one_says_what() -> None:
    with pytest.raises(refusals.ReportRequired):
        removed(space(), action=RemovalAction.REPORT)
    assert removed(space(), complaint=Complaint(ReportCategory.SPAM)).complaint


def test_texts_have_an_end() -> None:
    with pytest.raises(refusals.TextTooLong) as caught:
        removed(space(), reason="x" * (REASON_LENGTH + 1))
    assert caught.value.field == "reason"


def test_nobody_is_removed_from_what_is_over() -> None:
    with pytest.raises(refusals.SpaceEnded):
        removed(space(SpaceState.ENDED))
    assert removed(space(SpaceState.PREPARING))


def test_the_same_again_is_a_repetition_and_more_is_not() -> None:
    first = removed(space(cohosts=["cora"]))
    assert replace(first, at=first.at + timedelta(hours=1), reason="Else").repeats(first)
    assert not removed(space(cohosts=["cora"]), by="cora").repeats(first)
    assert not removed(space(cohosts=["cora"]), action=RemovalAction.BLOCK).repeats(first)
    assert not removed(space(cohosts=["cora"]), complaint=Complaint(ReportCategory.SPAM)).repeats(first)


def test_the_host_lets_anyone_in_again_and_a_cohost_whom_they_removed() -> None:
    room = space(cohosts=["cora", "cleo"], speakers=["sam"])
    by_cora = removed(room, by="cora")
    require_readmission(room, person("hana"), by_cora)
    require_readmission(room, person("cora"), by_cora)
    for other in ("cleo", "sam", "lea"):
        with pytest.raises(refusals.NotPermitted):
            require_readmission(room, person(other), by_cora)
    by_both = by_cora.after(removed(room))
    assert by_cora.after(by_both).others_too
    assert not by_cora.after(by_cora).after(None).others_too
    with pytest.raises(refusals.NotPermitted):
        require_readmission(room, person("cora"), by_both)
    require_readmission(room, person("hana"), by_both)
    with pytest.raises(refusals.SpaceEnded):
        require_readmission(space(SpaceState.ENDED), person("hana"), by_cora)


def test_since_when_someone_is_in_stays_the_same_until_nothing_of_them_is_left() -> None:
    room = space(speakers=["sam"], asking=["rob"], invited={"ines": Role.SPEAKER})
    assert [in_since(room, name, None) for name in ("sam", "rob", "ines", "lea")] == [NOW, NOW, NOW, None]
    assert in_since(room, "sam", LATER) == in_since(space(), "sam", LATER) == LATER
