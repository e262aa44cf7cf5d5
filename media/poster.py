"""Posters: the picture that stands for a clip where it is shared. Its title, its waveform, and who is heard.

`python -m media.poster` draws the one that it reads from stdin (`request`), as a PNG on stdout: drawing holds the
interpreter for long enough to be felt by whoever shares it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from io import BytesIO
from itertools import pairwise
from typing import Any, Final

import orjson
from PIL import Image, ImageDraw

from media.lettering import Colour, Lettering

WIDTH: Final = 1200
HEIGHT: Final = 630
"""What Open Graph asks for: 1.91 to 1."""
DRAWING: Final = 1
"""Counts how posters look: one more with every change of this file that can be seen."""

NICENESS: Final = 10
"""Sound and API come first, but somebody waits for it."""

_FINER: Final = 2
"""Drawn so much larger and then reduced: Pillow's shapes have no smooth edges of their own."""
_MARGIN: Final = 72
_ROOM: Final = WIDTH - 2 * _MARGIN
_BARS: Final = 88
_BAR_WIDTH: Final = 7
_WAVE_MIDDLE: Final = 380
_WAVE_HEIGHT: Final = 172
_PEOPLE_SHOWN: Final = 4
_AVATAR: Final = 60

_TOP: Final[Colour] = (252, 251, 255)
_BOTTOM: Final[Colour] = (232, 224, 255)
_INK: Final[Colour] = (38, 20, 84)
_QUIET_INK: Final[Colour] = (104, 88, 148)
_ACCENT: Final[Colour] = (91, 43, 201)
_FROM: Final[Colour] = (74, 36, 178)
_TO: Final[Colour] = (190, 78, 214)
_WHITE: Final[Colour] = (255, 255, 255)
_AVATARS: Final[tuple[Colour, ...]] = (
    (91, 43, 201), (196, 62, 132), (52, 72, 178), (28, 118, 142),
)  # fmt: skip


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
    picture = _background()
    canvas = ImageDraw.Draw(picture)
    _draw_head(canvas, poster, fonts)
    _draw_title(canvas, poster.title, fonts)
    _draw_waveform(canvas, poster.waveform)
    _draw_people(canvas, poster.names, fonts)
    out = BytesIO()
    picture.resize((WIDTH, HEIGHT), Image.Resampling.BOX).save(out, "PNG", optimize=False, compress_level=6)
    return out.getvalue()


def command() -> Sequence[str]:
    """How the process is started that draws one."""
    return (sys.executable, "-m", "media.poster")


def request(poster: Poster, fonts: Sequence[str]) -> bytes:
    """The poster as the process takes it."""
    return orjson.dumps({"poster": asdict(poster), "fonts": fonts})


def _requested(data: bytes) -> tuple[Poster, Sequence[str]]:
    said = orjson.loads(data)
    fields: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in said["poster"].items()
    }
    return Poster(**fields), said["fonts"]


def _background() -> Image.Image:
    column = Image.new("RGB", (1, HEIGHT * _FINER))
    last = HEIGHT * _FINER - 1
    for y in range(last + 1):
        column.putpixel((0, y), _between(_TOP, _BOTTOM, y // _FINER * _FINER / last))
    return column.resize((WIDTH * _FINER, HEIGHT * _FINER), Image.Resampling.NEAREST)


def _draw_head(canvas: ImageDraw.ImageDraw, poster: Poster, fonts: Sequence[str]) -> None:
    """How long it is, and whose server it is on."""
    lettering = Lettering(26 * _FINER, fonts)
    minutes, seconds = divmod(max(1, round(poster.seconds)), 60)
    length = f"Clip  {minutes}:{seconds:02d}"
    width = lettering.width(length) / _FINER
    _shape(canvas, _MARGIN, 56, width + 62, 46, 23, _ACCENT)
    _shape(canvas, _MARGIN + 20, 73, 12, 12, 6, _WHITE)
    _write(canvas, lettering, _MARGIN + 42, 88, length, _WHITE)
    server = lettering.fitted(poster.server, (_ROOM - width - 100) * _FINER)
    _write(canvas, lettering, WIDTH - _MARGIN - lettering.width(server) / _FINER, 88, server, _QUIET_INK)


def _draw_title(canvas: ImageDraw.ImageDraw, title: str, fonts: Sequence[str]) -> None:
    """On one line in large letters, or on two in smaller ones."""
    large, small = Lettering(68 * _FINER, fonts), Lettering(52 * _FINER, fonts)
    if large.width(title) <= _ROOM * _FINER:
        _write(canvas, large, _MARGIN, 214, title, _INK, bold=2)
        return
    for line, text in enumerate(small.wrapped(title, _ROOM * _FINER, 2)):
        _write(canvas, small, _MARGIN, 186 + 64 * line, text, _INK, bold=2)


def _draw_waveform(canvas: ImageDraw.ImageDraw, waveform: Sequence[float]) -> None:
    """The highest of each bar's share of the time; against the loudest, so that a quiet clip has a shape too."""
    heights = _bars(waveform)
    step = (_ROOM - _BAR_WIDTH) / (_BARS - 1)
    for place, share in enumerate(heights):
        height = max(_BAR_WIDTH, share * _WAVE_HEIGHT)
        colour = _between(_FROM, _TO, place / (_BARS - 1))
        _shape(canvas, _MARGIN + place * step, _WAVE_MIDDLE - height / 2, _BAR_WIDTH, height, _BAR_WIDTH / 2, colour)


def _bars(waveform: Sequence[float]) -> list[float]:
    loudest = max(waveform, default=0.0)
    if loudest <= 0:
        return [0.0] * _BARS
    count = len(waveform)
    edges = [place * count // _BARS for place in range(_BARS + 1)]
    shares = [max(waveform[start : max(end, start + 1)]) for start, end in pairwise(edges)]
    # The root of the share: by amplitude alone all but shouting would be a flat line.
    return [(share / loudest) ** 0.7 for share in shares]


def _draw_people(canvas: ImageDraw.ImageDraw, names: Sequence[str], fonts: Sequence[str]) -> None:
    """A disc with an initial for each of the first, and the names beside them."""
    initial, lettering = Lettering(28 * _FINER, fonts), Lettering(32 * _FINER, fonts)
    top, left = 512, float(_MARGIN)
    shown = names[:_PEOPLE_SHOWN]
    for name, colour in zip(shown, _AVATARS, strict=False):
        _shape(canvas, left - 4, top - 4, _AVATAR + 8, _AVATAR + 8, _AVATAR / 2 + 4, _between(_TOP, _BOTTOM, 0.86))
        _shape(canvas, left, top, _AVATAR, _AVATAR, _AVATAR / 2, colour)
        letter = name[:1].upper()
        _write(canvas, initial, left + (_AVATAR - initial.width(letter) / _FINER) / 2, top + 40, letter, _WHITE, bold=1)
        left += _AVATAR - 12
    left += 32 if shown else 0
    more = f"  +{len(names) - len(shown)}" if len(names) > len(shown) else ""
    text = lettering.fitted(", ".join(shown), (WIDTH - _MARGIN - left) * _FINER - lettering.width(more))
    _write(canvas, lettering, left, top + 41, text + more, _INK)


def _write(
    canvas: ImageDraw.ImageDraw, lettering: Lettering, left: float, baseline: float, text: str, colour: Colour,
    bold: int = 0,
) -> None:  # fmt: skip
    lettering.draw(canvas, left * _FINER, baseline * _FINER, text, colour, bold)


def _shape(
    canvas: ImageDraw.ImageDraw, left: float, top: float, width: float, height: float, radius: float, colour: Colour
) -> None:
    """A rectangle with round corners."""
    box = tuple(round(one * _FINER) for one in (left, top, left + width, top + height))
    canvas.rounded_rectangle((box[0], box[1], box[2] - 1, box[3] - 1), round(radius * _FINER), colour)


def _between(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


if __name__ == "__main__":
    os.nice(NICENESS)
    sys.stdout.buffer.write(draw(*_requested(sys.stdin.buffer.read())))
