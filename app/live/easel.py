"""The easel: posters are drawn at it one after the other, each by a process of its own, and not too many wait."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

from app.services.workshop import WorkshopFull
from media.pictures import DRAWING, command, request
from media.poster import Poster
from media.space_poster import SpacePoster

DRAW_SECONDS: Final = 20.0
POSTERS_WAITING: Final = 32
"""Posters that may wait to be drawn: some six seconds of a core."""
ROOT: Final = Path(__file__).parent.parent.parent

log = logging.getLogger(__name__)


class Easel:
    """`fonts`: font files for posters, see `media.lettering`."""

    def __init__(self, fonts: Sequence[str] = ()) -> None:
        self._fonts = tuple(fonts)
        self._drawing = asyncio.Lock()
        self._waiting = 0

    def digest(self, of: Poster | SpacePoster) -> str:
        """The same for posters that look the same."""
        return hashlib.sha256(repr((DRAWING, self._fonts, of)).encode(errors="replace")).hexdigest()[:16]

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """One's turn to draw; whoever was before may have drawn the same. Raises `WorkshopFull`."""
        if self._waiting >= POSTERS_WAITING:
            raise WorkshopFull
        self._waiting += 1
        try:
            async with self._drawing:
                yield
        finally:
            self._waiting -= 1

    async def drawn(self, of: Poster | SpacePoster) -> bytes:
        """The PNG. Raises `WorkshopFull` where it cannot be drawn, or takes too long."""
        try:
            async with running(command(), stdin=PIPE) as process, asyncio.timeout(DRAW_SECONDS):
                data, _ = await process.communicate(request(of, self._fonts))
        except OSError as error:
            log.error("A poster could not be drawn: %r", error)
            raise WorkshopFull from error
        if process.returncode:
            raise WorkshopFull
        return data


@asynccontextmanager
async def running(command: Sequence[str], *, stdin: int) -> AsyncIterator[Process]:
    """A process that has ended when this is left. OSError where it cannot be started."""
    process = await asyncio.create_subprocess_exec(*command, stdin=stdin, stdout=PIPE, cwd=ROOT)
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
