"""Recorded: what became of a Space's sound. `recordings` decides about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

FOR_EVER_MS = 2**53
"""Later than any recording ends."""


@dataclass(frozen=True, slots=True)
class Trim:
    """Which ms of a recording are heard: from `start_ms` up to `end_ms` (None: to its end), counted from its first
    recorded sample, always. What is outside is kept.
    """

    start_ms: int = 0
    end_ms: int | None = None

    @property
    def stop_ms(self) -> int:
        """The end, or what is later than any."""
        return FOR_EVER_MS if self.end_ms is None else self.end_ms

    def within(self, duration_ms: int) -> range:
        """The ms of a recording of this length that are heard."""
        end_ms = min(self.stop_ms, duration_ms)
        return range(min(self.start_ms, end_ms), end_ms)


WHOLE = Trim()


@dataclass(frozen=True, slots=True)
class RecordingFailure:
    """Sound could not be written from `at` on, and is again since `resumed_at`; `reason` is a sentence."""

    reason: str
    at: datetime
    resumed_at: datetime | None = None


class RecordingState(StrEnum):
    """Where a recording is."""

    RECORDING = "RECORDING"
    READY = "READY"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Measures:
    """What a recording measures: how long all of it is, and of what is heard by `trim` its size as an m4a file in
    bytes, its integrated loudness in LUFS and its highest sample in dBFS (None: silence, or nothing is known).
    """

    duration_ms: int
    trim: Trim
    size: int
    loudness: float | None
    peak: float | None


@dataclass(frozen=True, slots=True)
class Recorded:
    """What is known of a Space's recording once it has ended, and how often it was replayed."""

    id: str
    measures: Measures
    replays: int = 0
