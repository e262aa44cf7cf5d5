"""Recordings: trimmed within bounds and back, failing and going on, and gone when their time is over."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import recordings, refusals
from app.domain.clips import clip_range
from app.domain.events import DeletionReason, RecordingDeleted, RecordingFailed, RecordingTrimmed
from app.domain.evolution import evolve
from app.domain.recorded import WHOLE, Measures, Recorded, RecordingState, Trim
from app.domain.spaces import Space, SpaceState
from tests.domain.builders import LATER, NOW, after, person, space

HANA = person("hana")
MINUTE = 60_000
ENDED = replace(space(SpaceState.ENDED), recording_enabled=True, ended_at=NOW)
LIVE = replace(space(), recording_enabled=True)
RECORDED = Recorded("space", Measures(MINUTE, WHOLE, 500_000, -16.0, -1.0))


def trimmed(room: Space, start_ms: int | None, end_ms: int | None) -> Space:
    events = recordings.trim(room, HANA, start_ms=start_ms, end_ms=end_ms, recorded_ms=MINUTE, now=LATER)
    return after(room, events)


def test_a_trim_says_what_is_heard_and_is_undone() -> None:
    cut = trimmed(ENDED, 5_000, 50_000)
    assert cut.trim == Trim(5_000, 50_000)
    assert cut.trim.within(MINUTE) == range(5_000, 50_000)
    assert recordings.trim(cut, HANA, start_ms=5_000, end_ms=50_000, recorded_ms=MINUTE, now=LATER) == []
    assert trimmed(cut, None, 50_000).trim == Trim(0, 50_000)
    assert trimmed(cut, None, None).trim == WHOLE
    assert trimmed(cut, 0, MINUTE).trim == WHOLE


@pytest.mark.parametrize(
    ("start_ms", "end_ms", "code", "field", "limit", "current"),
    [
        (-1, None, "TRIM_OUT_OF_RANGE", "startOffsetMs", 0, -1),
        (MINUTE + 1, None, "TRIM_OUT_OF_RANGE", "startOffsetMs", MINUTE, MINUTE + 1),
        (None, MINUTE + 1, "TRIM_OUT_OF_RANGE", "endOffsetMs", MINUTE, MINUTE + 1),
        (None, -5, "TRIM_OUT_OF_RANGE", "endOffsetMs", 0, -5),
        (30_000, 20_000, "TRIM_OUT_OF_RANGE", "startOffsetMs", 20_000, 30_000),
        (30_000, 30_999, "TRIM_TOO_SHORT", "endOffsetMs", 1_000, 999),
        (MINUTE, None, "TRIM_TOO_SHORT", "endOffsetMs", 1_000, 0),
    ],
)
def test_a_trim_that_cannot_be_names_field_rule_and_figures(
    start_ms: int | None, end_ms: int | None, code: str, field: str, limit: int, current: int
) -> None:
    with pytest.raises(ExceptionGroup) as refused:
        trimmed(ENDED, start_ms, end_ms)
    [one] = refused.value.exceptions
    assert isinstance(one, refusals.Refusal)
    assert (one.code, one.field, one.limit, one.current) == (code, field, limit, current)


def test_both_ends_may_be_wrong_at_once() -> None:
    with pytest.raises(ExceptionGroup) as refused:
        trimmed(ENDED, -1, MINUTE + 1)
    assert len(refused.value.exceptions) == 2


@pytest.mark.parametrize(
    ("room", "refusal"),
    [
        (LIVE, refusals.SpaceIsLive),
        (space(SpaceState.PREPARING), refusals.SpaceNotLive),
        (replace(ENDED, recording_enabled=False), refusals.RecordingDisabled),
        (replace(ENDED, recording_deleted_at=NOW), refusals.RecordingDeleted),
    ],
)
def test_only_a_recording_that_is_there_is_trimmed(room: Space, refusal: type[refusals.Refusal]) -> None:
    with pytest.raises(refusal):
        trimmed(room, 1_000, None)


def test_only_the_host_trims() -> None:
    with pytest.raises(refusals.NotPermitted):
        recordings.trim(ENDED, person("ben"), start_ms=None, end_ms=None, recorded_ms=MINUTE, now=NOW)


def test_clips_are_cut_within_the_trim() -> None:
    cut = replace(trimmed(ENDED, 5_000, 50_000), clipping_allowed=True)
    assert clip_range(cut, start_ms=None, duration_ms=None, recorded_ms=MINUTE).start_ms == 20_000
    assert clip_range(cut, start_ms=5_000, duration_ms=1_000, recorded_ms=MINUTE).start_ms == 5_000
    for start_ms, limit in ((4_999, 5_000), (49_500, 50_000), (50_001, 50_000)):
        with pytest.raises(refusals.ClipOutOfRange) as refused:
            clip_range(cut, start_ms=start_ms, duration_ms=1_000, recorded_ms=MINUTE)
        assert refused.value.limit == limit
    short = replace(cut, trim=Trim(5_000, 9_000))
    assert clip_range(short, start_ms=None, duration_ms=None, recorded_ms=MINUTE).duration_ms == 4_000


@given(start=st.integers(0, MINUTE), length=st.integers(0, MINUTE))
def test_whatever_is_trimmed_something_is_heard(start: int, length: int) -> None:
    try:
        room = trimmed(ENDED, start, start + length)
    except ExceptionGroup:
        return
    assert len(room.trim.within(MINUTE)) >= recordings.LEAST_MS


def test_a_recording_that_fails_says_so_and_goes_on() -> None:
    failing = after(LIVE, recordings.fail(LIVE, "The disk is full.", NOW))
    assert recordings.state(failing, None) is RecordingState.FAILED
    assert recordings.fail(failing, "The disk is full.", LATER) == []
    assert recordings.fail(failing, "The disk is broken.", LATER) == [
        RecordingFailed(at=LATER, reason="The disk is broken.")
    ]
    going_on = after(failing, recordings.resume(failing, LATER))
    assert recordings.state(going_on, None) is RecordingState.RECORDING
    assert going_on.recording_failure
    assert (going_on.recording_failure.at, going_on.recording_failure.resumed_at) == (NOW, LATER)
    assert recordings.resume(going_on, LATER) == []
    assert recordings.fail(space(recording_enabled=False), "The disk is full.", NOW) == [], "nothing is recorded"
    assert recordings.fail(ENDED, "The disk is full.", NOW) == []


def test_where_a_recording_is() -> None:
    assert recordings.state(space(SpaceState.PREPARING), None) is None
    assert recordings.state(space(recording_enabled=False), None) is None
    assert recordings.state(LIVE, None) is RecordingState.RECORDING
    assert recordings.state(ENDED, None) is RecordingState.RECORDING, "it is being finalised"
    assert recordings.state(ENDED, RECORDED) is RecordingState.READY
    nothing = replace(RECORDED, measures=replace(RECORDED.measures, duration_ms=0))
    assert recordings.state(ENDED, nothing) is RecordingState.FAILED
    failed = after(LIVE, recordings.fail(LIVE, "The disk is full.", NOW))
    over = replace(failed, state=SpaceState.ENDED)
    assert recordings.state(over, RECORDED) is RecordingState.FAILED
    assert recordings.state(replace(ENDED, recording_deleted_at=NOW), RECORDED) is None


def test_a_recording_goes_when_its_time_is_over() -> None:
    week = timedelta(days=7)
    assert recordings.expires_at(ENDED, None) is None
    assert recordings.expires_at(ENDED, week) == NOW + week
    assert recordings.expire(ENDED, week, NOW + week - timedelta(milliseconds=1)) == []
    [gone] = recordings.expire(ENDED, week, NOW + week)
    assert gone == RecordingDeleted(at=NOW + week, reason=DeletionReason.EXPIRED)
    deleted = after(ENDED, [gone])
    assert recordings.expires_at(deleted, week) is None
    assert recordings.expire(deleted, week, NOW + 2 * week) == []


def test_a_trim_is_one_event() -> None:
    _, [told] = evolve(ENDED, recordings.trim(ENDED, HANA, start_ms=1, end_ms=None, recorded_ms=MINUTE, now=LATER))
    assert told.event == RecordingTrimmed(at=LATER, trim=Trim(1))
