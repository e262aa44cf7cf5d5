"""Transcripts: what was said in a Space, phrase by phrase, in the words that the server understood."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.spaces import Space

LONGEST_MS = 15_000
"""No phrase is longer: what touches some seconds is found by where it starts."""
MAX_TERMS = 10
"""Words that may be searched for at once."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word: when it was said, in ms from the first recorded sample, and how sure that is, 0 to 1."""

    text: str
    start_ms: int
    end_ms: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Heard:
    """What the sound understood: a person's words between two pauses, when the recording had come to `heard_at_ms`."""

    space_id: str
    speaker_id: str
    language: str
    heard_at_ms: int
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """What a person said in one go: a live caption, and a line of the transcript."""

    id: str
    space_id: str
    speaker_id: str
    language: str
    """A subtag of BCP 47, such as "en"."""
    start_ms: int
    end_ms: int
    heard_at_ms: int
    words: tuple[Word, ...]
    at: datetime

    @property
    def text(self) -> str:
        """The words in a line."""
        return " ".join(word.text for word in self.words)

    @property
    def confidence(self) -> float:
        """How sure its words are on average, 0 to 1."""
        return sum(word.confidence for word in self.words) / len(self.words)


def phrase(heard: Heard, space: Space, *, phrase_id: str, now: datetime) -> Phrase:
    """The phrase that was heard; there is at least one word."""
    start_ms, end_ms = heard.words[0].start_ms, heard.words[-1].end_ms
    return Phrase(
        id=phrase_id,
        space_id=space.id,
        speaker_id=heard.speaker_id,
        language=heard.language,
        start_ms=start_ms,
        end_ms=min(end_ms, start_ms + LONGEST_MS),
        heard_at_ms=heard.heard_at_ms,
        words=heard.words,
        at=now,
    )


def is_kept(space: Space) -> bool:
    """Whether there is a transcript: where there is a recording."""
    return space.keeps_recording


def speaks(phrase: Phrase, language: str) -> bool:
    """Whether a phrase is in that language, whatever its region or script (BCP 47: `en-GB` is `en`)."""
    return _primary(phrase.language) == _primary(language)


def _primary(language: str) -> str:
    return language.partition("-")[0].lower()


def between(phrases: Iterable[Phrase], start_ms: int, end_ms: int) -> list[Phrase]:
    """What is said in those ms: every word that is more within than without."""
    cut = [
        replace(one, words=words, start_ms=words[0].start_ms, end_ms=words[-1].end_ms)
        for one in phrases
        if (words := tuple(word for word in one.words if start_ms <= (word.start_ms + word.end_ms) / 2 < end_ms))
    ]
    return sorted(cut, key=lambda one: (one.start_ms, one.id))


def terms(text: str) -> Sequence[str]:
    """The different words of a text as they are searched: without case, accents and punctuation."""
    plain = "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
    return tuple(sorted({"".join(filter(str.isalnum, word)) for word in plain.casefold().split()} - {""}))
