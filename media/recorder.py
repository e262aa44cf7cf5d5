"""From the mix to what listeners load and recordings keep: encoder, take, waveform and loudness of one Space."""

import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from media.encoder import AacEncoder
from media.formats import AAC, OPUS
from media.loudness import LoudnessWriter
from media.opus import SAMPLE_RATE, TICK
from media.opus_rendition import OpusRendition
from media.recovery import recover
from media.take_writer import TakeWriter
from media.waveform import PeaksWriter

RETRY_BLOCKS: Final = 250
"""After a failure, a new take is tried every 5 s of sound."""
OPUS_HEAD_START: Final = 100
"""Blocks that the Opus rendition begins with, 2 s: who asks for it first finds a segment there, and hears at once."""
NOTHING: Final[frozenset[str]] = frozenset()


class Recorder:
    """Encodes a Space's mix into `folder`; recovers what is there first, and goes on after it.

    `keep` is whether the sound is recorded; if not, only the last 30 to 47 s are there at any time, for live
    playlists, and whoever ends the Space deletes the folder once listeners had the end.

    A full or broken disk never raises: `failed` says why nothing is written at present, listeners wait, and a new
    take begins as soon as writing works again. One thread at a time.
    """

    failed: str | None
    """Why sound is not being written, in a sentence; None while it is."""
    opus: bool
    """Whether there is an Opus rendition beside the AAC: to be set by whoever knows of listeners to it."""

    def __init__(self, folder: Path, *, keep: bool, now: Callable[[], float] = time.time) -> None:
        self.failed = None
        self.opus = False
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

    def write(self, block: npt.NDArray[np.float32]) -> frozenset[str]:
        """Takes the next 20 ms, 960 mono samples, full scale +-1; names the formats of which there is a new part."""
        if self._retry_in:
            self._retry_in -= 1
            return NOTHING
        try:
            if self._take is None:
                self._take = _Take(self._folder, self._now(), self._keep)
            added = self._take.write(block, opus=self.opus)
        except OSError as error:
            self._fail(error)
            return NOTHING
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
    """Encoders and the files they write, from the first block to the last."""

    def __init__(self, folder: Path, started_at: float, keep: bool) -> None:
        self._folder = folder
        self._started_at = started_at
        self._encoder = AacEncoder()
        self._writer = TakeWriter(folder, self._encoder.config, started_at, keep=keep)
        self._number = self._writer.take.number
        # The first packet is the encoder's priming: the first sample that it is given comes after that.
        self.position = self._writer.first_time
        self._meters: list[PeaksWriter | LoudnessWriter] = []
        if keep:
            folder.mkdir(parents=True, exist_ok=True)
            self._meters.append(PeaksWriter(self._writer.take.peaks_path))
            self._meters.append(LoudnessWriter(self._writer.take.loudness_path))
        self._opus: OpusRendition | None = None
        self._recent: deque[npt.NDArray[np.float32]] = deque(maxlen=OPUS_HEAD_START)
        self._samples = 0

    def write(self, block: npt.NDArray[np.float32], *, opus: bool) -> frozenset[str]:
        for meter in self._meters:
            meter.add(block)
        self.position += len(block)
        added = [self._writer.add(packet) for packet in self._encoder.encode(block)]
        self._recent.append(block)
        self._samples += len(block)
        names = {AAC.name} if any(added) else set()
        if opus and self._write_opus(block):
            names.add(OPUS.name)
        elif not opus and self._opus:
            self._opus.delete()
            self._opus = None
            # The next run begins after this one.
            self._recent.clear()
        return frozenset(names)

    def _write_opus(self, block: npt.NDArray[np.float32]) -> bool:
        if self._opus:
            return self._opus.write(block)
        first = self._samples - len(self._recent) * TICK
        self._opus = OpusRendition(
            self._folder,
            self._number,
            self._writer.first_time + AAC.priming + first,
            self._started_at + first / SAMPLE_RATE,
        )
        added = [self._opus.write(one) for one in self._recent]
        return any(added)

    def close(self) -> None:
        try:
            for packet in self._encoder.flush():
                self._writer.add(packet)
            self._writer.close()
            if self._opus:
                self._opus.close()
        finally:
            self.abandon()

    def abandon(self) -> None:
        self._writer.abandon()
        if self._opus:
            self._opus.abandon()
        for meter in self._meters:
            meter.close()


def _sentence(error: OSError) -> str:
    return f"Sound is not being written: {error.strerror or error}."
