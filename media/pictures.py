"""Pictures: `python -m media.pictures` draws the poster that it reads from stdin (`request`), as a PNG on stdout.

A process of its own: drawing holds the interpreter for long enough to be felt by whoever shares it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

import orjson

from media import poster, space_poster
from media.poster import Poster
from media.space_poster import SpacePoster

DRAWING: Final = 1
"""Counts how posters look: one more with every change that can be seen."""
NICENESS: Final = 10
"""Sound and API come first, but somebody waits for it."""


def draw(of: Poster | SpacePoster, fonts: Sequence[str] = ()) -> bytes:
    """The poster as a PNG of 1200 x 630 pixels, the same for the same poster and fonts."""
    return poster.draw(of, fonts) if isinstance(of, Poster) else space_poster.draw(of, fonts)


def command() -> Sequence[str]:
    """How the process is started that draws one."""
    return (sys.executable, "-m", "media.pictures")


def request(of: Poster | SpacePoster, fonts: Sequence[str]) -> bytes:
    """The poster as the process takes it."""
    return orjson.dumps({"of": "clip" if isinstance(of, Poster) else "space", "shows": asdict(of), "fonts": fonts})


def requested(data: bytes) -> tuple[Poster | SpacePoster, Sequence[str]]:
    """What `request` wrote."""
    said = orjson.loads(data)
    shows: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in said["shows"].items()
    }
    return (Poster if said["of"] == "clip" else SpacePoster)(**shows), said["fonts"]


if __name__ == "__main__":
    os.nice(NICENESS)
    sys.stdout.buffer.write(draw(*requested(sys.stdin.buffer.read())))
