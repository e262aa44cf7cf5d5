"""Who speaks, and how loud: told at most five times a second, and only when it has changed."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from media.opus import TICK, Sound

WINDOW_TICKS: Final = 10
"""200 ms: the time over which loudness is measured, and the least between two tellings."""
SPEAKS_ABOVE: Final = -45.0
SILENT_BELOW: Final = -50.0  # dBFS: in between it stays as it was
PAUSE_WINDOWS: Final = 3
"""A pause of up to 600 ms, as between sentences, is still speaking."""
FLOOR: Final = -60.0  # dBFS: level 0
STEPS: Final = 10
TOLD_AGAIN_WINDOWS: Final = 10
"""While anyone speaks it is told again after 2 s, for whoever missed it."""


@dataclass(frozen=True, slots=True)
class Voice:
    """Whether someone speaks, and their level: 0 (-60 dBFS or less) to 1 (full scale), in steps of 6 dB."""

    speaking: bool
    level: float


SILENT: Final = Voice(False, 0.0)


class Voices:
    """Watches the blocks of everyone's microphone."""

    def __init__(self) -> None:
        self._energy: dict[str, float] = {}
        self._pauses: dict[str, int] = {}
        self._told: dict[str, Voice] | None = None
        self._ticks = self._untold = 0

    def hear(self, blocks: Mapping[str, Sound]) -> Mapping[str, Voice] | None:
        """Takes a tick; answers everyone who is not silent where that is new, else None."""
        for person, block in blocks.items():
            self._energy[person] = self._energy.get(person, 0.0) + float(np.dot(block, block))
        self._ticks += 1
        if self._ticks % WINDOW_TICKS:
            return None
        voices = self._voices()
        self._untold += 1
        if voices == self._told and not (voices and self._untold >= TOLD_AGAIN_WINDOWS):
            return None
        self._told, self._untold = voices, 0
        return dict(voices)

    def close(self, person: str) -> None:
        """Someone's microphone was closed: with the next window they are silent, not pausing."""
        self._energy.pop(person, None)
        if person in (self._told or {}):
            self._pauses[person] = PAUSE_WINDOWS

    def _voices(self) -> dict[str, Voice]:
        energy, self._energy = self._energy, {}
        people = energy.keys() | (self._told or {}).keys()
        found = {person: self._voice(person, _decibels(energy.get(person, 0.0))) for person in sorted(people)}
        return {person: voice for person, voice in found.items() if voice != SILENT}

    def _voice(self, person: str, decibels: float) -> Voice:
        before = (self._told or {}).get(person, SILENT)
        loud = decibels > (SILENT_BELOW if before.speaking else SPEAKS_ABOVE)
        pauses = 0 if loud else self._pauses.pop(person, 0) + 1
        speaking = loud or (before.speaking and pauses <= PAUSE_WINDOWS)
        if speaking and pauses:
            self._pauses[person] = pauses
        elif not pauses:
            self._pauses.pop(person, None)
        return Voice(speaking, _level(decibels, before.level))


def _decibels(energy: float) -> float:
    """Of a window's summed squares, relative to full scale."""
    return 10 * math.log10(max(energy / (WINDOW_TICKS * TICK), 1e-12))


def _level(decibels: float, before: float) -> float:
    """The nearest step, or the one before while that is not a whole step away."""
    exact = min(max(1 - decibels / FLOOR, 0.0), 1.0)
    if abs(exact - before) * STEPS < 1 and exact > 0:
        return before
    return round(exact * STEPS) / STEPS
