"""Mastering: sound brought to the loudness of podcasts, its true peaks held below what decoders and converters clip."""

import math
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import av
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from media.opus import SAMPLE_RATE, Sound

TARGET_LUFS: Final = -16.0
"""Integrated loudness (EBU R 128, ITU-R BS.1770), as platforms of speech have it."""
CEILING_DBTP: Final = -1.0
MAX_GAIN_DB: Final = 30.0
"""What is quieter than -46 LUFS is noise rather than words: it gets so much, and stays below the target."""
MAKE_UP_DB: Final = 12.0
"""What may be given besides for what the limiter takes: of more, clicks or shouts would be all that is heard."""

SUB_BLOCK: Final = SAMPLE_RATE // 1000
"""Samples, 1 ms: what the limiter decides by."""
REACH: Final = 40
"""Sub-blocks before and after a peak within which the limiter's gain goes down to it and up again."""
_SHORTEST: Final = SAMPLE_RATE
"""Samples. Loudness is of blocks of 400 ms (BS.1770): a shorter sound is measured as if it went on."""
_ABSOLUTE_GATE: Final = -70.0
_STEPS: Final = 5
_CLOSE_LU: Final = 0.1
_LEAST_SLOPE: Final = 0.25
"""LU that a dB of gain adds at least: below it the limiter would be all that is heard."""
_FINER: Final = 4
"""True peaks are looked for between samples too, at four times the rate (BS.1770, annex 2)."""


@dataclass(frozen=True, slots=True)
class Level:
    """How loud a sound is: `lufs` integrated, None for silence; `peak_dbtp` its true peak, -inf for silence."""

    lufs: float | None
    peak_dbtp: float


def measure(sound: Sound) -> Level:
    """The level of a mono sound of 48 kHz; about 5 ms of a core for a second."""
    peak = float(np.abs(_oversampled(sound)).max(initial=0))
    return Level(loudness(sound), 20 * math.log10(peak) if peak else -math.inf)


def loudness(sound: Sound) -> float | None:
    """Integrated loudness in LUFS, by FFmpeg's ebur128, to 0.1; None for silence. About 1 ms of a core for a second."""
    if not len(sound):
        return None
    heard = np.tile(sound, -(-_SHORTEST // len(sound))) if len(sound) < _SHORTEST else sound
    graph = av.filter.Graph()
    source = graph.add_abuffer(sample_rate=SAMPLE_RATE, layout="mono", format="flt", time_base=Fraction(1, SAMPLE_RATE))
    graph.link_nodes(source, graph.add("ebur128", "metadata=1"), graph.add("abuffersink")).configure()
    graph.push(_frame(heard))
    graph.push(None)
    lufs = -math.inf
    with suppress(EOFError):
        while True:
            lufs = float(graph.pull().metadata.get("lavfi.r128.I", lufs))
    return lufs if lufs > _ABSOLUTE_GATE else None


class Mastering:
    """A mono sound of 48 kHz, to be made louder or quieter; its true peaks are looked for once."""

    def __init__(self, sound: Sound) -> None:
        self._sound = sound
        self._peaks = _sub_block_peaks(sound)
        self._lufs = loudness(sound)

    def mastered(self, gain_db: float, ceiling_dbtp: float) -> Sound:
        """The sound, as long as it was, with this gain and no true peak above the ceiling.

        The limiter looks both ways: for each ms the least gain that any ms within REACH needs, smoothed over as many,
        so that it moves without a step and never above what a sample needs.
        """
        factor, ceiling = 10 ** (gain_db / 20), 10 ** (ceiling_dbtp / 20)
        loud = self._sound * np.float32(factor)
        peaks = self._peaks * factor
        if peaks.max(initial=0) <= ceiling:
            return loud
        needed = np.pad(ceiling / np.maximum(peaks, ceiling), 2 * REACH, constant_values=1.0)
        least = sliding_window_view(needed, 2 * REACH + 1).min(axis=1)
        # Two sub-blocks narrower than the least: the line between two of them stays below it as well.
        window = np.hanning(2 * REACH - 1)[1:-1]
        smooth = np.convolve(least, window / window.sum(), "same")[REACH : REACH + len(peaks)]
        centres = np.arange(len(peaks)) * SUB_BLOCK + SUB_BLOCK / 2
        return (loud * np.interp(np.arange(len(loud)), centres, smooth)).astype(np.float32)

    def aim(self, lufs: float) -> float | None:
        """As loud as the sound may be made: `lufs`, but no more than MAX_GAIN_DB above what it is; None for silence."""
        return None if self._lufs is None else min(lufs, self._lufs + MAX_GAIN_DB)

    def gain_for(self, aim: float | None, ceiling_dbtp: float) -> float:
        """The gain in dB with which the mastered sound is as loud as that, or all that may be: 0 for silence.

        The more the limiter takes, the less a dB of gain does: by secants, up to MAKE_UP_DB beyond the difference.
        """
        if self._lufs is None or aim is None:
            return 0.0
        gain, slope, most = aim - self._lufs, 1.0, aim - self._lufs + MAKE_UP_DB
        reached = loudness(self.mastered(gain, ceiling_dbtp))
        for _ in range(_STEPS):
            if reached is None or abs(aim - reached) <= _CLOSE_LU or (gain >= most and reached < aim):
                break
            before, was = gain, reached
            gain = min(gain + (aim - reached) / slope, most)
            reached = loudness(self.mastered(gain, ceiling_dbtp))
            if reached is not None and gain != before:
                slope = min(1.0, max(_LEAST_SLOPE, (reached - was) / (gain - before)))
        return gain


def _sub_block_peaks(sound: Sound) -> NDArray[np.float64]:
    """The true peak of every ms, the last one filled up."""
    size = SUB_BLOCK * _FINER
    fine = np.abs(_oversampled(sound))
    padded = np.pad(fine, (0, -len(fine) % size))
    peaks: NDArray[np.float64] = padded.reshape(-1, size).max(axis=1, initial=0).astype(np.float64)
    return peaks


def _oversampled(sound: Sound) -> NDArray[np.float32]:
    """The sound at four times the rate, in place: sample n of the one is sample 4 n of the other."""
    resampler = av.AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE * _FINER)
    # The filter gives nothing at all of a sound shorter than itself.
    followed = np.concatenate((sound, np.zeros(SUB_BLOCK * 10, np.float32)))
    parts = [*resampler.resample(_frame(followed)), *resampler.resample(None)]
    return np.concatenate([part.to_ndarray()[0] for part in parts])[: _FINER * len(sound)]


def _frame(sound: Sound) -> av.AudioFrame:
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound[np.newaxis]), format="flt", layout="mono")
    frame.sample_rate = SAMPLE_RATE
    frame.pts = 0
    return frame
