"""Placement: on which media process a Space goes on air."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

SPACE_WEIGHT = 3.0
"""What a Space costs by itself, its AAC and its files, in microphones: 29 ms of CPU a second beside 11 (README)."""
LISTENER_WEIGHT = 0.2
"""What one costs who hears with low delay, in microphones: 2 ms a second."""


@dataclass(frozen=True, slots=True)
class Load:
    """What a process has on air; `is_up`: it takes commands."""

    is_up: bool
    spaces: int = 0
    microphones: int = 0
    listeners: int = 0

    @property
    def weight(self) -> float:
        """About how much CPU it takes, in microphones."""
        return self.spaces * SPACE_WEIGHT + self.microphones + self.listeners * LISTENER_WEIGHT


def least_loaded(loads: Sequence[Load]) -> int:
    """Which of them takes the next Space: the least loaded, of those that are up where any is; of equals the first.

    There must be one.
    """
    return min(range(len(loads)), key=lambda number: (not loads[number].is_up, loads[number].weight, number))
