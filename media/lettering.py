"""Lettering: text of any script in pictures, in whichever font has its characters, cut to the room there is."""

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

ELLIPSIS: Final = "…"
SYSTEM_FONTS: Final = tuple(
    Path("/usr/share/fonts", *parts)
    for parts in (
        ("truetype", "noto", "NotoSans-Regular.ttf"),
        ("truetype", "dejavu", "DejaVuSans.ttf"),
        ("opentype", "noto", "NotoSansCJK-Regular.ttc"),
        ("truetype", "droid", "DroidSansFallbackFull.ttf"),
    )
)
"""Where Debian, Ubuntu and their kin keep fonts of many scripts; those that are there are used."""
_PROBE_SIZE: Final = 24
_NOWHERE: Final = "\U000effff"
"""A private character that no font has: what is drawn for it is drawn for whatever is missing."""

Face = ImageFont.FreeTypeFont | ImageFont.ImageFont
Colour = tuple[int, int, int]


class Lettering:
    """Text in one size, in the first of the fonts that has each character: `fonts`, then Pillow's own, then the
    system's. Characters that no font has are left out, as is a font that cannot be read.

    Scripts whose letters change with their neighbours, or that run from right to left, need libfribidi on the system.
    """

    def __init__(self, size: int, fonts: Sequence[str] = ()) -> None:
        self._paths = [path for path in (*fonts, "", *map(str, SYSTEM_FONTS)) if _face(path, _PROBE_SIZE)]
        self._faces = {path: face for path in self._paths if (face := _face(path, size))}

    def width(self, text: str) -> float:
        """How wide the text is, in pixels."""
        return sum(face.getlength(part) for face, part in self._runs(text))

    def fitted(self, text: str, width: float) -> str:
        """The text, if it is no wider, else as much of its beginning as there is room for, and an ellipsis."""
        if self.width(text) <= width:
            return text
        low, high = 0, len(text)
        while low < high:
            middle = (low + high + 1) // 2
            if self.width(text[:middle].rstrip() + ELLIPSIS) <= width:
                low = middle
            else:
                high = middle - 1
        return text[:low].rstrip() + ELLIPSIS

    def wrapped(self, text: str, width: float, lines: int) -> list[str]:
        """The text in at most so many lines, broken between words, and within those that are too long for a line."""
        left = " ".join(text.split())
        broken: list[str] = []
        while left and len(broken) < lines - 1 and self.width(left) > width:
            line = self._first_line(left, width)
            broken.append(line.rstrip())
            left = left[len(line) :].lstrip()
        return [*broken, self.fitted(left, width)] if left else broken

    def draw(self, on: ImageDraw.ImageDraw, left: float, baseline: float, text: str, colour: Colour, bold: int) -> None:
        """Draws the text from `left` on, `bold` pixels bolder than the font is."""
        for face, part in self._runs(text):
            on.text((left, baseline), part, colour, face, anchor="ls", stroke_width=bold)
            left += face.getlength(part)

    def _first_line(self, text: str, width: float) -> str:
        """As much of the text as a line takes: up to a space, if there is one."""
        end = next((end for end in range(1, len(text) + 1) if self.width(text[:end].rstrip()) > width), len(text) + 1)
        fits = max(1, end - 1)
        space = text.rfind(" ", 0, fits + 1)
        return text[:space] if space > 0 else text[:fits]

    def _runs(self, text: str) -> Iterator[tuple[Face, str]]:
        chosen: list[tuple[str, str]] = []
        path: str | None = None
        for character in text:
            # A mark goes with the letter before: into its font, or away.
            if not unicodedata.category(character).startswith("M"):
                path = self._path(character)
            if path is not None:
                chosen.append((path, character))
        for path, run in groupby(chosen, key=lambda one: one[0]):
            yield self._faces[path], "".join(character for _, character in run)

    def _path(self, character: str) -> str | None:
        return next((path for path in self._paths if _has(path, character)), None)


@lru_cache(maxsize=64)
def _face(path: str, size: int) -> Face | None:
    """The font of this path ("": Pillow's own); None where there is none that can be read."""
    try:
        return ImageFont.truetype(path, size) if path else ImageFont.load_default(size)
    except OSError:
        return None


@lru_cache(maxsize=16384)
def _has(path: str, character: str) -> bool:
    if unicodedata.category(character).startswith("C"):
        return False
    return character.isspace() or _drawn(path, character) != _missing(path)


@lru_cache(maxsize=64)
def _missing(path: str) -> bytes:
    return _drawn(path, _NOWHERE)


def _drawn(path: str, character: str) -> bytes:
    picture = Image.new("L", (2 * _PROBE_SIZE, 2 * _PROBE_SIZE))
    ImageDraw.Draw(picture).text((8, _PROBE_SIZE), character, 255, _face(path, _PROBE_SIZE), anchor="ls")
    return picture.tobytes()
