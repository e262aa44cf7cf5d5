"""Transcripts over the API: captions live, the transcript of a Space and of a clip, and what is found."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from tests.domain.phrases import heard
from tests.resolvers.conftest import Caller, Json
from tests.resolvers.test_streams import following, plain, streaming
from tests.waiting import until

FIELDS = """text language startOffsetMs durationMs delayMs confidence speaker { handle } space { id }
  words { text startOffsetMs endOffsetMs confidence }"""
TRANSCRIPT = f"""query($id: ID!, $first: Int, $after: String) {{ space(id: $id) {{
  transcript(first: $first, after: $after) {{ edges {{ cursor node {{ {FIELDS} }} }} pageInfo {{ hasNextPage }} }}
}} }}"""
SEARCH = "query($query: String!) { searchTranscripts(query: $query, first: 5) { edges { node { text } } } }"
CAPTIONS = f"subscription($id: ID!, $language: String) {{ captions(spaceId: $id, language: $language) {{ {FIELDS} }} }}"
CLIPS = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Clip { transcript { text } } } }"


async def say(caller: Caller, space_id: str, text: str, start_ms: int = 0, language: str = "en") -> None:
    """The sound understands something of the caller's."""
    await caller.world.use_cases.transcripts.take(
        replace(heard(plain(space_id), caller.id, text, start_ms), language=language)
    )


def shown(space_id: str, text: str, start_ms: int) -> Json:
    """A phrase of the host's, as the API shows it."""
    words = text.split()
    return {
        "text": text,
        "language": "en",
        "startOffsetMs": start_ms,
        "durationMs": 300 * len(words),
        "delayMs": 1000,
        "confidence": 0.5,
        "speaker": {"handle": "hannah"},
        "space": {"id": space_id},
        "words": [
            {
                "text": word,
                "startOffsetMs": start_ms + 300 * index,
                "endOffsetMs": start_ms + 300 * (index + 1),
                "confidence": 0.5,
            }
            for index, word in enumerate(words)
        ],
    }


async def test_captions_come_live_in_the_language_that_is_asked_for(host: Caller, anyone: Caller, live: str) -> None:
    async with (
        streaming(anyone, CAPTIONS, id=live) as everything,
        streaming(anyone, CAPTIONS, id=live, language="en-GB") as english,
        streaming(anyone, CAPTIONS, id=live, language="de") as german,
    ):
        firsts = [asyncio.ensure_future(following(one)) for one in (everything, english, german)]
        await until(lambda: host.world.feeds.caption_readers(plain(live)) == 3, "all three read")
        await say(host, live, "time and tide", 500)
        await say(host, live, "ebbe und flut", 2_000, language="de")
        assert await asyncio.gather(*firsts) == [
            shown(live, "time and tide", 500),
            shown(live, "time and tide", 500),
            shown(live, "ebbe und flut", 2_000) | {"language": "de"},
        ]
        assert (await following(everything))["text"] == "ebbe und flut"


async def test_a_transcript_comes_in_pages_in_order_of_speaking(host: Caller, anyone: Caller, live: str) -> None:
    for text, start_ms in (("wait for nobody", 2_000), ("time and tide", 500)):
        await say(host, live, text, start_ms)
    first = (await anyone.ask(TRANSCRIPT, id=live, first=1))["transcript"]
    assert [edge["node"] for edge in first["edges"]] == [shown(live, "time and tide", 500)]
    assert first["pageInfo"] == {"hasNextPage": True}
    after = first["edges"][0]["cursor"]
    rest = (await anyone.ask(TRANSCRIPT, id=live, first=5, after=after))["transcript"]
    assert [edge["node"]["text"] for edge in rest["edges"]] == ["wait for nobody"]
    error = await anyone.error(TRANSCRIPT, id=live, first=5, after="WyJ4IiwgInkiXQ==")
    assert error["extensions"]["code"] == "BAD_USER_INPUT"


async def test_a_space_that_is_not_recorded_has_no_transcript(host: Caller, anyone: Caller) -> None:
    created = await host.do("createSpace", title="Between us")
    space_id = created["space"]["id"]
    await host.do("startSpace", spaceId=space_id)
    await say(host, space_id, "time and tide")
    assert (await anyone.ask(TRANSCRIPT, id=space_id, first=1))["transcript"] is None


async def test_clips_have_their_own_words(host: Caller, live: str) -> None:
    host.world.media.recorded[plain(live)] = 60_000
    await host.do("joinSpace", spaceId=live)
    await say(host, live, "time and tide wait for nobody", 1_000)
    cut = "mutation($input: CreateClipInput!) { createClip(input: $input) { clip { id transcript { text } } } }"
    clips = [
        (await host.ask(cut, input={"spaceId": live, "startOffsetMs": start_ms, "durationMs": 1_900}))["clip"]
        for start_ms in (0, 1_900)
    ]
    texts = [[one["text"] for one in clip["transcript"]] for clip in clips]
    assert texts == [["time and tide"], ["wait for nobody"]]
    found = await host.ask(CLIPS, ids=[clip["id"] for clip in clips])
    assert [clip["transcript"] for clip in found] == [clip["transcript"] for clip in clips]


@pytest.mark.parametrize("query", ["tide", "  TIDE, and: ", "and time"])
async def test_words_are_found_in_whatever_order_and_case(host: Caller, anyone: Caller, live: str, query: str) -> None:
    await say(host, live, "time and tide")
    found = await anyone.ask(SEARCH, query=query)
    assert [edge["node"]["text"] for edge in found["edges"]] == ["time and tide"]


@pytest.mark.parametrize("query", ["", " .,! ", "a b c d e f g h i j k"])
async def test_a_query_has_one_to_ten_words(anyone: Caller, query: str) -> None:
    error = await anyone.error(SEARCH, query=query)
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
