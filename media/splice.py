"""A little less of a sound, or a little more, unheard: one period of it is left out, or comes twice."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from media.opus import PLC_STEP, SAMPLE_RATE, TICK, Sound

OVERLAP = SAMPLE_RATE // 200  # samples that pass over into those a period away: 5 ms
SHORTEST = PLC_STEP  # samples: 2.5 ms, the period of 400 Hz
LONGEST = TICK - OVERLAP  # samples: 15 ms, the period of 67 Hz
SEARCH = LONGEST + OVERLAP
"""Samples that `left_out` must be given at least, and `repeated` exactly: one tick."""

_RISING = (np.arange(OVERLAP) / OVERLAP).astype(np.float32)
_NOTHING = 1e-9  # energy


def left_out(sound: Sound, longest: int = LONGEST) -> tuple[Sound, float]:
    """The sound (n,) without SHORTEST to `longest` samples near its beginning, and how alike the two places are
    that now meet: the correlation coefficient, 1 for a period left out exactly.

    The sample before it and the sample after it still join. Overlap and add at the best match, as WSOLA does
    (Verhelst and Roelands, 1993)."""
    period, likeness = _best(sound[:OVERLAP], sound[SHORTEST : longest + OVERLAP])
    period += SHORTEST
    return np.concatenate((_passing(sound, sound[period:]), sound[period + OVERLAP :])), likeness


def repeated(sound: Sound) -> tuple[Sound, float]:
    """A tick of sound (960,) in which the SHORTEST to LONGEST samples before its last 5 ms come twice, and how alike
    the two places are: see `left_out`."""
    end = sound[LONGEST:]
    back, likeness = _best(end[::-1], sound[: TICK - SHORTEST][::-1])
    start = LONGEST - SHORTEST - back
    return np.concatenate((sound[:LONGEST], _passing(end, sound[start:]), sound[start + OVERLAP :])), likeness


def _best(wanted: Sound, where: Sound) -> tuple[int, float]:
    """Where in `where` it is most like `wanted`, and the correlation there; silence is like anything."""
    products = np.correlate(where, wanted)
    energies = sliding_window_view(np.square(where), OVERLAP).sum(axis=1) * np.dot(wanted, wanted)
    likeness = np.where(energies > _NOTHING**2, products / np.sqrt(np.maximum(energies, _NOTHING**2)), 1.0)
    best = int(np.argmax(likeness))
    return best, float(likeness[best])


def _passing(before: Sound, after: Sound) -> Sound:
    passing: Sound = before[:OVERLAP] + (after[:OVERLAP] - before[:OVERLAP]) * _RISING
    return passing
