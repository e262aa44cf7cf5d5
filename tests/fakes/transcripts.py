"""Transcripts in memory, for tests of the use cases; one contract suite checks this store and the real one."""

from collections.abc import Collection, Sequence

from app.domain.transcripts import Phrase, terms
from app.services.pages import Moment, Offset, Window, part
from app.services.stores import Stretch


class MemoryTranscriptStore:
    """`TranscriptStore` in a list."""

    def __init__(self) -> None:
        self._phrases: list[Phrase] = []

    async def add(self, phrase: Phrase) -> None:
        self._phrases.append(phrase)

    async def of_spaces(self, heard: Sequence[Stretch], window: Window[Offset]) -> list[list[Phrase]]:
        return [
            part(
                [one for one in self._phrases if _is_within(one, stretch)],
                window,
                key_of=lambda one: (one.start_ms, one.id),
            )
            for stretch in heard
        ]

    async def touching(self, stretches: Collection[Stretch]) -> list[Phrase]:
        return [one for one in self._phrases if any(_touch(one, stretch) for stretch in stretches)]

    async def search(self, terms_: Sequence[str], window: Window[Moment]) -> list[Phrase]:
        found = [one for one in self._phrases if set(terms_) <= set(terms(one.text))]
        return part(found, window, key_of=lambda one: (one.at, one.id), newest_first=True)

    async def delete(self, space_id: str) -> None:
        self._phrases = [one for one in self._phrases if one.space_id != space_id]


def _is_within(phrase: Phrase, stretch: Stretch) -> bool:
    within = stretch.start_ms <= phrase.start_ms and phrase.end_ms <= stretch.end_ms
    return within and phrase.space_id == stretch.space_id


def _touch(phrase: Phrase, stretch: Stretch) -> bool:
    within = phrase.start_ms < stretch.end_ms and phrase.end_ms > stretch.start_ms
    return within and phrase.space_id == stretch.space_id
