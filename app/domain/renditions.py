"""Renditions of a clip: other forms of its sound, made in the background; who is at it, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from app.domain import refusals

LEASE = timedelta(seconds=30)
"""How long whoever makes one is believed to be at it without a word; then another starts anew."""
MOST_TRIES = 3
MOST_WAITING = 100
"""Clips with renditions to be made, over all servers: one core makes so many in about three minutes."""


class RenditionKind(StrEnum):
    """What there is beside the clip's own m4a."""

    NORMALIZED_M4A = "NORMALIZED_M4A"
    MP3 = "MP3"
    NORMALIZED_MP3 = "NORMALIZED_MP3"

    @property
    def is_normalized(self) -> bool:
        """Whether it is brought to -16 LUFS."""
        return self is not RenditionKind.MP3

    @property
    def file_name(self) -> str:
        """What it is called beside the clip's own `clip.m4a`."""
        return _FILE_NAMES[self]


_FILE_NAMES = {
    RenditionKind.NORMALIZED_M4A: "clip-normalized.m4a",
    RenditionKind.MP3: "clip.mp3",
    RenditionKind.NORMALIZED_MP3: "clip-normalized.mp3",
}


class RenditionState(StrEnum):
    """How far it is."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    READY = "READY"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class ClipRendition:
    """One rendition. `due`: from when on whoever finds it takes it up; None for what is done, one way or the other.

    `tries` counts who took it up, so that nobody's word counts any more once another has. `lufs`: None for silence, and
    until it is READY.
    """

    kind: RenditionKind
    state: RenditionState
    due: datetime | None
    progress: float = 0.0
    tries: int = 0
    samples: int = 0
    lufs: float | None = None
    failure: str = ""

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes of it."""
        return self.due is None

    def is_due(self, now: datetime) -> bool:
        """Whether it waits to be taken up."""
        return self.due is not None and self.due <= now


def ask(known: ClipRendition | None, kind: RenditionKind, now: datetime, *, waiting: int) -> ClipRendition | None:
    """What is to be made now that somebody asks; None where it is made already, or being made.

    One that failed is tried again. Raises `RenderingBusy` with as many `waiting` as may.
    """
    if known is not None and known.state is not RenditionState.FAILED:
        return None
    if waiting >= MOST_WAITING:
        raise refusals.RenderingBusy(field="clipId", limit=MOST_WAITING, current=waiting)
    return ClipRendition(kind, RenditionState.PENDING, now)


def taken_up(rendition: ClipRendition, now: datetime) -> ClipRendition:
    """By whoever calls this and can save it; FAILED where as many have died of it as may."""
    if rendition.tries >= MOST_TRIES:
        return failed(rendition, "The server tried several times and could not finish it.")
    return replace(rendition, state=RenditionState.RUNNING, due=now + LEASE, progress=0.0, tries=rendition.tries + 1)


def advanced(rendition: ClipRendition, progress: float, now: datetime) -> ClipRendition:
    """Still at it: so much (0 to 1) is done."""
    return replace(rendition, progress=max(rendition.progress, min(progress, 1.0)), due=now + LEASE)


def released(rendition: ClipRendition, now: datetime) -> ClipRendition:
    """Left to whoever comes next, by a server that stops: that is no failed try."""
    return replace(rendition, state=RenditionState.PENDING, due=now, progress=0.0, tries=rendition.tries - 1)


def ready(rendition: ClipRendition, samples: int, lufs: float | None) -> ClipRendition:
    """Its file is there."""
    return replace(rendition, state=RenditionState.READY, due=None, progress=1.0, samples=samples, lufs=lufs)


def failed(rendition: ClipRendition, failure: str) -> ClipRendition:
    """There is no file, for this reason, told to people."""
    return replace(rendition, state=RenditionState.FAILED, due=None, failure=failure)
