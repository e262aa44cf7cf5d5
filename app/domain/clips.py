"""Clips: which seconds of a Space may be cut, and by whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain import refusals
from app.domain.spaces import Space, SpaceState

CLIP_MS = 30_000


@dataclass(frozen=True, slots=True)
class Clip:
    """Up to 30 seconds of a Space's sound, as a copy of its own. Offsets count from the first recorded sample."""

    id: str
    space_id: str
    creator_id: str
    start_offset_ms: int
    duration_ms: int
    samples: int
    waveform: tuple[float, ...]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ClipRange:
    """A checked range of the recording, in ms from its first sample."""

    start_ms: int
    duration_ms: int


def clip_range(space: Space, *, start_ms: int | None, duration_ms: int | None, recorded_ms: int) -> ClipRange:
    """The seconds to cut out of `recorded_ms` of recording; without a start, the last ones there are.

    Raises `RecordingDisabled`, `ClippingDisabled`, `SpaceNotLive` (before the start), `ClipTooLong`, `ClipOutOfRange`.
    """
    if space.state not in (SpaceState.LIVE, SpaceState.ENDED):
        raise refusals.SpaceNotLive(field="spaceId")
    if not space.recording_enabled:
        raise refusals.RecordingDisabled(field="spaceId")
    if not space.clipping_allowed:
        raise refusals.ClippingDisabled(field="spaceId")
    wanted = CLIP_MS if duration_ms is None else duration_ms
    if wanted > CLIP_MS:
        raise refusals.ClipTooLong(field="durationMs", limit=CLIP_MS, current=wanted)
    if wanted < 1:
        raise refusals.ClipOutOfRange("A clip lasts at least 1 ms.", field="durationMs", limit=1, current=wanted)
    if recorded_ms < 1:
        raise refusals.ClipOutOfRange("There is nothing to clip yet.", field="spaceId", current=recorded_ms)
    if start_ms is None:
        wanted = min(wanted, recorded_ms)
        start_ms = recorded_ms - wanted
    if start_ms < 0:
        raise refusals.ClipOutOfRange(field="startOffsetMs", limit=0, current=start_ms)
    if start_ms > recorded_ms:
        raise refusals.ClipOutOfRange(field="startOffsetMs", limit=recorded_ms, current=start_ms)
    if start_ms + wanted > recorded_ms:
        raise refusals.ClipOutOfRange(field="startOffsetMs", limit=recorded_ms, current=start_ms + wanted)
    return ClipRange(start_ms, wanted)
