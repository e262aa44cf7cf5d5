"""The mix: the sum of what is said, for each who hears it, held below full scale by one look-ahead limiter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from media.opus import SAMPLE_RATE, TICK, Sound

CEILING = 0.75
"""Peak, -2.5 dBFS, before encoding. Lossy coding adds up to a sixth (13 loud voices: Opus 14 %, AAC 12 %; one that
is clipped 29 %): so what anybody decodes of 13 loud voices stays below 0.9, and nothing said is clipped at the ear."""
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


@dataclass(frozen=True, slots=True)
class Mix:
    """One tick as it is heard: by everyone, and by those for whom that would have their own voice in it."""

    full: Sound
    minus: Mapping[str, Sound]
    """Everyone else, for each who is heard in `full`; for anyone not named here that is `full` itself."""


_NOTHING = Mix(np.zeros(TICK, np.float32), {})
_NOTHING.full.setflags(write=False)


class Mixer:
    """Blocks of one tick to one mix, LOOK_AHEAD samples (5 ms) late. Below CEILING it is their plain sum."""

    def __init__(self) -> None:
        self._limiter = Limiter()
        # What has come and is not yet out: of the full mix, and of each one's in the order of `_heard`.
        self._ahead = np.zeros((1, LOOK_AHEAD), np.float32)
        self._heard: list[str] = []
        self._silent = True  # so that a tick of nothing is nothing

    def mix(self, blocks: Mapping[str, Sound]) -> Mix:
        """One tick (960,) of any number of people's mono blocks (960,), also none, all limited to CEILING by one gain.

        To be called every tick, so that what was said before is not held back."""
        if not blocks and self._silent:
            return _NOTHING
        heard = list(blocks)
        # Whoever fell silent with this tick is still in the last 5 ms of the one before.
        people = [*heard, *(one for one in self._heard if one not in blocks)]
        outputs = np.zeros((1 + len(people), TICK), np.float32)
        for row, block in enumerate(blocks.values(), 1):
            outputs[row] = block
        total = outputs[1:].sum(axis=0)
        np.subtract(total, outputs, out=outputs)
        gain = self._limiter.gain(sub_block_peaks(outputs))
        line = np.concatenate((self._ahead_of(people), outputs), axis=1)
        self._ahead, self._heard = line[: 1 + len(heard), TICK:].copy(), heard
        self._silent = not heard and gain is None and not self._ahead.any()
        delayed = line[:, :TICK] if gain is None else line[:, :TICK] * gain
        return Mix(delayed[0], dict(zip(people, delayed[1:], strict=True)))

    def _ahead_of(self, people: Sequence[str]) -> NDArray[np.float32]:
        """The last samples of the tick before: whoever was not heard in it had the full mix."""
        rows = {person: row for row, person in enumerate(self._heard, 1)}
        return self._ahead[[0, *(rows.get(person, 0) for person in people)]]
