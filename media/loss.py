"""Whether packets get lost on the way to those who hear, as far as clients report it (RTCP), and what follows."""

from typing import Final

PROVING_TICKS: Final = 250
"""5 s, in which a network is not trusted yet. The report after that is a browser's second, at 6 to 9 s: with 2 % of
loss one in 400 is then trusted for a while."""
WARY_TICKS: Final = 1500
"""30 s: so long a report of loss counts, and one of none: it is not trusted for longer without another."""
PATIENCE_TICKS: Final = 500
"""10 s, in which a pause is waited for to change the coding in: below 120 Hz a pure tone would click."""


class Losses:
    """One client's network: not trusted until it has proved itself, by reports of no loss. Time is told by the tick."""

    def __init__(self) -> None:
        self._tick = 0
        self._wary_until = PROVING_TICKS
        self._trusted_until = 0

    @property
    def likely(self) -> bool:
        """Whether some may be lost: also where the client has not said, or has long not said, that none are."""
        return self._tick < self._wary_until or self._tick >= self._trusted_until

    def tick(self) -> None:
        """A tick has passed since the client connected."""
        self._tick += 1

    def reported(self, share: float) -> None:
        """The client says which share of the last packets it did not get: 0 is less than 1 of 256 (RFC 3550, 6.4.1)."""
        if share > 0:
            self._wary_until = self._tick + WARY_TICKS
        elif self._tick >= self._wary_until:
            self._trusted_until = self._tick + WARY_TICKS


class Protection:
    """Whether a Space's packets carry each frame once more (FEC): at once when it helps, and until a pause after it."""

    def __init__(self) -> None:
        self.on = False
        self._needless = 0

    def tick(self, *, needed: bool, quiet: bool) -> None:
        """Decides for the next tick: whether somebody may lose packets, and whether it is a pause."""
        self._needless = 0 if needed else self._needless + 1
        self.on = needed or (self.on and not quiet and self._needless <= PATIENCE_TICKS)
