"""From the mix to what listeners load and recordings keep: encoder, take and waveform of one Space."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from media.encoder import PACKET_SAMPLES, AacEncoder
from media.recovery import recover
from media.take_writer import TakeWriter
from media.waveform import PeaksWriter

RETRY_BLOCKS: Final = 250
"""After a failure, a new take is tried every 5 s of sound."""


class Recorder:
    """Encodes a Space's mix into `folder`; recovers what is there first, and goes on after it.

    `keep` is whether the sound is recorded; if not, only the last 30 to 47 s are there at any time, for live
    playlists, and whoever ends the Space deletes the folder once listeners had the end.

    A full or broken disk never raises: `failed` says why nothing is written at present, listeners wait, and a new
    take begins as soon as writing works again. One thread at a time.
    """

    failed: str | None
    """Why sound is not being written, in a sentence; None while it is."""

    def __init__(self, folder: Path, *, keep: bool, now: Callable[[], float] = time.time) -> None:
        self.failed = None
        self._folder = folder
        self._keep = keep
        self._now = now
        self._take: _Take | None = None
        self._retry_in = 0
        try:
            recover(folder)
        except OSError as error:
            self._fail(error)

    @property
    def position(self) -> int | None:
        """The sample of the recording that the next block begins at; None while nothing is being written."""
        return self._take.position if self._take else None

    def write(self, block: npt.NDArray[np.float32]) -> bool:
        """Takes the next 20 ms, 960 mono samples, full scale +-1; True if listeners can load a new part."""
        if self._retry_in:
            self._retry_in -= 1
            return False
        try:
            if self._take is None:
                self._take = _Take(self._folder, self._now(), self._keep)
            added = self._take.write(block)
        except OSError as error:
            self._fail(error)
            return False
        if added:
            self.failed = None
        return added

    def close(self) -> None:
        """Ends the take with all that was written to it, and waits for the disk, which can take a while.

        A disk that is full now sets `failed`.
        """
        take, self._take = self._take, None
        if take:
            try:
                take.close()
            except OSError as error:
                self.failed = _sentence(error)

    def _fail(self, error: OSError) -> None:
        self.failed = _sentence(error)
        self._retry_in = RETRY_BLOCKS
        take, self._take = self._take, None
        if take:
            take.abandon()


class _Take:
    """An encoder and the files it writes, from the first block to the last."""

    def __init__(self, folder: Path, started_at: float, keep: bool) -> None:
        self._encoder = AacEncoder()
        self._writer = TakeWriter(folder, self._encoder.config, started_at, keep=keep)
        # The first packet is the encoder's priming: the first sample that it is given comes after that.
        self.position = self._writer.first_packet * PACKET_SAMPLES
        self._peaks = None
        if keep:
            folder.mkdir(parents=True, exist_ok=True)
            self._peaks = PeaksWriter(self._writer.take.peaks_path)

    def write(self, block: npt.NDArray[np.float32]) -> bool:
        if self._peaks:
            self._peaks.add(block)
        self.position += len(block)
        added = [self._writer.add(packet) for packet in self._encoder.encode(block)]
        return any(added)

    def close(self) -> None:
        try:
            for packet in self._encoder.flush():
                self._writer.add(packet)
            self._writer.close()
        finally:
            self.abandon()

    def abandon(self) -> None:
        self._writer.abandon()
        if self._peaks:
            self._peaks.close()


def _sentence(error: OSError) -> str:
    return f"Sound is not being written: {error.strerror or error}."
