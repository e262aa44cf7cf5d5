"""Clips as files: cut out of recordings, each a copy of its own."""

from __future__ import annotations

import asyncio
import logging
import shutil
from contextlib import suppress
from pathlib import Path

from app.services.media_engine import ClipSound, MediaUnavailable
from media.clip import cut, discard_unfinished
from media.opus import SAMPLE_RATE

UNFINISHED_SECONDS = 600.0
"""How old the unfinished file of a clip is when nobody is writing it any more: it takes some milliseconds."""

log = logging.getLogger(__name__)


def clip_path(folder: Path, clip_id: str) -> Path:
    """Where the clip's sound is."""
    return folder / f"{clip_id}.m4a"


def made_path(folder: Path, clip_id: str) -> Path:
    """The folder of what was made of the clip: one of its own, so that nobody searches among the files of all."""
    return folder / f"{clip_id}.made"


class ClipFiles:
    """One m4a for each clip, in one folder, and beside it what the workshop makes of it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def open(self) -> None:
        """Makes the folder, and takes away what a server that died left unfinished in it."""
        await asyncio.to_thread(self._folder.mkdir, parents=True, exist_ok=True)
        await asyncio.to_thread(discard_unfinished, self._folder, UNFINISHED_SECONDS)

    async def cut(self, recording: Path, clip_id: str, *, start_ms: int, duration_ms: int) -> ClipSound:
        """Cuts those seconds out of a recording's folder.

        Raises `LookupError` where they are not (all) there, `MediaUnavailable` where the file cannot be written.
        """
        start, samples = (ms * SAMPLE_RATE // 1000 for ms in (start_ms, duration_ms))
        try:
            sound = await asyncio.to_thread(cut, recording, start, samples, self._path(clip_id))
        except OSError as error:
            log.error("A clip could not be cut: %s", error)
            raise MediaUnavailable("The clip's file cannot be written at the moment.") from error
        return ClipSound(sound.samples, tuple(max(-low, high, 0) / 127 for low, high in sound.waveform))

    async def delete(self, clip_id: str) -> None:
        """The clip with all that was made of it; one that is gone already is no error."""
        await asyncio.to_thread(self._delete, clip_id)

    def find(self, clip_id: str) -> Path | None:
        """The clip's m4a."""
        path = self._path(clip_id)
        return path if path.is_file() else None

    def _delete(self, clip_id: str) -> None:
        # The sound first: what is made of it meanwhile goes as soon as it is seen to be gone.
        self._path(clip_id).unlink(missing_ok=True)
        with suppress(FileNotFoundError):
            shutil.rmtree(made_path(self._folder, clip_id))

    def _path(self, clip_id: str) -> Path:
        return clip_path(self._folder, clip_id)
