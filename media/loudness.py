"""Loudness of a recording (EBU R 128): its power by the ear's weighting, written while it is recorded."""

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import numpy as np
import numpy.typing as npt

from media.encoder import PACKET_SAMPLES, PRIMING_SAMPLES
from media.opus import SAMPLE_RATE
from media.takes import TakeFile

STEP: Final = SAMPLE_RATE // 10
"""Samples of a value, 100 ms: the gating blocks of 400 ms start so far apart (ITU-R BS.1770-5, annex 1)."""
BLOCK_STEPS: Final = 4
ABSOLUTE_GATE: Final = -70.0
RELATIVE_GATE: Final = -10.0
_OFFSET: Final = -0.691
_VALUE: Final = struct.Struct("<ff")
# BS.1770-5, tables 1 and 2: what the head does to the sound, and a high-pass, at 48 kHz.
_SHELF: Final = (
    "b0=1.53512485958697:b1=-2.69169618940638:b2=1.19839281085285:a0=1:a1=-1.69065929318241:a2=0.73248077421585"
)
_HIGH_PASS: Final = "b0=1:b1=-2:b2=1:a0=1:a1=-1.99004745483398:a2=0.99007225036621"


@dataclass(frozen=True, slots=True)
class Loudness:
    """Integrated loudness in LUFS, and the highest sample in dBFS; None where there is nothing but silence."""

    integrated: float | None
    peak: float | None


class LoudnessWriter:
    """Appends a take's power and peak for every 100 ms, at once, so that a crash costs no more than that."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb", buffering=0)
        self._graph = av.filter.Graph()
        # Else it starts one for each processor.
        self._graph.threads = 1
        source = self._graph.add_abuffer(
            sample_rate=SAMPLE_RATE, layout="mono", format="dblp", time_base=Fraction(1, SAMPLE_RATE)
        )
        self._graph.link_nodes(
            source,
            self._graph.add("biquad", _SHELF),
            self._graph.add("biquad", _HIGH_PASS),
            self._graph.add("abuffersink"),
        ).configure()
        self._waiting: list[npt.NDArray[np.float32]] = []
        self._samples = 0

    def add(self, block: npt.NDArray[np.float32]) -> None:
        """Takes the next 960 samples, full scale +-1. OSError where the disk is full."""
        self._waiting.append(block)
        if len(self._waiting) * len(block) < STEP:
            return
        sound = np.concatenate(self._waiting)
        self._waiting.clear()
        frame = av.AudioFrame.from_ndarray(sound[np.newaxis].astype(np.float64), format="dblp", layout="mono")
        frame.sample_rate = SAMPLE_RATE
        frame.pts = self._samples
        self._samples += len(sound)
        self._graph.push(frame)
        weighted = self._graph.pull().to_ndarray()[0]
        self._file.write(_VALUE.pack(float(weighted @ weighted) / len(weighted), float(np.abs(sound).max())))

    def close(self) -> None:
        """Closes the file. Doing it twice is no error."""
        self._file.close()


def read_loudness(takes: Sequence[TakeFile], heard: range) -> Loudness:
    """The loudness of those samples of a recording, to 100 ms; of a take without measures nothing is known."""
    powers, peaks = [np.zeros(0)], [0.0]
    for take in takes:
        start = take.first_packet * PACKET_SAMPLES - PRIMING_SAMPLES
        first = max(0, -(-(heard.start - start) // STEP))
        count = min(heard.stop - start, take.packets * PACKET_SAMPLES) // STEP - first
        if count <= 0 or not take.loudness_path.exists():
            continue
        with take.loudness_path.open("rb") as file:
            file.seek(first * _VALUE.size)
            data = file.read(count * _VALUE.size)
        values = np.frombuffer(data, "<f4", count=len(data) // _VALUE.size * 2).reshape(-1, 2)
        powers.append(values[:, 0].astype(np.float64))
        peaks.append(float(values[:, 1].max(initial=0)))
    peak = max(peaks)
    return Loudness(integrated(np.concatenate(powers)), 20 * math.log10(peak) if peak else None)


def integrated(powers: npt.NDArray[np.float64]) -> float | None:
    """Integrated loudness, gated twice (BS.1770-5, annex 1), from the powers of steps; None for silence."""
    if len(powers) < BLOCK_STEPS:
        return None
    blocks = np.convolve(powers, np.ones(BLOCK_STEPS) / BLOCK_STEPS, "valid")
    blocks = blocks[blocks > _power(ABSOLUTE_GATE)]
    if not len(blocks):
        return None
    loud = blocks[blocks > _power(_lufs(blocks.mean()) + RELATIVE_GATE)]
    return _lufs(loud.mean())


def _power(lufs: float) -> float:
    return float(10 ** ((lufs - _OFFSET) / 10))


def _lufs(power: float) -> float:
    return _OFFSET + 10 * math.log10(power)
