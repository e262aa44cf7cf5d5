"""The waveform of a recording: lowest and highest sample of each 20 ms, written while it is recorded."""

import struct
from collections.abc import Sequence
from math import ceil, floor
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from media.encoder import PACKET_SAMPLES
from media.opus import TICK
from media.takes import TakeFile

FULL_SCALE: Final = 127

Peaks = npt.NDArray[np.int8]
"""Shape (n, 2): the lowest and the highest sample of each 20 ms, full scale being -127 and 127."""


class PeaksWriter:
    """Appends a pair to a take's peaks for every block. What the take's packets lack after a crash, it may have."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb", buffering=0)

    def add(self, block: npt.NDArray[np.float32]) -> None:
        """Takes the next 960 samples, full scale +-1. OSError where the disk is full."""
        self._file.write(struct.pack("bb", *peak(block)))

    def close(self) -> None:
        """Closes the file. Doing it twice is no error."""
        self._file.close()


def peak(block: npt.NDArray[np.float32]) -> tuple[int, int]:
    """The pair of one block, rounded outwards so that no sound looks like silence."""
    low, high = floor(block.min() * FULL_SCALE), ceil(block.max() * FULL_SCALE)
    return max(low, -FULL_SCALE), min(high, FULL_SCALE)


def read_peaks(takes: Sequence[TakeFile], start: int, length: int) -> Peaks:
    """Pairs of every 20 ms that `length` samples from sample `start` of the recording touch.

    Each take is read at the place that is asked for, so it costs the same anywhere. Zeros where there is none.
    """
    first, end = start // TICK, -(-(start + length) // TICK)
    peaks: Peaks = np.zeros((end - first, 2), np.int8)
    for take in takes:
        # A take's priming is its first packet; in the recording, it ends where that packet's number says.
        take_first = round(take.first_packet * PACKET_SAMPLES / TICK)
        skipped = max(0, first - take_first)
        position = max(0, take_first - first)
        if position >= len(peaks) or not take.peaks_path.exists():
            continue
        with take.peaks_path.open("rb") as file:
            file.seek(2 * skipped)
            data = file.read(2 * (len(peaks) - position))
        pairs = np.frombuffer(data, np.int8, count=len(data) // 2 * 2).reshape(-1, 2)
        peaks[position : position + len(pairs)] = pairs
    return peaks


def reduce_peaks(peaks: Peaks, buckets: int) -> list[tuple[int, int]]:
    """Lowest and highest of each of `buckets` even stretches; fewer if there are fewer pairs than that."""
    buckets = min(buckets, len(peaks))
    if not buckets:
        return []
    starts = np.arange(buckets) * len(peaks) // buckets
    lows = np.minimum.reduceat(peaks[:, 0], starts)
    highs = np.maximum.reduceat(peaks[:, 1], starts)
    return list(zip(lows.tolist(), highs.tolist(), strict=True))
