"""A clock that stands still until it is told otherwise."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class StoppedClock:
    """The `Clock` port. With a `step`, every reading is that much after the one before: nothing is simultaneous."""

    def __init__(self, now: datetime = datetime(2031, 5, 1, 18, tzinfo=UTC), *, step: timedelta = timedelta(0)) -> None:
        self.now = now
        self._step = step

    def __call__(self) -> datetime:
        self.now += self._step
        return self.now

    def advance(self, by: timedelta) -> None:
        """Lets time pass."""
        self.now += by
