"""What a viewer is told they may do is what the commands then let them do."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from app.domain import evictions, life, recordings, schedules, stage
from app.domain.actions import Action
from app.domain.capabilities import capabilities
from app.domain.drafts import Edit
from app.domain.events import SpaceEvent
from app.domain.posts import Post
from app.domain.refusals import Refusal
from app.domain.removals import RemovalAction
from app.domain.roster import Limits, Person, Role, SpeakPolicy
from app.domain.schedules import ScheduleEdit
from app.domain.sharing import share_post
from app.domain.spaces import Schedule, Space, SpaceState
from app.domain.standing import Standing
from tests.domain.builders import LATER, NOW, person, space

POST = Post("p", person("writer"), "Tides rise.", None, NOW)
WIDE = Limits(cohosts=9, speakers=9)


def remove_participant(room: Space, who: Person) -> list[SpaceEvent]:
    evictions.remove_participant(room, who, person("sia"), RemovalAction.REMOVE, complaint=None, reason=None, now=NOW)
    return evictions.evict(room, "sia", NOW)


ATTEMPTS: dict[Action, Callable[[Space, Person], list[SpaceEvent]]] = {
    Action.START: lambda room, who: life.start(room, who, NOW),
    Action.END: lambda room, who: life.end(room, who, NOW),
    Action.DELETE: lambda room, who: life.delete(room, who, NOW, confirmed=True),
    Action.UPDATE_RECORDING: lambda room, who: recordings.trim(
        room, who, start_ms=None, end_ms=None, recorded_ms=60_000, now=NOW
    ),
    Action.DELETE_RECORDING: lambda room, who: recordings.delete(room, who, NOW, confirmed=True),
    Action.RENAME: lambda room, who: life.update(room, who, Edit(title="On storms"), topics=(), now=NOW),
    Action.CHANGE_SETTINGS: lambda room, who: life.update(room, who, Edit(language="en"), topics=(), now=NOW),
    Action.SET_SPEAK_POLICY: lambda room, who: life.set_speak_policy(room, who, SpeakPolicy.EVERYONE, NOW),
    Action.SET_CLIPPING_ALLOWED: lambda room, who: life.set_clipping_allowed(room, who, True, NOW),
    Action.TRANSFER_HOST: lambda room, who: life.transfer_host(room, who, "cleo", NOW),
    Action.INVITE_COHOST: lambda room, who: invite(room, who, Role.COHOST),
    Action.INVITE_SPEAKER: lambda room, who: invite(room, who, Role.SPEAKER),
    Action.ANSWER_REQUESTS: lambda room, who: stage.decline_request(room, who, "r-rob", NOW),
    Action.MUTE_OTHERS: lambda room, who: stage.mute(room, who, "sia", NOW),
    Action.REMOVE_FROM_STAGE: lambda room, who: stage.remove(room, who, "sia", NOW),
    Action.REMOVE_PARTICIPANT: remove_participant,
    Action.STEP_DOWN: lambda room, who: stage.remove(room, who, who.id, NOW),
    Action.USE_MICROPHONE: lambda room, who: stage.set_muted(room, who, False, NOW),
    Action.REQUEST_TO_SPEAK: lambda room, who: stage.request_to_speak(room, who, request_id="r", now=NOW),
    Action.SHARE_POST: lambda room, who: share_post(room, who, POST, NOW),
    Action.PREPARE: lambda room, who: schedules.prepare(room, who, NOW),
    Action.RESCHEDULE: lambda room, who: schedules.update(room, who, ScheduleEdit(), time_zones=(), now=NOW),
    Action.CANCEL: lambda room, who: schedules.cancel(room, who, NOW),
    Action.SET_REMINDER: lambda room, who: reminded(room),
    Action.JOIN: lambda room, who: stage.join(room, who, NOW),
}

STATES = [one for one in SpaceState if one is not SpaceState.DELETED]
EMPTY = (SpaceState.SCHEDULED, SpaceState.CANCELED, SpaceState.EXPIRED)
PEOPLE = ["hana", "cora", "sam", "lea"]


def invite(room: Space, who: Person, role: Role) -> list[SpaceEvent]:
    return stage.invite(room, who, person("new"), role, invitation_id="i", limits=WIDE, now=NOW)


def reminded(room: Space) -> list[SpaceEvent]:
    schedules.require_upcoming(room)
    return []


def rooms(state: SpaceState) -> list[Space]:
    """The ways a Space can be in this state that matter to what is possible."""
    people: dict[str, Any] = {"cohosts": ["cora", "cleo"], "speakers": ["sam", "sia"], "asking": ["rob"]}
    people = {"stage": ()} if state in EMPTY else people
    common = space(state, **people, invited={} if state in (*EMPTY, SpaceState.ENDED) else {"lea": Role.SPEAKER})
    closed = replace(common, speak_policy=SpeakPolicy.INVITED_ONLY)
    never_clipped = replace(common, clipping_allowed=False, never_clipped=common.started_at is not None)
    planned = Schedule(LATER, "UTC", chosen_at=NOW, changed_at=NOW)
    announced = [replace(one, schedule=planned) for one in (common, closed, never_clipped)]
    return announced if state in EMPTY else [common, closed, never_clipped, *announced]


def is_possible(action: Action, room: Space, who: Person) -> bool:
    try:
        ATTEMPTS[action](room, who)
    except (Refusal, ExceptionGroup):
        return False
    return True


CASES = [
    pytest.param(room, name, id=f"{state.value}-{number}-{name}")
    for state, name in itertools.product(STATES, PEOPLE)
    for number, room in enumerate(rooms(state))
]


@pytest.mark.parametrize(("room", "name"), CASES)
def test_what_is_told_is_what_is_possible(room: Space, name: str) -> None:
    told = capabilities(Standing(name, is_in=True), room)
    assert {one for one in ATTEMPTS if is_possible(one, room, person(name))} == told & ATTEMPTS.keys()


def test_handing_over_needs_a_cohost() -> None:
    assert Action.TRANSFER_HOST not in capabilities(Standing("hana", is_in=True), space(speakers=["sam"]))


def test_a_raised_hand_is_raised_once() -> None:
    assert Action.REQUEST_TO_SPEAK not in capabilities(Standing("rob", is_in=True), space(asking=["rob"]))


def test_what_takes_being_in_the_space() -> None:
    inside, outside = (capabilities(Standing("lea", is_in=is_in), space()) for is_in in (True, False))
    assert inside - outside == {
        Action.REQUEST_TO_SPEAK,
        Action.REACT,
        Action.CREATE_CLIP,
        Action.SHARE,
        Action.GIVE_FEEDBACK,
    }
    assert outside == {Action.JOIN, Action.LISTEN, Action.REPORT}
    assert Action.GIVE_FEEDBACK in capabilities(Standing("lea", was_in=True), space())


def test_what_is_left_after_the_end_is_the_recording() -> None:
    left = {Action.LISTEN, Action.CREATE_CLIP, Action.SHARE, Action.REPORT}
    assert capabilities(Standing("lea", is_in=False), space(SpaceState.ENDED)) == left
    assert Action.GIVE_FEEDBACK in capabilities(Standing("lea", was_in=True), space(SpaceState.ENDED))
    assert capabilities(Standing(is_in=False), space(SpaceState.ENDED)) == {Action.LISTEN}
    assert Action.DELETE in capabilities(Standing("hana", is_in=False), space(SpaceState.ENDED))
    unclipped = space(SpaceState.ENDED, clipping_allowed=False)
    assert Action.CREATE_CLIP not in capabilities(Standing("lea", is_in=False), unclipped)
    unrecorded = capabilities(Standing("lea", is_in=False), space(SpaceState.ENDED, recording_enabled=False))
    assert unrecorded == {Action.SHARE, Action.REPORT}


def test_without_recording_there_is_live_sound_and_no_clip() -> None:
    told = capabilities(Standing("lea", is_in=True), space(recording_enabled=False))
    assert Action.LISTEN in told
    assert Action.CREATE_CLIP not in told


def test_whom_the_host_follows_may_ask_where_only_they_may() -> None:
    room = space(speak_policy=SpeakPolicy.FOLLOWED_BY_HOST)
    for followed in (True, False):
        told = capabilities(Standing("lea", is_in=True, followed_by_host=followed), room)
        assert (Action.REQUEST_TO_SPEAK in told) is followed
    closed = space(speak_policy=SpeakPolicy.INVITED_ONLY)
    assert Action.REQUEST_TO_SPEAK not in capabilities(Standing("lea", is_in=True, followed_by_host=True), closed)


KEPT_OUT = [Standing("lea", blocked=True), Standing("lea", is_in=True, was_in=True, removed=True)]


@pytest.mark.parametrize("viewer", KEPT_OUT)
def test_who_is_kept_out_may_do_nothing(viewer: Standing) -> None:
    for state in SpaceState:
        assert capabilities(viewer, space(state)) == set()
