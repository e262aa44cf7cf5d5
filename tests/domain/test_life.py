"""The life of a Space: starting, changing and ending it."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from app.domain import evolution, life, recordings, refusals
from app.domain.actions import Action, View
from app.domain.capabilities import capabilities
from app.domain.drafts import Edit
from app.domain.events import EndReason, SpaceEnded
from app.domain.permissions import may
from app.domain.roster import Person, Role, SpeakPolicy
from app.domain.spaces import Space, SpaceState
from app.domain.standing import Standing
from tests.domain.builders import LATER, NOW, after, person, space

HANA = person("hana")


def test_starting_makes_it_live_once() -> None:
    live = after(space(SpaceState.PREPARING), life.start(space(SpaceState.PREPARING), HANA, LATER))
    assert (live.state, live.started_at, live.version) == (SpaceState.LIVE, LATER, 2)
    with pytest.raises(refusals.SpaceAlreadyStarted):
        life.start(live, HANA, LATER)


def test_ending_clears_the_room_and_is_final() -> None:
    full = space(
        cohosts=["ana"], speakers=["ben"], asking=["cem"], invited={"dia": Role.SPEAKER}, listeners=7, anonymous=2
    )
    over = after(full, life.end(full, HANA, LATER))
    assert (over.state, over.ended_at, over.end_reason) == (SpaceState.ENDED, LATER, EndReason.HOST)
    assert (over.stage, over.requests, over.invitations, over.listeners, over.anonymous) == ((), (), (), 0, 0)


@pytest.mark.parametrize("state", [SpaceState.PREPARING, SpaceState.ENDED])
def test_a_deleted_space_is_nobodys_and_keeps_nothing_of_what_was_said_of_it(state: SpaceState) -> None:
    room = space(state, invited={"ana": Role.SPEAKER}, topics=("art",), language="en")
    gone = after(room, life.delete(room, HANA, LATER, confirmed=True))
    assert (gone.id, gone.state, gone.title, gone.topics, gone.language) == (room.id, SpaceState.DELETED, "", (), None)
    assert (gone.stage, gone.requests, gone.invitations) == ((), (), ())
    assert not any(may(Standing(viewer), View.SPACE, gone) for viewer in ("hana", "ana", None))
    assert capabilities(Standing("hana", is_in=True), gone) == set()


def test_a_live_space_is_not_deleted_and_none_by_mistake() -> None:
    with pytest.raises(refusals.SpaceIsLive) as caught:
        life.delete(space(), HANA, NOW, confirmed=True)
    assert caught.value.field == "spaceId"
    with pytest.raises(refusals.ConfirmationRequired) as unsure:
        life.delete(space(SpaceState.ENDED), HANA, NOW, confirmed=False)
    assert unsure.value.field == "confirm"


def test_a_recording_is_deleted_once_and_for_good_and_the_space_stays() -> None:
    over = space(SpaceState.ENDED)
    assert over.keeps_recording
    gone = after(over, recordings.delete(over, HANA, LATER, confirmed=True))
    assert (gone.state, gone.recording_enabled, gone.recording_deleted_at) == (SpaceState.ENDED, True, LATER)
    assert not gone.keeps_recording
    assert recordings.delete(gone, HANA, LATER, confirmed=True) == []
    assert capabilities(Standing("hana"), over) - capabilities(Standing("hana"), gone) == {
        Action.LISTEN,
        Action.CREATE_CLIP,
        Action.DELETE_RECORDING,
        Action.UPDATE_RECORDING,
    }


@pytest.mark.parametrize(
    ("room", "refusal", "field"),
    [
        (space(SpaceState.PREPARING), refusals.SpaceNotLive, "spaceId"),
        (space(), refusals.SpaceIsLive, "spaceId"),
        (space(SpaceState.ENDED, recording_enabled=False), refusals.RecordingDisabled, "spaceId"),
    ],
)
def test_there_is_a_recording_to_delete_after_the_end_alone(
    room: Space, refusal: type[refusals.Refusal], field: str
) -> None:
    with pytest.raises(refusal) as caught:
        recordings.delete(room, HANA, NOW, confirmed=True)
    assert caught.value.field == field


def test_no_recording_is_deleted_by_mistake_or_by_another() -> None:
    with pytest.raises(refusals.ConfirmationRequired) as unsure:
        recordings.delete(space(SpaceState.ENDED), HANA, NOW, confirmed=False)
    assert unsure.value.field == "confirm"
    with pytest.raises(refusals.NotPermitted):
        recordings.delete(space(SpaceState.ENDED), person("ben"), NOW, confirmed=True)


def test_only_a_live_space_can_be_ended() -> None:
    with pytest.raises(refusals.SpaceNotLive):
        life.end(space(SpaceState.PREPARING), HANA, NOW)
    with pytest.raises(refusals.SpaceEnded):
        life.end(space(SpaceState.ENDED), HANA, NOW)


def update(before: Space, edit: Edit, actor: Person = HANA) -> Space:
    return after(before, life.update(before, actor, edit, topics=("art", "music"), now=NOW))


def refused(before: Space, edit: Edit) -> list[tuple[str, str | None]]:
    with pytest.raises(ExceptionGroup) as caught:
        update(before, edit)
    return [(one.code, one.field) for one in caught.value.exceptions if isinstance(one, refusals.Refusal)]


EVERYTHING = Edit(
    title=" On storms ",
    topics=("art",),
    language="en",
    recording_enabled=False,
    clipping_allowed=False,
    speak_policy=SpeakPolicy.INVITED_ONLY,
)


def test_before_the_start_every_setting_may_change() -> None:
    changed = update(space(SpaceState.PREPARING), EVERYTHING)
    assert (changed.title, changed.topics, changed.language) == ("On storms", ("art",), "en")
    assert (changed.recording_enabled, changed.clipping_allowed) == (False, False)
    assert changed.speak_policy is SpeakPolicy.INVITED_ONLY
    assert update(changed, EVERYTHING) == changed


def test_what_an_edit_does_not_name_stays_even_where_the_server_has_other_topics_by_now() -> None:
    before = space(SpaceState.PREPARING, topics=("yachts",), language="en")
    assert update(before, Edit(title="On storms")) == replace(before, title="On storms", version=2)
    assert update(before, Edit(language=None)) == replace(before, language=None, version=2)
    assert update(before, Edit()) == before


def test_while_live_the_title_may_change_and_each_other_field_is_refused_by_its_name() -> None:
    assert update(space(), Edit(title="On storms")).title == "On storms"
    assert refused(space(), EVERYTHING) == [
        ("FIELD_LOCKED_AFTER_LIVE", "topics"),
        ("FIELD_LOCKED_AFTER_LIVE", "language"),
        ("RECORDING_LOCKED", "recordingEnabled"),
        ("FIELD_LOCKED_AFTER_LIVE", "clippingAllowed"),
        ("FIELD_LOCKED_AFTER_LIVE", "speakPolicy"),
    ]
    unchanged = Edit(recording_enabled=True, title="x" * 71, topics=("yachts",))
    assert refused(space(), unchanged) == [
        ("FIELD_LOCKED_AFTER_LIVE", "topics"),
        ("RECORDING_LOCKED", "recordingEnabled"),
        ("INVALID_TITLE", "title"),
    ]


def test_an_edit_keeps_the_rules_of_a_draft() -> None:
    assert refused(space(SpaceState.PREPARING), Edit(title="", topics=("yachts",), language="?")) == [
        ("INVALID_TITLE", "title"),
        ("UNKNOWN_TOPIC", "topics"),
        ("INVALID_LANGUAGE", "language"),
    ]


def test_the_host_hands_over_to_a_cohost_and_sits_on_as_one_as_they_were() -> None:
    before = space(cohosts=["cora", "cleo"], speakers=["sam"], open_microphones=["hana", "cora"])
    handed = after(before, life.transfer_host(before, HANA, "cora", LATER))
    assert (handed.host, handed.host_absent_since) == (person("cora"), None)
    assert [(seat.person.id, seat.role, seat.muted) for seat in handed.stage] == [
        ("hana", Role.COHOST, False),
        ("cora", Role.HOST, False),
        ("cleo", Role.COHOST, True),
        ("sam", Role.SPEAKER, True),
    ]
    assert after(handed, life.end(handed, person("cora"), LATER)).state is SpaceState.ENDED
    with pytest.raises(refusals.NotPermitted):
        life.end(handed, HANA, LATER)


def test_a_host_who_hands_over_from_outside_keeps_no_seat() -> None:
    before = space(SpaceState.LIVE, cohosts=["cora"], host_absent_since=NOW)
    handed = after(before, life.transfer_host(before, HANA, "cora", LATER))
    assert (handed.host, handed.host_absent_since) == (person("cora"), None)
    assert [(seat.person.id, seat.role) for seat in handed.stage] == [("cora", Role.HOST)]


@pytest.mark.parametrize("name", ["hana", "sam", "lea"])
def test_a_space_is_handed_to_a_cohost_and_nobody_else(name: str) -> None:
    with pytest.raises(refusals.NotACohost) as caught:
        life.transfer_host(space(cohosts=["cora"], speakers=["sam"]), HANA, name, NOW)
    assert caught.value.field == "userId"


def test_tightening_the_policy_expires_the_queue_and_leaves_the_seated_alone() -> None:
    before = space(speakers=["ana"], asking=["ben", "cem"])
    tight = after(before, life.set_speak_policy(before, HANA, SpeakPolicy.INVITED_ONLY, NOW))
    assert (tight.requests, tight.stage, tight.version) == ((), before.stage, 4)

    loose = after(tight, life.set_speak_policy(tight, HANA, SpeakPolicy.EVERYONE, NOW))
    assert (loose.speak_policy, loose.requests) == (SpeakPolicy.EVERYONE, ())
    assert life.set_speak_policy(loose, HANA, SpeakPolicy.EVERYONE, NOW) == []


@pytest.mark.parametrize("before", list(SpeakPolicy))
@pytest.mark.parametrize("policy", list(SpeakPolicy))
def test_only_a_policy_that_lets_fewer_ask_expires_the_queue(before: SpeakPolicy, policy: SpeakPolicy) -> None:
    tighter = [("EVERYONE", "FOLLOWED_BY_HOST"), ("EVERYONE", "INVITED_ONLY"), ("FOLLOWED_BY_HOST", "INVITED_ONLY")]
    room = space(asking=["ben"], speak_policy=before)
    changed = after(room, life.set_speak_policy(room, HANA, policy, NOW))
    assert changed.speak_policy is policy
    assert bool(changed.requests) is ((before, policy) not in tighter)


def test_clipping_is_switched_by_the_host() -> None:
    off = after(space(), life.set_clipping_allowed(space(), HANA, False, NOW))
    assert off.clipping_allowed is False
    assert life.set_clipping_allowed(off, HANA, False, NOW) == []
    assert after(off, life.set_clipping_allowed(off, HANA, True, NOW)).clipping_allowed


def test_clipping_that_is_off_at_the_start_stays_off() -> None:
    silent = space(SpaceState.PREPARING, clipping_allowed=False)
    assert after(silent, life.set_clipping_allowed(silent, HANA, True, NOW)).clipping_allowed
    live = after(silent, life.start(silent, HANA, NOW))
    with pytest.raises(refusals.ClippingLocked) as caught:
        life.set_clipping_allowed(live, HANA, True, NOW)
    assert caught.value.field == "clippingAllowed"
    assert life.set_clipping_allowed(live, HANA, False, NOW) == []


def test_nothing_changes_after_the_end() -> None:
    over = space(SpaceState.ENDED)
    attempts: list[Callable[[], object]] = [
        lambda: life.start(over, HANA, NOW),
        lambda: life.transfer_host(over, HANA, "cora", NOW),
        lambda: life.end(over, HANA, NOW),
        lambda: life.update(over, HANA, Edit(title="On storms"), topics=(), now=NOW),
        lambda: life.set_speak_policy(over, HANA, SpeakPolicy.INVITED_ONLY, NOW),
        lambda: life.set_clipping_allowed(over, HANA, False, NOW),
    ]
    for attempt in attempts:
        with pytest.raises(refusals.SpaceEnded):
            attempt()


def test_every_event_is_one_version() -> None:
    before = replace(space(speakers=["ana"]), version=41)
    end, numbered = evolution.evolve(
        before,
        [
            *life.update(before, HANA, Edit(title="On storms"), topics=(), now=NOW),
            SpaceEnded(at=NOW, reason=EndReason.HOST),
        ],
    )
    assert [one.version for one in numbered] == [42, 43]
    assert end.version == 43


def test_an_operator_ends_what_is_live_and_nothing_else() -> None:
    ended = after(space(cohosts=["cora"]), life.end_by_operator(space(cohosts=["cora"]), LATER))
    assert (ended.state, ended.end_reason, ended.stage) == (SpaceState.ENDED, EndReason.OPERATOR, ())
    with pytest.raises(refusals.SpaceNotLive):
        life.end_by_operator(space(SpaceState.PREPARING), LATER)
    with pytest.raises(refusals.SpaceEnded):
        life.end_by_operator(space(SpaceState.ENDED), LATER)
