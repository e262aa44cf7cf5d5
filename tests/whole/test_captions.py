"""Captions over the real server: from a microphone, through pocketsphinx, to everyone who reads along; and after."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import urljoin

import httpx2
import numpy as np
import pytest

from media.opus import SAMPLE_RATE
from tests.media.sounds import Sound, silence, speech
from tests.server.running import RunningServer, running
from tests.waiting import until
from tests.whole.hearing import POLL_SECONDS, recording
from tests.whole.people import Json, Person
from tests.whole.rooms import connected, live_space, seat

ANN_SAYS = "we will talk about music and the history of the city"
BEN_SAYS = "good morning everyone and welcome to the show tonight"
"""Sentences that pocketsphinx gets right as a rule, in voices that it knows."""
ENOUGH = 0.6
"""The share of words that must have been understood."""
NEAR_MS = 350
"""How far a word's time may be from its sound: 0.12 s were measured, and on a busy machine sound has holes."""
UNDERSTOOD_SECONDS = 240

FIELDS = """text language startOffsetMs durationMs delayMs confidence speaker { id } space { id }
  words { text startOffsetMs endOffsetMs confidence }"""
CAPTIONS = (
    f"subscription ($id: ID!, $language: String) {{ captions(spaceId: $id, language: $language) {{ {FIELDS} }} }}"
)
TRANSCRIPT = f"query ($id: ID!) {{ space(id: $id) {{ transcript(first: 100) {{ edges {{ node {{ {FIELDS} }} }} }} }} }}"
SEARCH = (
    f"query ($query: String!) {{ searchTranscripts(query: $query, first: 10) {{ edges {{ node {{ {FIELDS} }} }} }} }}"
)
CLIP = f"query ($id: ID!) {{ clip(id: $id) {{ transcript {{ {FIELDS} }} }} }}"


@dataclass(frozen=True)
class Talk:
    """A recorded Space in which ann spoke, then ben, and it is over; and what was read live, from the API and by a
    player."""

    ann: Person
    ben: Person
    space_id: str
    captions: list[Json]
    subtitles: str


@pytest.fixture(scope="module")
async def talking(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningServer]:
    """A server that puts speech into words."""
    data = tmp_path_factory.mktemp("captions") / "data"
    async with running(data, TRANSCRIBER="pocketsphinx", MEDIA_ADDRESSES="127.0.0.1") as server:
        yield server


async def person(http: httpx2.AsyncClient, server: RunningServer, handle: str) -> Person:
    signed_up = await Person(http, server.url).do(
        "signUp", handle=handle, displayName=handle.title(), password="correct horse"
    )
    return Person(http, server.url, signed_up["token"], signed_up["user"]["id"])


@pytest.fixture(scope="module")
async def talk(talking: RunningServer, http: httpx2.AsyncClient) -> Talk:
    """They speak one after the other; the Space ends when both were understood."""
    ann, ben = await person(http, talking, "ann"), await person(http, talking, "ben")
    space_id = await live_space(ann, recordingEnabled=True)
    await seat(space_id, ann, ben)
    captions: list[Json] = []
    async with (
        ann.anyone().follow(CAPTIONS, id=space_id) as read,
        connected((await ann.audio(space_id))["whipUrl"]) as ann_speaks,
        connected((await ben.audio(space_id))["whipUrl"]) as ben_speaks,
        asyncio.timeout(UNDERSTOOD_SECONDS),
        asyncio.TaskGroup() as group,
    ):
        player = Subtitles(http, (await ben.audio(space_id))["hlsUrl"].replace("live.m3u8", "captions.m3u8"))
        playing = group.create_task(player.play())
        for speaker in (ann, ben):
            await speaker.do("setMuted", spaceId=space_id, muted=False)
        for speaker, microphone, voice, sentence in (
            (ann, ann_speaks, "en-us", ANN_SAYS),
            (ben, ben_speaks, "en", BEN_SAYS),
        ):
            microphone.say(np.concatenate((silence(1), speech(sentence, voice) * 0.5, silence(1))))
            while said(speaker, captions) < len(sentence.split()) * ENOUGH:
                captions.append(await anext(read))
        await until(lambda: all(one["text"] in player.text for one in captions), "they are subtitles")
        playing.cancel()
    await ann.do("endSpace", spaceId=space_id)
    return Talk(ann, ben, space_id, captions, player.text)


class Subtitles:
    """A player of live subtitles: every file once, as soon as it is listed."""

    def __init__(self, http: httpx2.AsyncClient, url: str) -> None:
        self._http = http
        self._url = url
        self._fetched: set[str] = set()
        self.text = ""

    async def play(self) -> None:
        """Until it is cancelled."""
        while True:
            playlist = await self._http.get(self._url)
            listed = playlist.text.splitlines() if playlist.status_code == 200 else []
            for name in listed:
                if not name.startswith("#") and name not in self._fetched:
                    self._fetched.add(name)
                    self.text += await web_vtt(self._http, urljoin(self._url, name))
            await asyncio.sleep(POLL_SECONDS)


async def web_vtt(http: httpx2.AsyncClient, url: str) -> str:
    """A file of subtitles."""
    file = (await http.get(url)).raise_for_status()
    assert file.headers["content-type"].startswith("text/vtt")
    assert file.text.startswith("WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:1920,LOCAL:00:00:00.000\n\n")
    return file.text


def said(speaker: Person, phrases: list[Json]) -> int:
    """How many words of a speaker there are."""
    return sum(len(one["words"]) for one in phrases if one["speaker"]["id"] == speaker.id)


def some_words(phrase: Json) -> str:
    """What to search a phrase by."""
    return " ".join(word["text"] for word in phrase["words"][:5])


def words_of(speaker: Person, phrases: list[Json]) -> list[str]:
    return [word["text"] for one in phrases if one["speaker"]["id"] == speaker.id for word in one["words"]]


def understood(words: list[str], sentence: str) -> float:
    """The share of a sentence's different words that are there."""
    wanted = set(sentence.split())
    return len(wanted & set(words)) / len(wanted)


async def test_each_speakers_words_are_their_own(talk: Talk) -> None:
    for speaker, own, others in ((talk.ann, ANN_SAYS, BEN_SAYS), (talk.ben, BEN_SAYS, ANN_SAYS)):
        words = words_of(speaker, talk.captions)
        assert understood(words, own) >= ENOUGH, words
        assert understood(words, others) < ENOUGH / 2, words
    for one in talk.captions:
        assert one["space"]["id"] == talk.space_id
        assert one["language"] == "en"
        assert one["delayMs"] > 0
        assert one["text"] == " ".join(word["text"] for word in one["words"])


async def test_words_are_where_they_are_in_the_recording(talk: Talk, http: httpx2.AsyncClient) -> None:
    whole = await recording(http, (await talk.ann.audio(talk.space_id))["hlsUrl"])
    for speaker in (talk.ann, talk.ben):
        phrases = [one for one in talk.captions if one["speaker"]["id"] == speaker.id]
        first_ms, last_ms = phrases[0]["words"][0]["startOffsetMs"], phrases[-1]["words"][-1]["endOffsetMs"]
        assert first_ms == pytest.approx(onset_ms(whole, first_ms), abs=NEAR_MS)
        assert last_ms == pytest.approx(end_ms(whole, last_ms), abs=NEAR_MS)


def onset_ms(whole: Sound, near_ms: int) -> float:
    """Where sound begins, in the second around."""
    return _edges(whole, near_ms)[0]


def end_ms(whole: Sound, near_ms: int) -> float:
    """Where sound ends, in the second around."""
    return _edges(whole, near_ms)[1]


def _edges(whole: Sound, near_ms: int) -> tuple[float, float]:
    first = max(0, (near_ms - 700) * SAMPLE_RATE // 1000)
    around = np.flatnonzero(np.abs(whole[first : first + 1400 * SAMPLE_RATE // 1000]) > 0.03)
    assert len(around), "there is sound"
    return tuple((first + one) * 1000 / SAMPLE_RATE for one in (around[0], around[-1]))


async def test_what_was_read_live_is_the_transcript_of_recording_and_clip_and_is_found(talk: Talk) -> None:
    found = await talk.ann.anyone().read(TRANSCRIPT, id=talk.space_id)
    phrases = [edge["node"] for edge in found["transcript"]["edges"]]
    assert all(one in phrases for one in talk.captions)
    assert [one["startOffsetMs"] for one in phrases] == sorted(one["startOffsetMs"] for one in phrases)

    wanted = max(talk.captions, key=lambda one: len(one["words"]))
    hits = await talk.ben.read(SEARCH, query=f"  {some_words(wanted).upper()}! ")
    assert wanted in [edge["node"] for edge in hits["edges"]]

    cut = await talk.ben.do(
        "createClip",
        spaceId=talk.space_id,
        startOffsetMs=wanted["startOffsetMs"],
        durationMs=wanted["durationMs"],
    )
    clip = await talk.ben.read(CLIP, id=cut["clip"]["id"])
    clipped = [one for one in clip["transcript"] if one["speaker"] == wanted["speaker"]]
    assert [word for one in clipped for word in one["words"]] == wanted["words"]


async def test_players_of_hls_get_them_as_web_vtt(talk: Talk, http: httpx2.AsyncClient) -> None:
    address = (await talk.ben.audio(talk.space_id))["hlsUrl"].replace("replay.m3u8", "replay-captions.m3u8")
    playlist = (await http.get(address)).raise_for_status()
    assert playlist.headers["content-type"] == "application/vnd.apple.mpegurl"
    names = [line for line in playlist.text.splitlines() if not line.startswith("#")]
    replayed = "".join([await web_vtt(http, urljoin(address, name)) for name in names])
    for one in talk.captions:
        speaker = "Ann" if one["speaker"]["id"] == talk.ann.id else "Ben"
        assert f"<v {speaker}>{one['text']}" in replayed
        assert f"<v {speaker}>{one['text']}" in talk.subtitles
    assert (await http.get(address.replace("replay-captions.m3u8", "replay-captions-99.vtt"))).status_code == 404


async def test_hosts_who_block_the_viewer_hide_what_was_said(
    talk: Talk, talking: RunningServer, http: httpx2.AsyncClient
) -> None:
    blocked = await person(http, talking, "cleo")
    query = {"query": some_words(talk.captions[0])}
    assert (await blocked.read(SEARCH, **query))["edges"]
    await talk.ann.do("block", userId=blocked.id)
    assert (await blocked.read(SEARCH, **query))["edges"] == []
    assert (await blocked.read(TRANSCRIPT, id=talk.space_id))["transcript"] is None
    [error] = (await first_of(blocked, talk.space_id))["errors"]
    assert error["extensions"]["code"] == "BLOCKED_BY_HOST"


async def first_of(reader: Person, space_id: str) -> Json:
    """What the subscription says first."""
    async with reader.follow_by_sse(CAPTIONS, id=space_id) as payloads:
        return await anext(aiter(payloads))


async def test_words_go_with_the_space(talk: Talk) -> None:
    await talk.ann.do("deleteSpace", spaceId=talk.space_id, confirm=True)
    for one in talk.captions:
        assert (await talk.ben.read(SEARCH, query=some_words(one)))["edges"] == []
