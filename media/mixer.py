"""The mix: the sum of all that is said, held below full scale by one look-ahead limiter."""

from collections.abc import Sequence

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from media.opus import SAMPLE_RATE, TICK

CEILING = 0.9  # peak, -0.9 dBFS
SUB_BLOCK = SAMPLE_RATE // 1000  # samples: 1 ms
LOOK_AHEAD_MS = 5
LOOK_AHEAD = LOOK_AHEAD_MS * SUB_BLOCK  # samples, the mixer's delay
RELEASE_MS = 100  # time constant of the return to full level

_SUB_BLOCKS = TICK // SUB_BLOCK
_LIMIT = CEILING * (1 - 1e-6)  # keeps float32's rounding below the ceiling
_RELEASE = 1 - np.exp(-1 / RELEASE_MS)
_SETTLED = 1 - 1e-4  # gain: within 0.001 dB of 1 it is 1
_RAMP = np.arange(SUB_BLOCK) / SUB_BLOCK


def sub_block_peaks(outputs: NDArray[np.float32]) -> NDArray[np.float32]:
    """The peak of every millisecond, (20,), over all the outputs of a tick, (..., 960)."""
    peaks: NDArray[np.float32] = np.abs(outputs).reshape(-1, _SUB_BLOCKS, SUB_BLOCK).max(axis=(0, 2))
    return peaks


class Limiter:
    """The gain that keeps outputs at or below CEILING: one for all of them, so that their balance stays.

    It sees a peak 5 ms ahead, comes down to it within those 5 ms without a step, and goes back slowly.
    How: each boundary between sub-blocks finds the least gain needed from the one before it to 5 ms ahead,
    released slowly, and takes the average of the last 5 of these. All 5 cover both neighbours of the boundary, so no
    average, and no line between two of them, is above what a sample there needs."""

    def __init__(self) -> None:
        self._needed = np.ones(LOOK_AHEAD_MS)  # the last sub-blocks'
        self._released = np.ones(LOOK_AHEAD_MS)  # the last boundaries'

    def gain(self, peaks: NDArray[np.float32]) -> NDArray[np.float32] | None:
        """The gain (960,) for the outputs delayed by LOOK_AHEAD samples, or None when it is 1 throughout.

        `peaks` (20,) are those of the tick just come, by `sub_block_peaks`. To be called once a tick."""
        needed = np.concatenate((self._needed, _LIMIT / np.maximum(peaks.astype(np.float64), _LIMIT)))
        self._needed = needed[-LOOK_AHEAD_MS:]
        if needed.min() == 1 and self._released.min() == 1:
            return None
        least = sliding_window_view(needed, LOOK_AHEAD_MS + 1).min(axis=1)
        released = np.concatenate((self._released, self._release(least.tolist())))
        self._released = released[-LOOK_AHEAD_MS:]
        boundaries = sliding_window_view(released, LOOK_AHEAD_MS).mean(axis=1)
        gain: NDArray[np.float64] = boundaries[:-1, np.newaxis] + np.diff(boundaries)[:, np.newaxis] * _RAMP
        return gain.reshape(TICK).astype(np.float32)

    def _release(self, least: list[float]) -> list[float]:
        """Down at once, up by the release's time constant."""
        released, current = [], float(self._released[-1])
        for need in least:
            current = min(need, current + (1 - current) * _RELEASE)
            if current > _SETTLED:
                current = need
            released.append(current)
        return released


class Mixer:
    """Blocks of one tick to one mix, LOOK_AHEAD samples (5 ms) late. Below CEILING it is their plain sum."""

    def __init__(self) -> None:
        self._limiter = Limiter()
        self._ahead = np.zeros(LOOK_AHEAD, np.float32)  # what has come and is not yet out

    def mix(self, blocks: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
        """One tick (960,): the sum of any number of mono blocks (960,), also none, limited to CEILING.

        To be called every tick, so that what was said before is not held back."""
        total = np.zeros(TICK, np.float32)
        for block in blocks:
            total += block
        gain = self._limiter.gain(sub_block_peaks(total))
        line = np.concatenate((self._ahead, total))
        delayed, self._ahead = line[:TICK], line[TICK:]
        return delayed if gain is None else delayed * gain
