"""The workshop of clips on this node: renditions by a process of their own, posters by another."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final

import orjson

from app.domain.renditions import RenditionKind
from app.live.clip_files import clip_path, made_path
from app.services.workshop import PosterText, Rendered, RenderingFailed, Tell, WorkshopFull
from media import rendering
from media.clip import write_whole
from media.poster import DRAWING, Poster, request
from media.poster import command as poster_command
from media.rendering import Format

ALIVE_SECONDS: Final = 5.0
"""How often it is told how far a rendition is, also where it is no further."""
RENDER_SECONDS: Final = 300.0
"""Renditions take some seconds of a core; a process that has had so long is stuck, or starved, and killed."""
DRAW_SECONDS: Final = 20.0
POSTERS_WAITING: Final = 32
"""Posters that may wait to be drawn: some six seconds of a core."""
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
            await asyncio.to_thread(out.parent.mkdir, exist_ok=True)
            async with _running(command, stdin=DEVNULL) as process, asyncio.timeout(RENDER_SECONDS):
                return await _result(process, tell)
        except OSError as error:
            # A time-out is one too.
            log.error("A rendition could not be made: %r", error)
            raise RenderingFailed("The server could not make it in time.") from error

    def rendition(self, clip_id: str, kind: RenditionKind) -> Path | None:
        """See `Workshop`."""
        path = self._rendition(clip_id, kind)
        return path if path.is_file() else None

    async def discard(self, clip_id: str, kind: RenditionKind) -> None:
        """See `Workshop`."""
        await asyncio.to_thread(self._discard, self._rendition(clip_id, kind))

    async def poster(self, clip_id: str, text: PosterText) -> Path | None:
        """See `Workshop`. Its name has a digest of what it shows: another text is another file."""
        if not self.has(clip_id):
            return None
        poster = Poster(text.title, text.names, text.waveform, text.duration_ms / 1000, text.server)
        digest = hashlib.sha256(repr((DRAWING, self._fonts, poster)).encode()).hexdigest()[:16]
        path = made_path(self._folder, clip_id) / f"poster-{digest}.png"
        if not await asyncio.to_thread(path.is_file):
            await self._draw_in_turn(clip_id, poster, path)
        return path

    async def _draw_in_turn(self, clip_id: str, poster: Poster, path: Path) -> None:
        if self._waiting >= POSTERS_WAITING:
            raise WorkshopFull
        self._waiting += 1
        try:
            async with self._drawing:
                if not await asyncio.to_thread(path.is_file):
                    data = await _drawn(request(poster, self._fonts))
                    await asyncio.to_thread(self._keep, clip_id, data, path)
        finally:
            self._waiting -= 1

    def _keep(self, clip_id: str, data: bytes, path: Path) -> None:
        try:
            path.parent.mkdir(exist_ok=True)
            for older in path.parent.glob("poster-*.png"):
                older.unlink(missing_ok=True)
            write_whole(path, data)
        except OSError as error:
            log.error("A poster could not be kept: %s", error)
            raise WorkshopFull from error
        if not self.has(clip_id):
            # The clip was deleted meanwhile: nothing of it stays.
            self._discard(path)

    def _discard(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        with suppress(OSError):
            # There is more in it, or it is gone.
            path.parent.rmdir()

    def _rendition(self, clip_id: str, kind: RenditionKind) -> Path:
        return made_path(self._folder, clip_id) / kind.file_name


@asynccontextmanager
async def _running(command: Sequence[str], *, stdin: int) -> AsyncIterator[Process]:
    """A process that has ended when this is left. OSError where it cannot be started."""
    process = await asyncio.create_subprocess_exec(*command, stdin=stdin, stdout=PIPE, cwd=ROOT)
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _drawn(asked: bytes) -> bytes:
    """The PNG that a process of its own draws. Raises `WorkshopFull` where it cannot, or takes too long."""
    try:
        async with _running(poster_command(), stdin=PIPE) as process, asyncio.timeout(DRAW_SECONDS):
            data, _ = await process.communicate(asked)
    except OSError as error:
        log.error("A poster could not be drawn: %r", error)
        raise WorkshopFull from error
    if process.returncode:
        raise WorkshopFull
    return data


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
