"""Captions: what is said in the Spaces on air here, put into words and told with the times of the recording."""

from collections.abc import Callable
from typing import Final

from media.control import PhraseHeard
from media.opus import SAMPLE_RATE
from media.recognisers import understands
from media.transcription import Spoken, Transcription, command
from media.utterances import Ear, Utterance
from media.words import Recognised, Word

CONFIDENCE_DIGITS: Final = 3


class Captions:
    """One transcriber for all Spaces; run `run` as a task."""

    def __init__(self, recogniser: str, tell: Callable[[PhraseHeard], None]) -> None:
        self._recogniser = recogniser
        self._tell = tell
        self._transcription = Transcription(command(recogniser))
        self.run = self._transcription.run

    @property
    def stats(self) -> dict[str, float]:
        """See `Transcription.stats`."""
        return self._transcription.stats

    def ear(self, space_id: str, language: str, position_ms: Callable[[], int]) -> Ear | None:
        """What hears a Space's microphones; None where its language is not understood."""
        if not understands(self._recogniser, language):
            return None

        def told(utterance: Utterance, recognised: Recognised) -> None:
            self._tell(_phrase(space_id, utterance, recognised, position_ms()))

        return Ear(lambda utterance: self._transcription.offer(Spoken(utterance, language, told)))


def _phrase(space_id: str, utterance: Utterance, recognised: Recognised, heard_at_ms: int) -> PhraseHeard:
    start_ms = utterance.start * 1000 // SAMPLE_RATE
    words = [
        Word(one.text, start_ms + one.start_ms, start_ms + one.end_ms, round(one.confidence, CONFIDENCE_DIGITS))
        for one in recognised.words
    ]
    # A recording that is over stands nowhere any more.
    heard_at_ms = max(heard_at_ms, words[-1].end_ms)
    return PhraseHeard(space_id, utterance.person_id, recognised.language, heard_at_ms, words)
