"""Drawing: the canvas that posters are drawn on, with the colours, letters and shapes that they have in common."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw

from media.lettering import Colour, Lettering

WIDTH: Final = 1200
HEIGHT: Final = 630
"""What Open Graph asks for: 1.91 to 1."""
MARGIN: Final = 72
ROOM: Final = WIDTH - 2 * MARGIN

TOP: Final[Colour] = (252, 251, 255)
BOTTOM: Final[Colour] = (232, 224, 255)
INK: Final[Colour] = (38, 20, 84)
QUIET_INK: Final[Colour] = (104, 88, 148)
ACCENT: Final[Colour] = (91, 43, 201)
FROM: Final[Colour] = (74, 36, 178)
TO: Final[Colour] = (190, 78, 214)
WHITE: Final[Colour] = (255, 255, 255)
AVATARS: Final[tuple[Colour, ...]] = (
    (91, 43, 201), (196, 62, 132), (52, 72, 178), (28, 118, 142),
)  # fmt: skip

_FINER: Final = 2
"""Drawn so much larger and then reduced: Pillow's shapes have no smooth edges of their own."""
_PEOPLE_SHOWN: Final = 4
_AVATAR: Final = 60


class Canvas:
    """A picture of 1200 x 630 pixels, in whose pixels all places and sizes are; at first its background alone.

    `fonts`: font files that are tried first, see `Lettering`.
    """

    def __init__(self, fonts: Sequence[str] = ()) -> None:
        self._picture = _background()
        self._canvas = ImageDraw.Draw(self._picture)
        self._fonts = fonts
        self._letterings: dict[int, Lettering] = {}

    def png(self) -> bytes:
        """What is drawn, the same bytes for the same drawing."""
        out = BytesIO()
        picture = self._picture.resize((WIDTH, HEIGHT), Image.Resampling.BOX)
        picture.save(out, "PNG", optimize=False, compress_level=6)
        return out.getvalue()

    def width(self, size: int, text: str) -> float:
        """How wide the text is in letters of this size."""
        return self._lettering(size).width(text) / _FINER

    def fitted(self, size: int, text: str, width: float) -> str:
        """As much of the text as there is room for, see `Lettering`."""
        return self._lettering(size).fitted(text, width * _FINER)

    def wrapped(self, size: int, text: str, width: float, lines: int) -> list[str]:
        """The text in at most so many lines, see `Lettering`."""
        return self._lettering(size).wrapped(text, width * _FINER, lines)

    def write(self, size: int, left: float, baseline: float, text: str, colour: Colour, bold: int = 0) -> None:
        """Writes a line from `left` on."""
        self._lettering(size).draw(self._canvas, left * _FINER, baseline * _FINER, text, colour, bold)

    def shape(self, left: float, top: float, width: float, height: float, radius: float, colour: Colour) -> None:
        """A rectangle with round corners."""
        box = tuple(round(one * _FINER) for one in (left, top, left + width, top + height))
        self._canvas.rounded_rectangle((box[0], box[1], box[2] - 1, box[3] - 1), round(radius * _FINER), colour)

    def head(self, label: str, server: str, colour: Colour = ACCENT) -> None:
        """What the poster is of, and whose server it is on."""
        width = self.width(26, label)
        self.shape(MARGIN, 56, width + 62, 46, 23, colour)
        self.shape(MARGIN + 20, 73, 12, 12, 6, WHITE)
        self.write(26, MARGIN + 42, 88, label, WHITE)
        server = self.fitted(26, server, ROOM - width - 100)
        self.write(26, WIDTH - MARGIN - self.width(26, server), 88, server, QUIET_INK)

    def title(self, title: str) -> None:
        """On one line in large letters, or on two in smaller ones."""
        if self.width(68, title) <= ROOM:
            self.write(68, MARGIN, 214, title, INK, bold=2)
            return
        for line, text in enumerate(self.wrapped(52, title, ROOM, 2)):
            self.write(52, MARGIN, 186 + 64 * line, text, INK, bold=2)

    def people(self, names: Sequence[str]) -> None:
        """A disc with an initial for each of the first, and the names beside them."""
        top, left = 512, float(MARGIN)
        shown = names[:_PEOPLE_SHOWN]
        for name, colour in zip(shown, AVATARS, strict=False):
            self.shape(left - 4, top - 4, _AVATAR + 8, _AVATAR + 8, _AVATAR / 2 + 4, between(TOP, BOTTOM, 0.86))
            self.shape(left, top, _AVATAR, _AVATAR, _AVATAR / 2, colour)
            letter = name[:1].upper()
            self.write(28, left + (_AVATAR - self.width(28, letter)) / 2, top + 40, letter, WHITE, bold=1)
            left += _AVATAR - 12
        left += 32 if shown else 0
        more = f"  +{len(names) - len(shown)}" if len(names) > len(shown) else ""
        text = self.fitted(32, ", ".join(shown), WIDTH - MARGIN - left - self.width(32, more))
        self.write(32, left, top + 41, text + more, INK)

    def _lettering(self, size: int) -> Lettering:
        if size not in self._letterings:
            self._letterings[size] = Lettering(size * _FINER, self._fonts)
        return self._letterings[size]


def between(one: Colour, other: Colour, share: float) -> Colour:
    """The colour at this share, 0 to 1, of the way from one to the other."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _background() -> Image.Image:
    column = Image.new("RGB", (1, HEIGHT * _FINER))
    last = HEIGHT * _FINER - 1
    for y in range(last + 1):
        column.putpixel((0, y), between(TOP, BOTTOM, y // _FINER * _FINER / last))
    return column.resize((WIDTH * _FINER, HEIGHT * _FINER), Image.Resampling.NEAREST)
