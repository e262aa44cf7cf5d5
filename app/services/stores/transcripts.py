"""Transcripts: what the use cases ask of the database about them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.domain.recorded import FOR_EVER_MS
from app.domain.transcripts import Phrase
from app.services.pages import Moment, Offset, Window


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some seconds of a Space's recording, or all of it."""

    space_id: str
    start_ms: int = 0
    end_ms: int = FOR_EVER_MS


class TranscriptStore(Protocol):
    """Phrases of recorded Spaces."""

    async def add(self, phrase: Phrase) -> None: ...

    async def of_spaces(self, heard: Sequence[Stretch], window: Window[Offset]) -> list[list[Phrase]]:
        """Of each of the Spaces, in their order, the phrases that lie wholly within its stretch, in order of
        (start_ms, id); by one query.
        """

    async def touching(self, stretches: Collection[Stretch]) -> list[Phrase]:
        """The phrases that lie within any of the stretches, or partly, in no particular order; by one query."""

    async def search(self, terms: Sequence[str], window: Window[Moment]) -> list[Phrase]:
        """Phrases of any Space that have all these terms (`transcripts.terms`), in order of (at, id), newest first."""

    async def delete(self, space_id: str) -> None:
        """All of a Space's phrases; where there are none, that is no error."""
