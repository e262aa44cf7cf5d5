"""The beat of a Space's sound: when each tick is due, and what becomes of those that a busy machine misses."""

from collections import deque
from typing import Final

import numpy as np

TICK_SECONDS: Final = 0.02
CATCH_UP_SECONDS: Final = 2.0
"""After a stall of up to this long every missed tick is made up for, so that the recording keeps the time;
after a longer one (the machine slept) the beat starts anew from now."""
LATE_SECONDS: Final = 0.2
"""What is made up for later than this is recorded and not sent back: it would only make all that follows late."""
MAKING_UP_SECONDS: Final = 1.0
NEARER_SECONDS: Final = 0.5
"""Each second of making up for a stall, in which nobody hears anything, must bring the beat so much nearer. A machine
that just keeps up would never come to an end: then the beat starts anew, too, and the recording loses that stall."""
LATENESS_TICKS: Final = 500
"""So many ticks' lateness is remembered, 10 s."""


class Beat:
    """Ticks on absolute deadlines. Times are seconds of any clock that never goes back."""

    def __init__(self) -> None:
        self.ticks = 0
        """Those that were begun."""
        self.late = 0
        """Those of them that were due when the one before was done: a whole tick late or more."""
        self.skipped = 0
        """Those that never come, because the beat started anew."""
        self._due = 0.0
        self._making_up: tuple[float, float] | None = None  # since when, and how late it was then
        self._lateness: deque[float] = deque([0.0], maxlen=LATENESS_TICKS)

    @property
    def lateness_p99(self) -> float:
        """By how many seconds one in a hundred of the last ticks was late, or more."""
        return float(np.quantile(self._lateness, 0.99))

    def start(self, now: float) -> None:
        """The first tick is due in one."""
        self._due = now

    def rest(self, now: float) -> float:
        """How many seconds to wait for the next tick; 0 where it is due. Once before each `begin`."""
        self._due += TICK_SECONDS
        if now < self._due:
            return self._due - now
        self.late += 1
        if now - self._due > CATCH_UP_SECONDS or self._in_vain(now):
            self.skipped += int((now - self._due) / TICK_SECONDS)
            self._due = now
        return 0.0

    def begin(self, now: float) -> float:
        """By how many seconds the tick that begins now is late."""
        self.ticks += 1
        behind = now - self._due
        self._lateness.append(behind)
        if behind < LATE_SECONDS:
            self._making_up = None
        elif self._making_up is None:
            self._making_up = now, behind
        return behind

    def _in_vain(self, now: float) -> bool:
        if self._making_up is None:
            return False
        since, before = self._making_up
        if now - since < MAKING_UP_SECONDS:
            return False
        behind = now - self._due
        self._making_up = now, behind
        return before - behind < NEARER_SECONDS
