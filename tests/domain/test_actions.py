"""`may`, cell by cell: SPEC's table of roles, and a row for each action on each other kind of object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from app.domain.actions import (
    Action,
    AnyAction,
    ClipAction,
    MessageAction,
    ParticipantAction,
    PersonAction,
    PostAction,
    RemovedAction,
    ServerAction,
    SharedPostAction,
    View,
)
from app.domain.clips import Clip, ClipRange, draft
from app.domain.messages import DirectMessage
from app.domain.permissions import kept_out, may
from app.domain.posts import Post, SharedPost
from app.domain.refusals import BlockedByHost, RemovedFromSpace
from app.domain.removals import Removal, RemovalAction
from app.domain.roster import Role
from app.domain.spaces import Schedule, Space, SpaceState
from app.domain.standing import ANONYMOUS, SERVER, Object, Participant, Removed, Shown, Standing
from tests.domain.builders import LATER, NOW, person, space

ROOM = space(cohosts=["cora", "cleo"], speakers=["sam", "sia"], invited={"ines": Role.SPEAKER})
HIDDEN = replace(ROOM, state=SpaceState.PREPARING)
ANNOUNCED = replace(HIDDEN, schedule=Schedule(LATER, "UTC", chosen_at=NOW, changed_at=NOW))
PUBLIC = replace(draft("c", ROOM, "lea", ClipRange(0, 1_000), NOW), samples=48_000, expires_at=None)
DRAFT: Clip = replace(PUBLIC, expires_at=LATER)
POST = Post("p", person("writer"), "Tides rise.", None, NOW)
SHOWN = Shown(ROOM, SharedPost("p", person("sam"), NOW))
MESSAGE = DirectMessage("m", person("ana"), person("ben"), "Hi.", None, NOW)
REMOVAL = Removal("space", person("rex"), person("cora"), NOW, RemovalAction.REMOVE)

ROLES = ("hana", "cora", "sam", "lea", None)
"""Of the live Space: host, co-host, speaker, listener, anonymous."""
HOST, MODERATORS, STAGE = "h....", "hc...", "hcs.."
EVERYONE, ACCOUNTS = "hcsl-", "hcsl."

TABLE: Mapping[Action, str] = {
    Action.START: HOST,
    Action.PREPARE: HOST,
    Action.RESCHEDULE: HOST,
    Action.CANCEL: HOST,
    Action.END: HOST,
    Action.DELETE: HOST,
    Action.DELETE_RECORDING: HOST,
    Action.UPDATE_RECORDING: HOST,
    Action.READ_MODERATION_LOG: HOST,
    Action.RENAME: HOST,
    Action.CHANGE_SETTINGS: HOST,
    Action.SET_SPEAK_POLICY: HOST,
    Action.SET_CLIPPING_ALLOWED: HOST,
    Action.TRANSFER_HOST: HOST,
    Action.INVITE_COHOST: HOST,
    Action.INVITE_SPEAKER: MODERATORS,
    Action.ANSWER_REQUESTS: MODERATORS,
    Action.MUTE_OTHERS: MODERATORS,
    Action.REMOVE_FROM_STAGE: MODERATORS,
    Action.REMOVE_PARTICIPANT: MODERATORS,
    Action.STEP_DOWN: ".cs..",
    Action.USE_MICROPHONE: STAGE,
    Action.SHARE_POST: STAGE,
    Action.REQUEST_TO_SPEAK: "...l.",
    Action.JOIN: ACCOUNTS,
    Action.REACT: ACCOUNTS,
    Action.CREATE_CLIP: ACCOUNTS,
    Action.SHARE: ACCOUNTS,
    Action.REPORT: ACCOUNTS,
    Action.GIVE_FEEDBACK: ACCOUNTS,
    Action.SET_REMINDER: ACCOUNTS,
    Action.LISTEN: EVERYONE,
}

OLGA = Standing("olga", is_operator=True)
BLOCKED, REMOVED = Standing("lea", blocked=True), Standing("lea", removed=True)
Row = tuple[AnyAction, Object, Mapping[Standing, bool]]


def by(yes: str, no: str = "") -> dict[Standing, bool]:
    """Who may and who may not, by name; `-` is anonymous."""
    named = dict.fromkeys(yes.split(), True) | dict.fromkeys(no.split(), False)
    return {(ANONYMOUS if name == "-" else Standing(name)): answer for name, answer in named.items()}


ROWS: list[Row] = [
    (View.SPACE, ROOM, by("hana cora sam lea ines -") | {BLOCKED: True, REMOVED: True, OLGA: True}),
    (View.SPACE, HIDDEN, by("hana cora sam ines", "lea -") | {OLGA: False}),
    (View.SPACE, ANNOUNCED, by("hana cora sam ines lea -")),
    (View.SPACE, replace(ANNOUNCED, state=SpaceState.DELETED), by("", "hana cora lea -") | {OLGA: False}),
    (View.LISTED, ROOM, by("hana lea -") | {BLOCKED: False, REMOVED: True}),
    (View.LISTED, HIDDEN, by("hana ines", "lea -")),
    (View.CLIPS, ROOM, by("hana lea -") | {BLOCKED: False, REMOVED: True}),
    (View.TRANSCRIPT, ROOM, by("hana lea -") | {BLOCKED: False, REMOVED: False}),
    (View.TRANSCRIPT, HIDDEN, by("hana ines", "lea -")),
    (View.QUEUE, ROOM, by("hana cora", "sam lea ines -") | {OLGA: False}),
    (View.REMINDER_COUNT, ROOM, by("hana", "cora sam lea -") | {OLGA: False}),
    (View.FEEDBACK_SUMMARY, ROOM, by("hana", "cora sam lea -") | {OLGA: True}),
    (View.MODERATION_LOG, ROOM, by("hana", "cora sam lea -") | {OLGA: True}),
    (View.MODERATION_LOG, replace(ROOM, state=SpaceState.DELETED), by("", "hana -") | {OLGA: True}),
    (Action.JOIN, HIDDEN, by("hana cora sam ines", "lea -")),
    (Action.JOIN, ANNOUNCED, by("hana cora sam ines", "lea -")),
    (Action.REPORT, ROOM, {BLOCKED: True, REMOVED: True, ANONYMOUS: False}),
    (ParticipantAction.MODERATE, Participant(ROOM, "lea"), by("hana cora", "sam lea -")),
    (ParticipantAction.MODERATE, Participant(ROOM, "sia"), by("hana cora", "sam lea -")),
    (ParticipantAction.MODERATE, Participant(ROOM, "cleo"), by("hana", "cora sam lea -")),
    (ParticipantAction.MODERATE, Participant(ROOM, "hana"), by("", "hana cora sam lea -")),
    (RemovedAction.READMIT, Removed(ROOM, REMOVAL), by("hana cora", "cleo sam rex -")),
    (RemovedAction.READMIT, Removed(ROOM, replace(REMOVAL, others_too=True)), by("hana", "cora cleo sam rex -")),
    (RemovedAction.READMIT, Removed(ROOM, replace(REMOVAL, by=person("sam"))), by("hana", "sam")),
    (SharedPostAction.UNSHARE, SHOWN, by("hana cora sam", "sia lea writer -")),
    (ClipAction.SEE, DRAFT, by("lea", "hana ben -") | {OLGA: False, Standing("hana", hosts=True): False}),
    (ClipAction.SEE, PUBLIC, by("lea hana ben -") | {BLOCKED: True, Standing("ben", blocked=True): False}),
    (ClipAction.HEAR, DRAFT, by("lea", "hana ben -") | {BLOCKED: False}),
    (ClipAction.HEAR, PUBLIC, by("lea hana ben -") | {BLOCKED: False, Standing("ben", blocked=True): False}),
    (ClipAction.RENDER, DRAFT, by("lea", "hana ben -") | {BLOCKED: False}),
    (ClipAction.RENDER, PUBLIC, by("lea hana ben", "-") | {BLOCKED: False, Standing("ben", blocked=True): False}),
    (ClipAction.PUBLISH, DRAFT, by("lea", "hana ben -") | {BLOCKED: False, Standing("hana", hosts=True): False}),
    (ClipAction.DELETE, PUBLIC, by("lea", "ben -") | {Standing("hana", hosts=True): True}),
    (PostAction.READ, POST, by("writer ben -") | {Standing("ben", blocked=True): False}),
    (PostAction.DELETE, POST, by("writer", "ben -") | {OLGA: False}),
    (MessageAction.READ, MESSAGE, by("ana ben", "cem -") | {OLGA: False}),
    *(
        (
            one,
            person("ben"),
            by("ana", "ben -") | {Standing("ana", blocked=True): False, Standing("ana", blocks=True): False},
        )
        for one in PersonAction
    ),
    *((one, SERVER, by("", "hana -") | {OLGA: True}) for one in ServerAction),
]
CELLS = [
    pytest.param(action, on, viewer, expected, id=f"{action!r}-{type(on).__name__}-{viewer.id}")
    for action, on, cells in ROWS
    for viewer, expected in cells.items()
]


def check(viewer: Standing, action: AnyAction, on: Object) -> bool:
    """`may`, for pairs of which mypy cannot tell that they belong together."""
    decide: Any = may
    answer: bool = decide(viewer, action, on)
    return answer


def test_every_action_has_a_row() -> None:
    assert set(TABLE) == set(Action)
    kinds = [one for one in AnyAction.__args__ if one is not Action]
    assert {repr(action) for action, _, _ in ROWS} >= {repr(one) for kind in kinds for one in kind}


@pytest.mark.parametrize("action", Action)
def test_each_cell_of_the_table(action: Action) -> None:
    told = [may(Standing(name), action, ROOM) for name in ROLES]
    assert told == [cell != "." for cell in TABLE[action]]


@pytest.mark.parametrize(("action", "on", "viewer", "expected"), CELLS)
def test_each_cell_of_the_others(action: AnyAction, on: Object, viewer: Standing, expected: bool) -> None:
    assert check(viewer, action, on) is expected


@pytest.mark.parametrize("viewer", [BLOCKED, REMOVED])
def test_who_is_kept_out_may_do_nothing_but_report(viewer: Standing) -> None:
    for state in SpaceState:
        room: Space = replace(ROOM, state=state)
        allowed = {one for one in Action if may(viewer, one, room)}
        known = may(viewer, View.SPACE, room)
        assert allowed == ({Action.REPORT} if known else set())


def test_nobody_acts_in_a_space_that_they_may_not_know_of() -> None:
    for viewer in (Standing("lea"), ANONYMOUS, OLGA):
        assert not any(may(viewer, one, HIDDEN) for one in Action)


def test_why_someone_is_kept_out() -> None:
    assert kept_out(Standing("lea")) is None
    assert isinstance(kept_out(BLOCKED), BlockedByHost)
    assert isinstance(kept_out(REMOVED), RemovedFromSpace)
    assert isinstance(kept_out(replace(BLOCKED, removed=True)), RemovedFromSpace)
    assert kept_out(Standing(blocked=True, removed=True)) is None


def test_of_an_object_of_another_kind_nobody_may_anything() -> None:
    around: list[Object] = [Participant(ROOM, "lea"), Removed(ROOM, REMOVAL), SHOWN]
    objects: list[Object] = [ROOM, *around, PUBLIC, POST, MESSAGE, person("ben"), SERVER]
    own = dict(zip(AnyAction.__args__, [ROOM, *objects], strict=True))
    for kind, fitting in own.items():
        for on in objects:
            if on is not fitting:
                assert not any(check(replace(OLGA, id="hana"), one, on) for one in kind)
