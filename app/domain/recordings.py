"""Recordings: trimming them, their failures, their end. Only decisions: `evolution` carries out."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.domain import refusals
from app.domain.actions import Action
from app.domain.events import (
    DeletionReason,
    RecordingDeleted,
    RecordingFailed,
    RecordingResumed,
    RecordingTrimmed,
    SpaceEvent,
)
from app.domain.permissions import require
from app.domain.recorded import WHOLE, Recorded, RecordingState, Trim
from app.domain.roster import Person
from app.domain.spaces import Space, SpaceState

LEAST_MS = 1_000
"""So much of a recording stays, whatever is trimmed away."""
REASON_LENGTH = 200


def require_recorded(space: Space) -> None:
    """Raises `SpaceIsLive`, `SpaceNotLive` or `RecordingDisabled`: there is no recording yet, or never was one."""
    if space.state is SpaceState.LIVE:
        raise refusals.SpaceIsLive("A live Space is still being recorded: end it first.", field="spaceId")
    if space.state is not SpaceState.ENDED:
        raise refusals.SpaceNotLive("The Space was never live, so there is no recording of it.", field="spaceId")
    if not space.recording_enabled:
        raise refusals.RecordingDisabled("This Space was not recorded.", field="spaceId")


def delete(space: Space, actor: Person, now: datetime, *, confirmed: bool) -> list[SpaceEvent]:
    """The host deletes what was recorded of an ended Space, for good; clips stay. Deleting twice is deleting once."""
    require(actor, Action.DELETE_RECORDING, space)
    require_recorded(space)
    if not confirmed:
        raise refusals.ConfirmationRequired(field="confirm")
    return [RecordingDeleted(at=now)] if space.keeps_recording else []


def expires_at(space: Space, kept_for: timedelta | None) -> datetime | None:
    """When the recording goes by itself, where recordings are kept for a time."""
    return space.ended_at + kept_for if kept_for and space.ended_at and space.keeps_recording else None


def expire(space: Space, kept_for: timedelta, now: datetime) -> list[SpaceEvent]:
    """The server deletes a recording whose time is over; clips stay."""
    until = expires_at(space, kept_for)
    return [RecordingDeleted(at=now, reason=DeletionReason.EXPIRED)] if until and until <= now else []


def trim(
    space: Space, actor: Person, *, start_ms: int | None, end_ms: int | None, recorded_ms: int, now: datetime
) -> list[SpaceEvent]:
    """The host says what is heard of `recorded_ms` of recording; None: from its beginning, to its end.

    Raises `RecordingDeleted`, `TrimOutOfRange`, `TrimTooShort`, and what `require_recorded` does.
    """
    require(actor, Action.UPDATE_RECORDING, space)
    require_recorded(space)
    if not space.keeps_recording:
        raise refusals.RecordingDeleted(field="spaceId")
    wanted = Trim(start_ms or 0, None if end_ms == recorded_ms else end_ms)
    if broken := _broken_rules(wanted, recorded_ms):
        raise ExceptionGroup("updateRecording", broken)
    if wanted == space.trim:
        return []
    return [RecordingTrimmed(at=now, trim=wanted)]


def _broken_rules(wanted: Trim, recorded_ms: int) -> list[refusals.Refusal]:
    broken: list[refusals.Refusal] = [
        refusals.TrimOutOfRange(field=field, limit=0 if ms < 0 else recorded_ms, current=ms)
        for field, ms in (("startOffsetMs", wanted.start_ms), ("endOffsetMs", wanted.end_ms))
        if ms is not None and not 0 <= ms <= recorded_ms
    ]
    if broken:
        return broken
    heard_ms = (recorded_ms if wanted.end_ms is None else wanted.end_ms) - wanted.start_ms
    if heard_ms < 0:
        end_ms = wanted.start_ms + heard_ms
        text = "A recording starts before it ends."
        return [refusals.TrimOutOfRange(text, field="startOffsetMs", limit=end_ms, current=wanted.start_ms)]
    if heard_ms < LEAST_MS and wanted != WHOLE:
        return [refusals.TrimTooShort(field="endOffsetMs", limit=LEAST_MS, current=heard_ms)]
    return []


def heard_by(space: Space, viewer_id: str | None) -> Trim:
    """What of the recording someone may know of: its host of all of it, to trim it otherwise."""
    return WHOLE if viewer_id is not None and viewer_id == space.host.id else space.trim


def fail(space: Space, reason: str, now: datetime) -> list[SpaceEvent]:
    """The sound of a live, recorded Space is not being written."""
    failing = space.is_failing and space.recording_failure and space.recording_failure.reason == reason[:REASON_LENGTH]
    if space.state is SpaceState.LIVE and space.recording_enabled and not failing:
        return [RecordingFailed(at=now, reason=reason[:REASON_LENGTH])]
    return []


def resume(space: Space, now: datetime) -> list[SpaceEvent]:
    """It is being written again."""
    return [RecordingResumed(at=now)] if space.state is SpaceState.LIVE and space.is_failing else []


def state(space: Space, recorded: Recorded | None) -> RecordingState | None:
    """Where the Space's recording is; None where there is none (any more, or yet).

    One that failed and goes on is RECORDING again, with a gap; one that failed to the end is FAILED, and so is one of
    nothing.
    """
    if space.state not in (SpaceState.LIVE, SpaceState.ENDED) or not space.keeps_recording:
        return None
    if space.is_failing or (recorded and not recorded.measures.duration_ms):
        return RecordingState.FAILED
    return RecordingState.RECORDING if space.state is SpaceState.LIVE or recorded is None else RecordingState.READY
