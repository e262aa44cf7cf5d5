"""The contract of `TranscriptStore`."""

from typing import Any

from app.domain.transcripts import LONGEST_MS, Phrase
from app.services.pages import Window
from app.services.stores import Stretch, TranscriptStore
from tests.domain.phrases import phrase


async def of_space(transcripts: TranscriptStore, window: Window[Any]) -> list[Phrase]:
    """The transcript of the Space "a"."""
    [found] = await transcripts.of_spaces([Stretch("a")], window)
    return found


async def test_a_spaces_phrases_come_in_the_order_of_saying_them(transcripts: TranscriptStore) -> None:
    for name, start_ms in (("c", 500), ("a", 500), ("b", 0)):
        await transcripts.add(phrase("good morning", name, start_ms=start_ms))
    await transcripts.add(phrase("good morning", "elsewhere", space_id="b"))
    first = await of_space(transcripts, Window(2))
    assert [one.id for one in first] == ["b", "a"]
    assert first[0] == phrase("good morning", "b")
    rest = await of_space(transcripts, Window(2, after=(first[-1].start_ms, first[-1].id)))
    assert [one.id for one in rest] == ["c"]
    assert [one.id for one in await of_space(transcripts, Window(2, last=True))] == ["a", "c"]


async def test_several_spaces_have_a_page_each(transcripts: TranscriptStore) -> None:
    for name, space_id in (("p", "a"), ("q", "b"), ("r", "a")):
        await transcripts.add(phrase("good morning", name, space_id=space_id))
    found = await transcripts.of_spaces([Stretch(one) for one in ("b", "nowhere", "a")], Window(1))
    assert [[one.id for one in page] for page in found] == [["q"], [], ["p"]]
    assert await transcripts.of_spaces([], Window(1)) == []


async def test_of_a_stretch_come_the_phrases_that_lie_wholly_within(transcripts: TranscriptStore) -> None:
    for name, start_ms in (("a", 0), ("b", 1_000), ("c", 2_000)):
        # Of 600 ms each.
        await transcripts.add(phrase("one two", name, start_ms=start_ms))
    stretches = [Stretch("a", *ends) for ends in ((0, 1_600), (1_000, 2_599), (1_001, 2_600), (1, 600))]
    found = await transcripts.of_spaces([*stretches, Stretch("a", start_ms=1_000)], Window(9))
    assert [[one.id for one in page] for page in found] == [["a", "b"], ["b"], ["c"], [], ["b", "c"]]
    assert [[one.id for one in page] for page in await transcripts.of_spaces(stretches[:1], Window(1, last=True))] == [
        ["b"]
    ]


async def test_stretches_find_what_touches_them(transcripts: TranscriptStore) -> None:
    for name, start_ms in (("a", 0), ("b", 1_000), ("c", 2_000)):
        await transcripts.add(phrase("one two", name, start_ms=start_ms))
    await transcripts.add(phrase("one two", "elsewhere", space_id="b", start_ms=1_000))

    async def found(*stretches: Stretch) -> list[str]:
        return sorted(one.id for one in await transcripts.touching(stretches))

    assert await found() == []
    assert await found(Stretch("a", 600, 1_000)) == [], "where one ends, and the next begins"
    assert await found(Stretch("a", 599, 1_001)) == ["a", "b"]
    assert await found(Stretch("a", 599, 600), Stretch("a", 0, 600), Stretch("b", 0, 9_999)) == ["a", "elsewhere"]
    assert await found(Stretch("a", 2_000, 2_000 + LONGEST_MS)) == ["c"]


async def test_search_finds_phrases_with_every_term_the_newest_first(transcripts: TranscriptStore) -> None:
    for name, text, seconds in (
        ("a", "the tide comes in", 1),
        ("b", "The tide goes out", 3),
        ("c", "time and tide", 1),
        ("d", "tidal waves", 4),
    ):
        await transcripts.add(phrase(text, name, seconds=seconds, space_id=name))

    async def found(window: Window[Any], *terms: str) -> list[str]:
        return [one.id for one in await transcripts.search(terms, window)]

    assert await found(Window(9), "tide") == ["b", "c", "a"]
    assert await found(Window(9), "the", "tide") == ["b", "a"]
    assert await found(Window(9), "the", "ebb") == []
    [first] = await transcripts.search(["tide"], Window(1))
    assert await found(Window(9, after=(first.at, first.id)), "tide") == ["c", "a"]
    assert await found(Window(1, last=True), "tide") == ["a"]


async def test_a_spaces_phrases_are_deleted_together_and_twice_is_once(transcripts: TranscriptStore) -> None:
    for name in "ab":
        await transcripts.add(phrase("good morning", name, space_id=name))
    for _ in range(2):
        await transcripts.delete("a")
    assert await of_space(transcripts, Window(9)) == []
    assert [one.id for one in await transcripts.search(["morning"], Window(9))] == ["b"]
