"""Posters: the picture that stands for a clip where it is shared. Its title, its waveform, and who is heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from media.drawing import FROM, MARGIN, ROOM, TO, Canvas, between

_BARS: Final = 88
_BAR_WIDTH: Final = 7
_WAVE_MIDDLE: Final = 380
_WAVE_HEIGHT: Final = 172


@dataclass(frozen=True, slots=True)
class Poster:
    """What a poster shows: `waveform` in 0..1, `seconds` of sound, names in the order they are shown in."""

    title: str
    names: tuple[str, ...]
    waveform: tuple[float, ...]
    seconds: float
    server: str


def draw(poster: Poster, fonts: Sequence[str] = ()) -> bytes:
    """The poster as a PNG of 1200 x 630 pixels, the same for the same poster and fonts.

    `fonts`: font files that are tried first, see `Lettering`. Takes 60 ms of a core.
    """
    canvas = Canvas(fonts)
    minutes, seconds = divmod(max(1, round(poster.seconds)), 60)
    canvas.head(f"Clip  {minutes}:{seconds:02d}", poster.server)
    canvas.title(poster.title)
    _draw_waveform(canvas, poster.waveform)
    canvas.people(poster.names)
    return canvas.png()


def _draw_waveform(canvas: Canvas, waveform: Sequence[float]) -> None:
    """The highest of each bar's share of the time; against the loudest, so that a quiet clip has a shape too."""
    heights = _bars(waveform)
    step = (ROOM - _BAR_WIDTH) / (_BARS - 1)
    for place, share in enumerate(heights):
        height = max(_BAR_WIDTH, share * _WAVE_HEIGHT)
        colour = between(FROM, TO, place / (_BARS - 1))
        canvas.shape(MARGIN + place * step, _WAVE_MIDDLE - height / 2, _BAR_WIDTH, height, _BAR_WIDTH / 2, colour)


def _bars(waveform: Sequence[float]) -> list[float]:
    loudest = max(waveform, default=0.0)
    if loudest <= 0:
        return [0.0] * _BARS
    count = len(waveform)
    edges = [place * count // _BARS for place in range(_BARS + 1)]
    shares = [max(waveform[start : max(end, start + 1)]) for start, end in pairwise(edges)]
    # The root of the share: by amplitude alone all but shouting would be a flat line.
    return [(share / loudest) ** 0.7 for share in shares]
