"""Finished recordings as files: replayed, measured, and read for their waveform."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.domain.recorded import Measures, Trim
from app.services.media_engine import MediaUnavailable
from media.opus import SAMPLE_RATE
from media.recordings import Recordings
from media.replay import Extent
from media.replay_file import ReplayFile

OPEN_FILES = 8
"""Files that are ready to be read, those asked for last: 11 MB each for 10 hours of sound."""
SAMPLES_PER_MS = SAMPLE_RATE // 1000

log = logging.getLogger(__name__)


class LiveRecordings:
    """The `RecordingFiles` of this node: recordings are folders in `folder / "spaces"`."""

    def __init__(self, folder: Path) -> None:
        self._recordings = Recordings(folder.resolve() / "spaces")
        self._files: OrderedDict[tuple[str, Trim], _File] = OrderedDict()

    async def playlist(self, space_id: str, trim: Trim) -> str | None:
        """See `RecordingFiles`."""
        with _readable():
            return await self._recordings.replay_playlist(space_id, _extent(trim))

    async def resource(self, space_id: str, name: str, trim: Trim) -> bytes | None:
        """See `RecordingFiles`."""
        with _readable():
            return await self._recordings.replay_resource(space_id, name, _extent(trim))

    async def file(self, space_id: str, trim: Trim) -> _File | None:
        """See `RecordingFiles`."""
        known = self._files.get((space_id, trim))
        if known is None or not known.is_there():
            with _readable():
                found = await self._recordings.replay_file(space_id, _extent(trim))
            if found is None:
                return None
            known = self._files[space_id, trim] = _File(found)
        self._files.move_to_end((space_id, trim))
        if len(self._files) > OPEN_FILES:
            self._files.popitem(last=False)
        return known

    async def waveform(self, space_id: str, trim: Trim, points: int) -> tuple[float, ...]:
        """See `RecordingFiles`."""
        with _readable():
            pairs = await self._recordings.waveform(space_id, _extent(trim), points)
        return tuple(max(-low, high, 0) / 127 for low, high in pairs)

    async def measure(self, space_id: str, trim: Trim) -> Measures | None:
        """See `RecordingFiles`."""
        with _readable():
            found = await self._recordings.measure(space_id, _extent(trim))
        if found is None:
            return None
        return Measures(
            duration_ms=found.samples // SAMPLES_PER_MS,
            trim=trim,
            size=found.size,
            loudness=found.loudness.integrated,
            peak=found.loudness.peak,
        )


class _File:
    """A `SoundFile`, read in threads."""

    def __init__(self, file: ReplayFile) -> None:
        self._file = file
        self.size, self.tag = file.size, file.tag

    def is_there(self) -> bool:
        return self._file.is_there()

    async def read(self, start: int, end: int) -> bytes:
        with _readable():
            return await asyncio.to_thread(self._file.read, start, end)


def _extent(trim: Trim) -> Extent:
    end = None if trim.end_ms is None else trim.end_ms * SAMPLES_PER_MS
    return Extent(trim.start_ms * SAMPLES_PER_MS, end)


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        log.error("A recording could not be read: %s", error)
        raise MediaUnavailable("The recording cannot be read at the moment.") from error
