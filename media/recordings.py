"""Recordings by name, as read by the process that serves them, also while another one writes."""

import asyncio
import shutil
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from media.loudness import Loudness, read_loudness
from media.recovery import recover
from media.replay import WHOLE, Extent, replay_playlist, replay_resource, samples
from media.replay_file import ReplayFile
from media.spans import Span, live_spans
from media.timeline import Timeline
from media.waveform import read_peaks, reduce_peaks

MAX_OPEN: Final = 256
"""Recordings kept in memory, the most recently read ones: about a hundred bytes for each take."""
REFRESH_SECONDS: Final = 0.1
"""All who read within this time share one look at the files."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Measured:
    """What a finished recording measures: all its samples; the size of what is heard as an m4a, and its loudness."""

    samples: int
    size: int
    loudness: Loudness


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

    async def replay_playlist(self, name: str, extent: Extent = WHOLE) -> str | None:
        """The playlist of a finished recording; None where nothing is heard."""
        return await self._read(name, True, lambda timeline: replay_playlist(timeline, extent))

    async def replay_resource(self, name: str, resource: str, extent: Extent = WHOLE) -> bytes | None:
        """The bytes of what that playlist calls `resource`; None for any other name."""
        return await self._read(name, True, lambda timeline: replay_resource(timeline, resource, extent))

    async def replay_file(self, name: str, extent: Extent = WHOLE) -> ReplayFile | None:
        """A finished recording as one file; None where nothing is heard."""
        return await self._read(name, True, lambda timeline: _file(timeline, extent))

    async def waveform(self, name: str, extent: Extent, points: int) -> list[tuple[int, int]]:
        """The lowest and highest sample of each of so many even stretches of what is heard, +-127 being full scale."""
        return await self._read(name, True, lambda timeline: _waveform(timeline, extent, points))

    async def measure(self, name: str, extent: Extent = WHOLE) -> Measured | None:
        """What a recording measures that nobody writes to, and that is recovered first; None where it is not there."""
        if not await asyncio.to_thread(self.path(name).exists):
            return None
        await asyncio.to_thread(recover, self.path(name))
        # What was known of it before may be more than is there now.
        self._open.pop(name, None)
        return await self._read(name, True, lambda timeline: _measured(timeline, extent))

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


def _file(timeline: Timeline, extent: Extent) -> ReplayFile | None:
    return ReplayFile(timeline, extent) if samples(timeline, extent) else None


def _waveform(timeline: Timeline, extent: Extent, points: int) -> list[tuple[int, int]]:
    heard = samples(timeline, extent)
    return reduce_peaks(read_peaks(timeline.takes, heard.start, len(heard)), points) if heard else []


def _measured(timeline: Timeline, extent: Extent) -> Measured:
    file = _file(timeline, extent)
    loudness = read_loudness(timeline.takes, samples(timeline, extent))
    return Measured(timeline.duration, file.size if file else 0, loudness)
