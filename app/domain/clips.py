"""Clips: which seconds of a Space may be cut; drafts of them, and how they become public."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain import refusals
from app.domain.renditions import ClipRendition, RenditionKind
from app.domain.spaces import Space

CLIP_MS = 30_000
LONGEST_NAME = 80
"""Characters of a title in the name of a file: file systems end at 255 bytes."""
_NOT_IN_NAMES = frozenset('/\\:*?"<>|')
DRAFT_LIFE = timedelta(days=1)
"""How long a clip waits to be published."""


@dataclass(frozen=True, slots=True)
class Publication:
    """How a clip became public: by a Post which says `text` and shows it. The Post has the clip's id, so there is one.

    `is_posted`: False until the Post is known to be there; once it is, its author may delete it.
    """

    text: str
    at: datetime
    is_posted: bool = False


@dataclass(frozen=True, slots=True)
class Clip:
    """Up to 30 seconds of a Space's sound, as a copy of its own. Offsets count from the first recorded sample.

    `expires_at`: from when there is no such clip any more; None for what is public, which stays. `samples` is 0 until
    the sound is cut. `publication`: None for a draft, and for a public clip of before there were drafts. `stage`: who
    had a seat when it was cut, in their order; nobody once the Space had ended. `renditions`: one of a kind at most.
    """

    id: str
    space_id: str
    creator_id: str
    start_offset_ms: int
    duration_ms: int
    samples: int
    waveform: tuple[float, ...]
    created_at: datetime
    expires_at: datetime | None = None
    publication: Publication | None = None
    stage: tuple[str, ...] = ()
    renditions: tuple[ClipRendition, ...] = ()

    @property
    def is_cut(self) -> bool:
        """Whether its sound is there."""
        return self.samples > 0

    @property
    def is_draft(self) -> bool:
        """Whether it is yet to be published."""
        return self.expires_at is not None

    @property
    def published_at(self) -> datetime | None:
        """When it became public; None for a draft. Before there were drafts that was when it was cut."""
        if self.is_draft:
            return None
        return self.publication.at if self.publication else self.created_at

    def is_there(self, now: datetime) -> bool:
        """Whether there is such a clip, for whoever may see it."""
        return self.is_cut and not self.is_gone(now)

    def rendition(self, kind: RenditionKind) -> ClipRendition | None:
        """The rendition of this kind, if anybody asked for it."""
        return next((one for one in self.renditions if one.kind is kind), None)

    def is_gone(self, now: datetime) -> bool:
        """Whether it is deleted, or a draft that nobody published in time."""
        return self.expires_at is not None and self.expires_at <= now


@dataclass(frozen=True, slots=True)
class ClipRange:
    """A checked range of the recording, in ms from its first sample."""

    start_ms: int
    duration_ms: int


def draft(clip_id: str, space: Space, creator_id: str, range_: ClipRange, now: datetime) -> Clip:
    """A draft of these seconds whose sound is yet to be cut."""
    return Clip(
        id=clip_id,
        space_id=space.id,
        creator_id=creator_id,
        start_offset_ms=range_.start_ms,
        duration_ms=range_.duration_ms,
        samples=0,
        waveform=(),
        created_at=now,
        expires_at=now + DRAFT_LIFE,
        stage=tuple(seat.person.id for seat in space.stage),
    )


def saved_as(clip: Clip, title: str, ending: str) -> str:
    """What a file of the clip is called when it is saved: by its Space's title and where it starts there."""
    minutes, seconds = divmod(clip.start_offset_ms // 1000, 60)
    clean = "".join(" " if one in _NOT_IN_NAMES or not one.isprintable() else one for one in title)
    name = " ".join(clean.split())[:LONGEST_NAME].strip(" .") or "Clip"
    return f"{name} {minutes}.{seconds:02d}{ending}"


def require_clippable(space: Space) -> None:
    """Raises `SpaceNotLive` (before the start), `RecordingDisabled`, `RecordingDeleted` or `ClippingDisabled`."""
    if space.started_at is None:
        raise refusals.SpaceNotLive(field="spaceId")
    if not space.recording_enabled:
        raise refusals.RecordingDisabled(field="spaceId")
    if not space.keeps_recording:
        raise refusals.RecordingDeleted(field="spaceId")
    if not space.clipping_allowed:
        raise refusals.ClippingDisabled(field="spaceId")


def is_heard(space: Space, clip: Clip) -> bool:
    """Whether all of the clip is within what is heard of the Space's recording."""
    return space.trim.start_ms <= clip.start_offset_ms <= space.trim.stop_ms - clip.duration_ms


def clip_range(space: Space, *, start_ms: int | None, duration_ms: int | None, recorded_ms: int) -> ClipRange:
    """The seconds to cut out of `recorded_ms` of recording, of which those that are heard; without a start, the last
    ones there are.

    Raises what `require_clippable` does, `ClipTooLong`, `ClipOutOfRange`.
    """
    require_clippable(space)
    wanted = CLIP_MS if duration_ms is None else duration_ms
    if wanted > CLIP_MS:
        raise refusals.ClipTooLong(field="durationMs", limit=CLIP_MS, current=wanted)
    if wanted < 1:
        raise refusals.ClipOutOfRange("A clip lasts at least 1 ms.", field="durationMs", limit=1, current=wanted)
    heard = space.trim.within(recorded_ms)
    if not heard:
        raise refusals.ClipOutOfRange("There is nothing to clip yet.", field="spaceId", current=recorded_ms)
    if start_ms is None:
        wanted = min(wanted, len(heard))
        start_ms = heard.stop - wanted
    if start_ms < heard.start:
        raise refusals.ClipOutOfRange(field="startOffsetMs", limit=heard.start, current=start_ms)
    if start_ms > heard.stop:
        raise refusals.ClipOutOfRange(field="startOffsetMs", limit=heard.stop, current=start_ms)
    if start_ms + wanted > heard.stop:
        raise refusals.ClipOutOfRange(field="startOffsetMs", limit=heard.stop, current=start_ms + wanted)
    return ClipRange(start_ms, wanted)
