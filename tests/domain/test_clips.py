"""Clips: which seconds may be cut, and whose a clip is."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import refusals
from app.domain.clips import CLIP_MS, DRAFT_LIFE, Clip, ClipRange, clip_range, draft
from app.domain.permissions import may_delete_clip, may_publish_clip, may_see_clip
from app.domain.spaces import SpaceState
from tests.domain.builders import LATER, NOW, space

MINUTE = 60_000


@pytest.mark.parametrize("state", [SpaceState.LIVE, SpaceState.ENDED])
def test_without_a_start_it_is_the_last_30_s_or_what_there_is(state: SpaceState) -> None:
    recorded = space(state)
    assert clip_range(recorded, start_ms=None, duration_ms=None, recorded_ms=MINUTE) == ClipRange(30_000, 30_000)
    assert clip_range(recorded, start_ms=None, duration_ms=None, recorded_ms=9_000) == ClipRange(0, 9_000)
    assert clip_range(recorded, start_ms=None, duration_ms=5_000, recorded_ms=MINUTE) == ClipRange(55_000, 5_000)


def test_with_a_start_it_is_exactly_what_was_asked_for() -> None:
    assert clip_range(space(), start_ms=0, duration_ms=1, recorded_ms=1) == ClipRange(0, 1)
    assert clip_range(space(), start_ms=30_000, duration_ms=None, recorded_ms=MINUTE) == ClipRange(30_000, 30_000)


@pytest.mark.parametrize(
    ("start_ms", "duration_ms", "recorded_ms", "field", "limit", "current"),
    [
        (30_001, 30_000, MINUTE, "startOffsetMs", MINUTE, MINUTE + 1),
        (2**31 - 1, 30_000, MINUTE, "startOffsetMs", MINUTE, 2**31 - 1),
        (-1, 1_000, MINUTE, "startOffsetMs", 0, -1),
        (0, 0, MINUTE, "durationMs", 1, 0),
        (None, -5, MINUTE, "durationMs", 1, -5),
        (None, None, 0, "spaceId", None, 0),
    ],
)
def test_what_was_not_recorded_is_out_of_range(
    start_ms: int | None, duration_ms: int | None, recorded_ms: int, field: str, limit: int | None, current: int
) -> None:
    with pytest.raises(refusals.ClipOutOfRange) as caught:
        clip_range(space(), start_ms=start_ms, duration_ms=duration_ms, recorded_ms=recorded_ms)
    assert (caught.value.field, caught.value.limit, caught.value.current) == (field, limit, current)


def test_30_s_is_the_most() -> None:
    with pytest.raises(refusals.ClipTooLong) as caught:
        clip_range(space(), start_ms=0, duration_ms=CLIP_MS + 1, recorded_ms=MINUTE)
    assert (caught.value.field, caught.value.limit, caught.value.current) == ("durationMs", 30_000, 30_001)


@pytest.mark.parametrize(
    ("refusal", "changes"),
    [
        (refusals.SpaceNotLive, {"state": SpaceState.PREPARING}),
        (refusals.RecordingDisabled, {"recording_enabled": False}),
        (refusals.ClippingDisabled, {"clipping_allowed": False}),
        (refusals.RecordingDeleted, {"recording_deleted_at": NOW, "state": SpaceState.ENDED}),
        (refusals.ClippingDisabled, {"clipping_allowed": False, "state": SpaceState.ENDED}),
    ],
)
def test_no_clip_where_there_is_no_recording_or_no_leave(
    refusal: type[refusals.Refusal], changes: dict[str, object]
) -> None:
    with pytest.raises(refusal):
        clip_range(space(**changes), start_ms=0, duration_ms=1, recorded_ms=MINUTE)  # type: ignore[arg-type]


OFFSETS = st.integers(-100_000, 100_000)


@given(st.none() | OFFSETS, st.none() | OFFSETS, st.integers(0, 100_000))
def test_every_range_granted_lies_in_the_recording(start: int | None, duration: int | None, recorded: int) -> None:
    try:
        cut = clip_range(space(), start_ms=start, duration_ms=duration, recorded_ms=recorded)
    except (refusals.ClipOutOfRange, refusals.ClipTooLong):
        wanted = CLIP_MS if duration is None else duration
        assert not (0 <= (start or 0) < (start or 0) + wanted <= min(recorded, (start or 0) + CLIP_MS))
    else:
        assert 0 <= cut.start_ms < cut.start_ms + cut.duration_ms <= recorded
        assert cut.duration_ms <= CLIP_MS
        assert start in (None, cut.start_ms)


def cut_clip() -> Clip:
    """A draft of lea's, of hana's Space."""
    return replace(draft("clip", space(), "lea", ClipRange(0, 1_000), NOW), samples=48_000)


def test_a_draft_is_its_creators_alone_and_for_a_day() -> None:
    clip = cut_clip()
    assert [may_see_clip(clip, one, LATER) for one in ("lea", "hana", "ben", None)] == [True, False, False, False]
    assert not may_see_clip(clip, "lea", NOW + DRAFT_LIFE)


def test_a_clip_without_sound_yet_is_nobodys() -> None:
    assert not may_see_clip(replace(cut_clip(), samples=0), "lea", LATER)


def test_a_public_clip_is_everyones_and_stays() -> None:
    public = replace(cut_clip(), expires_at=None)
    assert not public.is_draft
    assert all(may_see_clip(public, one, NOW + 400 * DRAFT_LIFE) for one in ("lea", "hana", "ben", None))


def test_who_may_publish_and_delete_a_clip() -> None:
    clip, everyone = cut_clip(), ("lea", "hana", "ben", None)
    assert [may_publish_clip(clip, one) for one in everyone] == [True, False, False, False]
    assert [may_delete_clip(clip, "hana", one) for one in everyone] == [True, True, False, False]
