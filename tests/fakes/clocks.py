"""A clock that stands until it is moved."""

from datetime import datetime, timedelta


class StandingClock:
    """`Clock` whose time passes when the test says so."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def __call__(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> None:
        """Lets time pass."""
        self._now += by
