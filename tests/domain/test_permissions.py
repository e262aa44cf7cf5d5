"""SPEC's table of roles, cell by cell, and who may know of a Space at all."""

from collections.abc import Callable, Sequence

import pytest

from app.domain import evictions, life, recordings, schedules, stage
from app.domain.drafts import Edit
from app.domain.events import SpaceEvent
from app.domain.permissions import operates
from app.domain.posts import Post
from app.domain.refusals import Refusal
from app.domain.removals import Removal, RemovalAction
from app.domain.roster import Person, Role, SpeakPolicy
from app.domain.schedules import ScheduleEdit
from app.domain.sharing import share_post
from app.domain.spaces import Schedule, Space, SpaceState
from tests.domain.builders import LATER, NOW, SMALL, person, space

ROLES = ("host", "cohost", "speaker", "listener")
ACTORS = {"host": person("hana"), "cohost": person("cora"), "speaker": person("sam"), "listener": person("lea")}
YES, NO, HOST_SAFE, NOT_ON, ON = None, "NOT_PERMITTED", "CANNOT_TARGET_HOST", "NOT_ON_STAGE", "ALREADY_ON_STAGE"
SELF = "CANNOT_TARGET_SELF"

POST = Post("p", person("writer"), "Tides rise.", None, NOW)


def room() -> Space:
    """Everyone of the table, another co-host, another speaker, a raised hand and a pending invitation."""
    return space(
        cohosts=["cora", "cleo"],
        speakers=["sam", "sia"],
        asking=["rob"],
        invited={"ines": Role.SPEAKER},
        open_microphones=["hana", "cora", "cleo", "sia"],
    )


def invite(actor: Person, name: str, role: Role) -> list[SpaceEvent]:
    lone_cohost = space(cohosts=["cora"], speakers=["sam"])
    return stage.invite(lone_cohost, actor, person(name), role, invitation_id="i", limits=SMALL, now=NOW)


def revoke_cohost(actor: Person) -> list[SpaceEvent]:
    promised = space(cohosts=["cora"], speakers=["sam"], invited={"ines": Role.COHOST})
    return stage.revoke_invitation(promised, actor, "i-ines", NOW)


def scheduled() -> Space:
    return space(SpaceState.SCHEDULED, schedule=Schedule(LATER, "UTC", chosen_at=NOW, changed_at=NOW), stage=())


def put_out(actor: Person, name: str) -> list[Removal]:
    removal = evictions.remove_participant(
        room(), actor, person(name), RemovalAction.REMOVE, complaint=None, reason=None, now=NOW
    )
    return [removal]


Try = Callable[[Person], Sequence[object]]
TABLE: list[tuple[str, Try, tuple[str | None, str | None, str | None, str | None]]] = [
    (
        "start",
        lambda who: life.start(space(SpaceState.PREPARING, cohosts=["cora"], speakers=["sam"]), who, NOW),
        (YES, NO, NO, NO),
    ),
    (
        "delete",
        lambda who: life.delete(
            space(SpaceState.PREPARING, cohosts=["cora"], speakers=["sam"]), who, NOW, confirmed=True
        ),
        (YES, NO, NO, NO),
    ),
    (
        "delete the recording",
        lambda who: recordings.delete(space(SpaceState.ENDED), who, NOW, confirmed=True),
        (YES, NO, NO, NO),
    ),
    ("prepare", lambda who: schedules.prepare(scheduled(), who, NOW), (YES, NO, NO, NO)),
    ("cancel", lambda who: schedules.cancel(scheduled(), who, NOW), (YES, NO, NO, NO)),
    (
        "edit schedule",
        lambda who: schedules.update(scheduled(), who, ScheduleEdit(title="On storms"), time_zones=["UTC"], now=NOW),
        (YES, NO, NO, NO),
    ),
    ("end", lambda who: life.end(room(), who, NOW), (YES, NO, NO, NO)),
    ("rename", lambda who: life.update(room(), who, Edit(title="On storms"), topics=(), now=NOW), (YES, NO, NO, NO)),
    ("clipping off", lambda who: life.set_clipping_allowed(room(), who, False, NOW), (YES, NO, NO, NO)),
    (
        "speak policy",
        lambda who: life.set_speak_policy(room(), who, SpeakPolicy.INVITED_ONLY, NOW),
        (YES, NO, NO, NO),
    ),
    ("hand over", lambda who: life.transfer_host(room(), who, "cleo", NOW), (YES, NO, NO, NO)),
    ("invite a co-host", lambda who: invite(who, "new", Role.COHOST), (YES, NO, NO, NO)),
    ("make a speaker co-host", lambda who: invite(who, "sam", Role.COHOST), (YES, NO, NO, NO)),
    ("remove a co-host", lambda who: stage.remove(room(), who, "cleo", NOW), (YES, NO, NO, NO)),
    ("step down", lambda who: stage.remove(room(), who, who.id, NOW), (HOST_SAFE, YES, YES, NOT_ON)),
    ("accept a request", lambda who: stage.accept_request(room(), who, "r-rob", SMALL, NOW), (YES, YES, NO, NO)),
    ("decline a request", lambda who: stage.decline_request(room(), who, "r-rob", NOW), (YES, YES, NO, NO)),
    ("invite a speaker", lambda who: invite(who, "new", Role.SPEAKER), (YES, YES, NO, NO)),
    (
        "revoke a speaker's invitation",
        lambda who: stage.revoke_invitation(room(), who, "i-ines", NOW),
        (YES, YES, NO, NO),
    ),
    ("revoke a co-host's invitation", revoke_cohost, (YES, NO, NO, NO)),
    ("mute all", lambda who: stage.mute_all(room(), who, NOW), (YES, YES, NO, NO)),
    ("remove a speaker", lambda who: stage.remove(room(), who, "sia", NOW), (YES, YES, NO, NO)),
    ("put a speaker out", lambda who: put_out(who, "sia"), (YES, YES, NO, NO)),
    ("put a listener out", lambda who: put_out(who, "ray"), (YES, YES, NO, NO)),
    ("put a co-host out", lambda who: put_out(who, "cleo"), (YES, NO, NO, NO)),
    ("put oneself out", lambda who: put_out(who, who.id), (SELF, SELF, NO, NO)),
    ("put the host out", lambda who: put_out(who, "hana"), (SELF, HOST_SAFE, NO, NO)),
    ("mute a speaker", lambda who: stage.mute(room(), who, "sia", NOW), (YES, YES, NO, NO)),
    ("mute a co-host", lambda who: stage.mute(room(), who, "cleo", NOW), (YES, NO, NO, NO)),
    ("mute the host", lambda who: stage.mute(room(), who, "hana", NOW), (YES, HOST_SAFE, NO, NO)),
    ("remove the host", lambda who: stage.remove(room(), who, "hana", NOW), (HOST_SAFE, HOST_SAFE, NO, NO)),
    (
        "open own microphone",
        lambda who: stage.set_muted(space(cohosts=["cora"], speakers=["sam"]), who, False, NOW),
        (YES, YES, YES, NOT_ON),
    ),
    (
        "close own microphone",
        lambda who: stage.set_muted(
            space(cohosts=["cora"], speakers=["sam"], open_microphones=["hana", "cora", "sam"]), who, True, NOW
        ),
        (YES, YES, YES, NOT_ON),
    ),
    ("share a Post into it", lambda who: share_post(room(), who, POST, NOW), (YES, YES, YES, NO)),
    (
        "request to speak",
        lambda who: stage.request_to_speak(room(), who, request_id="r", now=NOW),
        (ON, ON, ON, YES),
    ),
]
CELLS = [
    pytest.param(attempt, ACTORS[role], expected, id=f"{what}-{role}")
    for what, attempt, cells in TABLE
    for role, expected in zip(ROLES, cells, strict=True)
]


@pytest.mark.parametrize(("attempt", "who", "expected"), CELLS)
def test_each_cell_of_the_table(attempt: Try, who: Person, expected: str | None) -> None:
    if expected is None:
        assert attempt(who) != []
        return
    with pytest.raises(Refusal) as caught:
        attempt(who)
    assert caught.value.code == expected
    assert caught.value.field


def test_a_cohost_takes_no_promise_of_the_hosts_back() -> None:
    promised = space(cohosts=["cora"], invited={"ines": Role.COHOST})

    def offer_less(actor: Person) -> list[SpaceEvent]:
        return stage.invite(promised, actor, person("ines"), Role.SPEAKER, invitation_id="i", limits=SMALL, now=NOW)

    with pytest.raises(Refusal) as caught:
        offer_less(person("cora"))
    assert caught.value.code == NO
    assert len(offer_less(person("hana"))) == 2


def test_operators_are_named_by_handle_in_any_case() -> None:
    assert operates(person("olga"), ["Otto", "OLGA"])
    assert not operates(person("olga2"), ["olga"])
    assert not operates(person("olga"), [])
