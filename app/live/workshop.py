"""The workshop on this node: renditions of clips by a process of their own, posters by another."""

from __future__ import annotations

import asyncio
import logging
from asyncio.subprocess import DEVNULL, Process
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import orjson

from app.domain.renditions import RenditionKind
from app.live.clip_files import clip_path, made_path
from app.live.easel import Easel, running
from app.services.workshop import PosterText, Rendered, RenderingFailed, SpacePosterText, Tell, WorkshopFull
from media import rendering
from media.clip import write_whole
from media.poster import Poster
from media.rendering import Format
from media.space_poster import SpacePoster

ALIVE_SECONDS: Final = 5.0
"""How often it is told how far a rendition is, also where it is no further."""
RENDER_SECONDS: Final = 300.0
"""Renditions take some seconds of a core; a process that has had so long is stuck, or starved, and killed."""
SPACE_POSTERS_KEPT: Final = 128
"""Some 6 MB."""

_FORMATS: Final = {
    RenditionKind.NORMALIZED_M4A: Format.M4A,
    RenditionKind.MP3: Format.MP3,
    RenditionKind.NORMALIZED_MP3: Format.MP3,
}

log = logging.getLogger(__name__)


class ClipWorkshop:
    """The `Workshop` of the clips in one folder. `fonts`: font files for posters, see `media.lettering`.

    `space_posters`: so many of Spaces are kept, those that were asked for last.
    """

    def __init__(self, folder: Path, fonts: Sequence[str] = (), *, space_posters: int = SPACE_POSTERS_KEPT) -> None:
        self._folder = folder.resolve()
        self._easel = Easel(fonts)
        self._kept = space_posters
        self._space_posters: OrderedDict[str, bytes] = OrderedDict()

    def has(self, clip_id: str) -> bool:
        """See `Workshop`."""
        return clip_path(self._folder, clip_id).is_file()

    async def render(self, clip_id: str, kind: RenditionKind, tell: Tell) -> Rendered:
        """See `Workshop`. The process is at the lowest priority: it takes what time mixing leaves."""
        source, out = clip_path(self._folder, clip_id), self._rendition(clip_id, kind)
        command = rendering.command(source, out, _FORMATS[kind], normalized=kind.is_normalized)
        try:
            await asyncio.to_thread(out.parent.mkdir, exist_ok=True)
            async with running(command, stdin=DEVNULL) as process, asyncio.timeout(RENDER_SECONDS):
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
        path = made_path(self._folder, clip_id) / f"poster-{self._easel.digest(poster)}.png"
        if not await asyncio.to_thread(path.is_file):
            async with self._easel.turn():
                if not await asyncio.to_thread(path.is_file):
                    await asyncio.to_thread(self._keep, clip_id, await self._easel.drawn(poster), path)
        return path

    async def space_poster(self, text: SpacePosterText) -> bytes:
        """See `Workshop`. Kept in memory, so that nothing of a Space that is deleted stays."""
        poster = SpacePoster(text.title, text.host, text.label, text.when, text.is_live, text.server)
        digest = self._easel.digest(poster)
        if digest not in self._space_posters:
            async with self._easel.turn():
                if digest not in self._space_posters:
                    self._space_posters[digest] = await self._easel.drawn(poster)
        self._space_posters.move_to_end(digest)
        while len(self._space_posters) > self._kept:
            self._space_posters.popitem(last=False)
        return self._space_posters[digest]

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
