"""Recordings by name, as read by the process that serves them while another one writes."""

import asyncio
import shutil
import time
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from media.playlists import replay_playlist
from media.spans import Span, live_spans
from media.timeline import FileSlice, Timeline

MAX_OPEN: Final = 256
"""Recordings kept in memory, the most recently read ones: about a hundred bytes for each take."""
REFRESH_SECONDS: Final = 0.1
"""All who read within this time share one look at the files."""

T = TypeVar("T")


class Recordings:
    """The recordings in the folders of `folder`. Files are read in threads, one at a time for each recording.

    `ended` says that no sound can follow any more. A recording that is not there is an empty one.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: OrderedDict[str, _Reader] = OrderedDict()

    def path(self, name: str) -> Path:
        """The folder of a recording."""
        return self._folder / name

    async def live_spans(self, name: str, *, ended: bool) -> list[Span]:
        """When the segments of the live playlist play."""
        return await self._read(name, ended, live_spans)

    async def replay_playlist(self, name: str, *, ended: bool) -> str | None:
        """The playlist of all segments; None before the first."""
        return await self._read(name, ended, replay_playlist)

    async def segment(self, name: str, segment: str, *, ended: bool) -> FileSlice | None:
        """What a playlist calls `segment`; None for any other name, and for what is deleted."""
        return await self._read(name, ended, lambda timeline: timeline.segment(segment))

    async def duration(self, name: str) -> int:
        """Samples from the beginning to what can be cut by now."""
        return await self._read(name, False, lambda timeline: timeline.duration)

    async def delete(self, name: str) -> None:
        """Deletes a recording that is complete, with its folder. Raises `OSError`, with part of it left."""
        async with self._open.pop(name, _Reader(self.path(name))).lock:
            await asyncio.to_thread(_delete, self.path(name))

    async def _read(self, name: str, ended: bool, look: Callable[[Timeline], T]) -> T:
        reader = self._open.setdefault(name, _Reader(self.path(name)))
        self._open.move_to_end(name)
        if len(self._open) > MAX_OPEN:
            self._open.popitem(last=False)
        async with reader.lock:
            return await asyncio.to_thread(reader.read, ended, look)


def _delete(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)


class _Reader:
    def __init__(self, folder: Path) -> None:
        self.lock = asyncio.Lock()
        self._folder = folder
        self._timeline: Timeline | None = None
        self._looked_at = 0.0

    def read(self, ended: bool, look: Callable[[Timeline], T]) -> T:
        try:
            return look(self._fresh(ended))
        except FileNotFoundError:
            # Old segments of a Space that is not recorded were deleted since the last look.
            self._timeline = None
            return look(self._fresh(ended))

    def _fresh(self, ended: bool) -> Timeline:
        now = time.monotonic()
        if self._timeline is None:
            self._timeline = Timeline(self._folder)
        elif now - self._looked_at >= REFRESH_SECONDS or ended != self._timeline.ended:
            self._timeline.refresh()
        else:
            return self._timeline
        self._looked_at = now
        self._timeline.ended = ended
        return self._timeline
