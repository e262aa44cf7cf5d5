"""Transcripts, as the schema shows them."""

from __future__ import annotations

from app.domain import transcripts
from schema.transcripts import Phrase, Word


def phrase(phrase: transcripts.Phrase) -> Phrase:
    """A phrase; who said it, and where, is looked up when it is asked for."""
    return Phrase(
        text=phrase.text,
        language=phrase.language,
        start_offset_ms=phrase.start_ms,
        duration_ms=phrase.end_ms - phrase.start_ms,
        delay_ms=max(0, phrase.heard_at_ms - phrase.end_ms),
        confidence=phrase.confidence,
        words=[
            Word(text=word.text, start_offset_ms=word.start_ms, end_offset_ms=word.end_ms, confidence=word.confidence)
            for word in phrase.words
        ],
        at=phrase.at,
        speaker_key=phrase.speaker_id,
        space_key=phrase.space_id,
    )
