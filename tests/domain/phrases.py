"""Phrases for tests."""

from datetime import timedelta

from app.domain.transcripts import Heard, Phrase, Word
from tests.domain_values import NOW

WORD_MS = 300


def spoken(text: str, start_ms: int = 0) -> tuple[Word, ...]:
    """The words of a text, one after the other, 300 ms each."""
    return tuple(
        Word(one, start_ms + index * WORD_MS, start_ms + (index + 1) * WORD_MS, 0.5)
        for index, one in enumerate(text.split())
    )


def heard(space_id: str, speaker_id: str, text: str, start_ms: int = 0) -> Heard:
    """What the sound understood, a second after it was said."""
    words = spoken(text, start_ms)
    return Heard(space_id, speaker_id, "en", words[-1].end_ms + 1000, words)


def phrase(
    text: str,
    phrase_id: str = "p",
    *,
    space_id: str = "a",
    start_ms: int = 0,
    seconds: int = 0,
    language: str = "en",
) -> Phrase:
    """What ann said, understood so many seconds after NOW."""
    words = spoken(text, start_ms)
    return Phrase(
        id=phrase_id,
        space_id=space_id,
        speaker_id="id-ann",
        language=language,
        start_ms=start_ms,
        end_ms=words[-1].end_ms,
        heard_at_ms=words[-1].end_ms + 1000,
        words=words,
        at=NOW + timedelta(seconds=seconds),
    )
