"""A clock that stands still until it is told otherwise."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class StoppedClock:
    """The `Clock` port. Every reading is one ms after the one before, so that nothing happens at the same time."""

    def __init__(self, now: datetime = datetime(2031, 5, 1, 18, tzinfo=UTC)) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now

    def advance(self, by: timedelta) -> None:
        """Lets time pass."""
        self.now += by
