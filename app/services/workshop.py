"""The port of what is made at low priority: of clips renditions and posters, as files beside the clip's own; and
posters of Spaces.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.domain.renditions import RenditionKind


class RenderingFailed(Exception):
    """There is no rendition; the text is one sentence for people."""


class WorkshopFull(Exception):
    """It cannot be made now: more wait for it than may, or the machine is short of something. Later it can."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A rendition as it was made: how many samples of 48 kHz it plays, and how loud it is (None: silence)."""

    samples: int
    lufs: float | None


@dataclass(frozen=True, slots=True)
class PosterText:
    """What a clip's poster shows, beside its waveform (0..1)."""

    title: str
    names: tuple[str, ...]
    waveform: tuple[float, ...]
    duration_ms: int
    server: str


@dataclass(frozen=True, slots=True)
class SpacePosterText:
    """What a Space's poster shows: where it is in its life and when it is, both in words."""

    title: str
    host: str
    label: str
    when: str
    is_live: bool
    server: str


Tell = Callable[[float], Awaitable[None]]
"""Takes how much is done, 0 to 1. What it raises ends the work."""


class Workshop(Protocol):
    """What is made of a clip is made where its sound is, and deleted with it."""

    def has(self, clip_id: str) -> bool:
        """Whether the clip's own sound is here to be worked on."""

    async def render(self, clip_id: str, kind: RenditionKind, tell: Tell) -> Rendered:
        """Makes a rendition, which is there when this returns, and tells how far it is every few seconds at least.

        Raises `RenderingFailed`. Cancelled, it leaves nothing running, and no file or the whole one.
        """

    def rendition(self, clip_id: str, kind: RenditionKind) -> Path | None:
        """The rendition's file."""

    async def discard(self, clip_id: str, kind: RenditionKind) -> None:
        """Deletes a rendition's file; one that is gone already is no error."""

    async def poster(self, clip_id: str, text: PosterText) -> Path | None:
        """A PNG of 1200 x 630 pixels that shows this: drawn once, kept until it shows something else.

        None where there is no such clip here. Raises `WorkshopFull`.
        """

    async def space_poster(self, text: SpacePosterText) -> bytes:
        """A PNG of 1200 x 630 pixels that shows this: drawn once, as long as not too many others were asked for since.

        Raises `WorkshopFull`.
        """
