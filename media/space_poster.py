"""Posters of Spaces: the picture that stands for one where its link is shared. Its title, when it is, and its host."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from media.drawing import ACCENT, FROM, INK, MARGIN, QUIET_INK, TO, WIDTH, Canvas, between
from media.lettering import Colour

_LIVE: Final[Colour] = (196, 30, 84)
_BARS: Final = 13
"""As many as a stage has seats."""
_BAR_WIDTH: Final = 18
_BAR_STEP: Final = 34
_MIDDLE: Final = 400
_HEIGHT: Final = 190
_LEADING: Final = 52


@dataclass(frozen=True, slots=True)
class SpacePoster:
    """What a Space's poster shows: `label` says where it is in its life, `when` its time, both in words."""

    title: str
    host: str
    label: str
    when: str
    is_live: bool
    server: str


def draw(poster: SpacePoster, fonts: Sequence[str] = ()) -> bytes:
    """The poster as a PNG of 1200 x 630 pixels, the same for the same poster and fonts; see `media.poster.draw`."""
    canvas = Canvas(fonts)
    canvas.head(poster.label, poster.server, _LIVE if poster.is_live else ACCENT)
    canvas.title(poster.title)
    left = WIDTH - MARGIN - _BARS * _BAR_STEP + _BAR_STEP - _BAR_WIDTH
    _draw_bars(canvas, left, poster)
    lines = canvas.wrapped(40, poster.when, left - MARGIN - 48, 3)
    for line, text in enumerate(lines):
        baseline = _MIDDLE + 14 + _LEADING * (line - (len(lines) - 1) / 2)
        canvas.write(40, MARGIN, baseline, text, INK if poster.is_live else QUIET_INK)
    canvas.people((poster.host,))
    return canvas.png()


def _draw_bars(canvas: Canvas, left: float, poster: SpacePoster) -> None:
    """Voices, as the sign of this server has them; each Space's stand otherwise. Low where nobody is heard yet."""
    heights = hashlib.sha256(poster.title.encode(errors="replace")).digest()
    for place in range(_BARS):
        share = 0.25 + 0.75 * heights[place] / 255 if poster.is_live else 0.12 + 0.2 * heights[place] / 255
        colour = between(FROM, TO, place / (_BARS - 1))
        height = _HEIGHT * share
        canvas.shape(left + place * _BAR_STEP, _MIDDLE - height / 2, _BAR_WIDTH, height, _BAR_WIDTH / 2, colour)
