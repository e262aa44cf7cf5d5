"""Voices: who is speaking at a moment, and how loud. It is heard and gone: nothing of it is kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Voice:
    """Someone's microphone: whether they speak, and its level from 0 (-60 dBFS or less) to 1 (full scale)."""

    person_id: str
    speaking: bool
    level: float


@dataclass(frozen=True, slots=True)
class Voices:
    """Everyone on a stage who is not silent, by person id."""

    heard: tuple[Voice, ...] = ()

    def of(self, person_id: str) -> Voice:
        """Someone's; a silent one for whoever is not among them."""
        return next((one for one in self.heard if one.person_id == person_id), Voice(person_id, False, 0.0))


SILENCE = Voices()


def voices(heard: Iterable[Voice]) -> Voices:
    """These, in an order of their own, so that the same voices are equal."""
    return Voices(tuple(sorted(heard, key=lambda one: one.person_id)))
