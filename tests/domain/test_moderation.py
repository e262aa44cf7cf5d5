"""The moderation log: what of each command belongs into it."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from app.domain import life, stage
from app.domain.events import SpaceEvent
from app.domain.evolution import evolve
from app.domain.moderation import Measure, block_entry, log_entries, readmission_entry, removal_entry
from app.domain.removals import Removal, RemovalAction
from app.domain.reports import Complaint, ReportCategory
from app.domain.roster import Person, Role, SpeakPolicy
from app.domain.spaces import Space
from tests.domain.builders import LATER, NOW, SMALL, person, space

HANA, SAM, ROB, INES = (person(name) for name in ("hana", "sam", "rob", "ines"))
ROOM = space(
    cohosts=["cora"],
    speakers=["sam"],
    asking=["rob"],
    invited={"ines": Role.SPEAKER},
    open_microphones=["hana", "cora", "sam"],
)
Command = Callable[[Space, Person], list[SpaceEvent]]


def invite(room: Space, who: Person, name: str, role: Role) -> list[SpaceEvent]:
    return stage.invite(room, who, person(name), role, invitation_id="i", limits=SMALL, now=NOW)


def logged(actor: Person, command: Command) -> list[tuple[Measure, str]]:
    _, numbered = evolve(ROOM, command(ROOM, actor))
    entries = log_entries(ROOM, actor, numbered)
    versions = {one.version for one in numbered}
    assert all((one.space_id, one.actor, one.at) == (ROOM.id, actor, NOW) for one in entries)
    assert versions >= {one.version for one in entries}
    return [(one.measure, one.target.id) for one in entries]


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (lambda room, who: stage.mute(room, who, "sam", NOW), [(Measure.MUTED, "sam")]),
        (lambda room, who: stage.mute_all(room, who, NOW), [(Measure.MUTED, "cora"), (Measure.MUTED, "sam")]),
        (lambda room, who: stage.remove(room, who, "sam", NOW), [(Measure.REMOVED_FROM_STAGE, "sam")]),
        (lambda room, who: stage.decline_request(room, who, "r-rob", NOW), [(Measure.REQUEST_DECLINED, "rob")]),
        (lambda room, who: stage.accept_request(room, who, "r-rob", SMALL, NOW), [(Measure.REQUEST_ACCEPTED, "rob")]),
        (lambda room, who: invite(room, who, "new", Role.SPEAKER), [(Measure.INVITED, "new")]),
        (
            lambda room, who: invite(room, who, "ines", Role.COHOST),
            [(Measure.INVITATION_REVOKED, "ines"), (Measure.INVITED, "ines")],
        ),
        (lambda room, who: stage.revoke_invitation(room, who, "i-ines", NOW), [(Measure.INVITATION_REVOKED, "ines")]),
        (lambda room, who: life.transfer_host(room, who, "cora", NOW), [(Measure.MADE_HOST, "cora")]),
    ],
)
def test_what_a_moderator_does_to_others_is_logged(command: Command, expected: list[tuple[Measure, str]]) -> None:
    assert logged(HANA, command) == expected


def test_a_removal_is_logged_as_one_and_nobody_learns_of_a_report() -> None:
    removal = Removal(ROOM.id, SAM, HANA, NOW, RemovalAction.REPORT, Complaint(ReportCategory.HATE), "Rude")
    entry = removal_entry(removal, 7)
    assert (entry.measure, entry.actor, entry.target, entry.reason) == (Measure.REMOVED, HANA, SAM, "Rude")
    assert (entry.version, entry.at) == (7, NOW)
    blocked = removal_entry(replace(removal, action=RemovalAction.BLOCK), 7)
    assert blocked.measure is Measure.BLOCKED
    assert removal_entry(removal, 8).id == entry.id != blocked.id


def test_what_came_and_went_has_an_entry_of_its_own_each_time() -> None:
    removal = Removal(ROOM.id, SAM, HANA, NOW, RemovalAction.REMOVE)
    again = replace(removal, at=LATER)
    entries = [
        removal_entry(removal, 2),
        readmission_entry(ROOM, HANA, removal, NOW),
        removal_entry(again, 2),
        readmission_entry(ROOM, HANA, again, LATER),
        block_entry(ROOM, SAM, NOW, LATER),
        block_entry(ROOM, SAM, LATER, LATER),
    ]
    assert len({one.id for one in entries}) == len(entries)
    assert block_entry(ROOM, SAM, NOW, LATER).actor == HANA


def test_an_operator_who_ends_a_space_gives_a_reason() -> None:
    room = space()
    _, numbered = evolve(room, life.end_by_operator(room, NOW))
    [entry] = log_entries(room, person("olga"), numbered, "Illegal")
    assert (entry.measure, entry.target, entry.reason) == (Measure.ENDED_BY_OPERATOR, HANA, "Illegal")


@pytest.mark.parametrize(
    ("actor", "command"),
    [
        (HANA, lambda room, who: stage.set_muted(room, who, True, NOW)),
        (HANA, lambda room, who: life.set_speak_policy(room, who, SpeakPolicy.INVITED_ONLY, NOW)),
        (HANA, lambda room, who: life.end(room, who, NOW)),
        (SAM, lambda room, who: stage.remove(room, who, "sam", NOW)),
        (ROB, lambda room, who: stage.cancel_request(room, who, NOW)),
        (INES, lambda room, who: stage.accept_invitation(room, who, "i-ines", SMALL, NOW)),
        (INES, lambda room, who: stage.decline_invitation(room, who, "i-ines", NOW)),
    ],
)
def test_what_people_do_themselves_is_not(actor: Person, command: Command) -> None:
    assert logged(actor, command) == []
