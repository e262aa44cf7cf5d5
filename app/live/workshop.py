"""The workshop of clips on this node: renditions by a process of their own, posters by a thread."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import orjson

from app.domain.renditions import RenditionKind
from app.live.clip_files import clip_path
from app.services.workshop import PosterText, Rendered, RenderingFailed, Tell, WorkshopFull
from media import rendering
from media.clip import write_whole
from media.poster import DRAWING, Poster, draw
from media.rendering import Format
from media.takes import StorageFailed

ALIVE_SECONDS: Final = 5.0
"""How often it is told how far a rendition is, also where it is no further."""
RENDER_SECONDS: Final = 300.0
"""Renditions take some seconds of a core; a process that has had so long is stuck, or starved, and killed."""
POSTERS_WAITING: Final = 32
"""Posters that may wait to be drawn: some four seconds of a core."""
ROOT: Final = Path(__file__).parent.parent.parent

_FORMATS: Final = {
    RenditionKind.NORMALIZED_M4A: Format.M4A,
    RenditionKind.MP3: Format.MP3,
    RenditionKind.NORMALIZED_MP3: Format.MP3,
}

log = logging.getLogger(__name__)


class ClipWorkshop:
    """The `Workshop` of the clips in one folder. `fonts`: font files for posters, see `media.lettering`."""

    def __init__(self, folder: Path, fonts: Sequence[str] = ()) -> None:
        self._folder = folder.resolve()
        self._fonts = tuple(fonts)
        self._drawing = asyncio.Lock()
        self._waiting = 0

    def has(self, clip_id: str) -> bool:
        """See `Workshop`."""
        return clip_path(self._folder, clip_id).is_file()

    async def render(self, clip_id: str, kind: RenditionKind, tell: Tell) -> Rendered:
        """See `Workshop`. The process is at the lowest priority: it takes what time mixing leaves."""
        source, out = clip_path(self._folder, clip_id), self._rendition(clip_id, kind)
        command = rendering.command(source, out, _FORMATS[kind], normalized=kind.is_normalized)
        try:
            process = await asyncio.create_subprocess_exec(*command, stdin=DEVNULL, stdout=PIPE, cwd=ROOT)
        except OSError as error:
            log.error("The process for a rendition could not be started: %s", error)
            raise RenderingFailed("The server could not start to make it.") from error
        try:
            async with asyncio.timeout(RENDER_SECONDS):
                return await _result(process, tell)
        except TimeoutError:
            raise RenderingFailed(f"It was not done after {RENDER_SECONDS:.0f} seconds.") from None
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    def rendition(self, clip_id: str, kind: RenditionKind) -> Path | None:
        """See `Workshop`."""
        path = self._rendition(clip_id, kind)
        return path if path.is_file() else None

    async def discard(self, clip_id: str, kind: RenditionKind) -> None:
        """See `Workshop`."""
        await asyncio.to_thread(self._rendition(clip_id, kind).unlink, missing_ok=True)

    async def poster(self, clip_id: str, text: PosterText) -> Path | None:
        """See `Workshop`. Its name has a digest of what it shows: another text is another file."""
        if not self.has(clip_id):
            return None
        poster = Poster(text.title, text.names, text.waveform, text.duration_ms / 1000, text.server)
        digest = hashlib.sha256(repr((DRAWING, self._fonts, poster)).encode()).hexdigest()[:16]
        path = clip_path(self._folder, clip_id, f".poster-{digest}.png")
        if not await asyncio.to_thread(path.is_file):
            await self._draw_in_turn(clip_id, poster, path)
        return path

    async def _draw_in_turn(self, clip_id: str, poster: Poster, path: Path) -> None:
        if self._waiting >= POSTERS_WAITING:
            raise WorkshopFull
        self._waiting += 1
        try:
            async with self._drawing:
                await asyncio.to_thread(self._draw, clip_id, poster, path)
        finally:
            self._waiting -= 1

    def _draw(self, clip_id: str, poster: Poster, path: Path) -> None:
        if path.is_file():
            # Someone asked for it at the same time.
            return
        data = draw(poster, self._fonts)
        for older in self._folder.glob(f"{clip_id}.poster-*.png"):
            older.unlink(missing_ok=True)
        try:
            write_whole(path, data)
        except StorageFailed as error:
            log.error("A poster could not be kept: %s", error)
            raise WorkshopFull from error
        if not self.has(clip_id):
            # The clip was deleted meanwhile: nothing of it stays.
            path.unlink(missing_ok=True)

    def _rendition(self, clip_id: str, kind: RenditionKind) -> Path:
        return clip_path(self._folder, clip_id, f".{kind.file_name}")


async def _result(process: Process, tell: Tell) -> Rendered:
    """What the process says in the end. Raises `RenderingFailed` where it ends without."""
    assert process.stdout is not None
    progress = 0.0
    line = asyncio.ensure_future(process.stdout.readline())
    try:
        while True:
            await asyncio.wait({line}, timeout=ALIVE_SECONDS)
            if line.done():
                if not line.result():
                    raise RenderingFailed("The clip's sound could not be rendered.")
                said: Mapping[str, Any] = orjson.loads(line.result())
                if "samples" in said:
                    return Rendered(said["samples"], said["lufs"])
                progress = said["progress"]
                line = asyncio.ensure_future(process.stdout.readline())
            await tell(progress)
    finally:
        line.cancel()
        await asyncio.gather(line, return_exceptions=True)
