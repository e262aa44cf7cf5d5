"""Clips and replays: exact to the sample, live and afterwards, and for those alone who may have them."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import numpy as np
import pytest

from app.auth import JwtTokens, signing_key
from app.demo.listener import decode
from app.services.ports import MediaGrant, MediaUse
from media.opus import SAMPLE_RATE
from tests.media.sounds import Sound, rms
from tests.server.running import RunningServer
from tests.waiting import until
from tests.whole.conftest import CHIRP_LEVEL, Matinee, Newcomer
from tests.whole.hearing import recording
from tests.whole.people import Json, Person
from tests.whole.rooms import live_space

CLIP_MS = 30_000
SAME = 0.01
"""The share that is another noise: AAC's noise substitution (ISO 14496-3, 4.6.13) is never decoded twice alike."""


async def clip_when_recorded(person: Person, space_id: str, **range_: int) -> Json:
    """The clip, as soon as there is enough to cut it from."""
    clips: list[Json] = []

    async def cut() -> bool:
        payload = await person.attempt("createClip", spaceId=space_id, **range_)
        if payload["clip"]:
            clips.append(payload["clip"])
        else:
            assert [error["code"] for error in payload["userErrors"]] == ["CLIP_OUT_OF_RANGE"]
        return bool(clips)

    await until(cut, f"a clip of {range_}")
    return clips[0]


async def sound_of(http: httpx2.AsyncClient, clip: Json) -> Sound:
    """What a player plays of a clip."""
    file = (await http.get(clip["url"])).raise_for_status()
    assert file.headers["content-type"] == "audio/mp4"
    return decode(file.content)


@pytest.fixture(scope="module")
async def clips(matinee: Matinee) -> list[Json]:
    """Cut while live, the matinee over since: a range, the last 30 s, a range to the ms; and one afterwards."""
    here = {"spaceId": matinee.space_id}
    for recorded_ms in range(5_000, CLIP_MS + 5_000, 5_000):
        await clip_when_recorded(matinee.host, matinee.space_id, startOffsetMs=recorded_ms, durationMs=1)
    live = [
        await clip_when_recorded(matinee.host, matinee.space_id, startOffsetMs=3_000, durationMs=CLIP_MS - 3_000),
        await clip_when_recorded(matinee.host, matinee.space_id),
        await clip_when_recorded(matinee.host, matinee.space_id, startOffsetMs=7_777, durationMs=701),
    ]
    await matinee.host.do("endSpace", **here)
    return [*live, await clip_when_recorded(matinee.host, matinee.space_id, startOffsetMs=12_345, durationMs=5_001)]


async def test_clips_are_the_recording_to_the_sample(
    clips: list[Json], matinee: Matinee, anyone: Person, http: httpx2.AsyncClient
) -> None:
    whole = await recording(http, (await anyone.audio(matinee.space_id))["hlsUrl"])
    assert rms(whole[SAMPLE_RATE:]) > CHIRP_LEVEL / 4
    for clip, sound in zip(clips, await asyncio.gather(*(sound_of(http, clip) for clip in clips)), strict=True):
        assert clip["sampleCount"] == clip["durationMs"] * SAMPLE_RATE // 1000 == len(sound)
        start = clip["startOffsetMs"] * SAMPLE_RATE // 1000
        assert lag(whole, sound, start) == 0
        assert rms(sound - whole[start : start + len(sound)]) < SAME * rms(sound)


def lag(whole: Sound, piece: Sound, start: int) -> int:
    """By how many samples the piece lies elsewhere in the whole, up to 50 ms either way, by its loudest half second.

    Other microphones of this process stall the matinee's while they connect: there it is silent.
    """
    reach, length = SAMPLE_RATE // 20, min(len(piece), SAMPLE_RATE // 2)
    begin = max(range(0, len(piece) - length + 1, SAMPLE_RATE // 10), key=lambda at: rms(piece[at : at + length]))
    around = whole[start + begin - reach : start + begin + length + reach]
    return int(np.argmax(np.correlate(around, piece[begin : begin + length], "valid"))) - reach


async def test_the_last_thirty_seconds_are_what_is_clipped_unless_said_otherwise(clips: list[Json]) -> None:
    assert clips[1]["durationMs"] == CLIP_MS
    assert clips[1]["startOffsetMs"] > 0


async def test_a_clip_is_fetched_in_ranges(clips: list[Json], http: httpx2.AsyncClient) -> None:
    whole = (await http.get(clips[0]["url"])).content
    assert whole[4:8] == b"ftyp"
    part = await http.get(clips[0]["url"], headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, whole[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(whole)}"
    end = await http.get(clips[0]["url"], headers={"Range": "bytes=-50"})
    assert (end.status_code, end.content) == (206, whole[-50:])
    beyond = await http.get(clips[0]["url"], headers={"Range": f"bytes={len(whole)}-"})
    assert beyond.status_code == 416


async def test_published_clips_stay_in_the_api(clips: list[Json], matinee: Matinee, newcomer: Newcomer) -> None:
    document = "query ($id: ID!) { space(id: $id) { clips(first: 10) { edges { node { id sampleCount } } } } }"
    reader = await newcomer("reader")
    for clip in clips:
        await matinee.host.do("publishClip", clipId=clip["id"])
    found = await reader.read(document, id=matinee.space_id)
    kept = {edge["node"]["id"]: edge["node"]["sampleCount"] for edge in found["clips"]["edges"]}
    assert kept.items() >= {clip["id"]: clip["sampleCount"] for clip in clips}.items()


async def refusal(person: Person, **input: Any) -> tuple[str, str | None, int | None, int | None]:
    [error] = await person.refusals("createClip", **input)
    return error["code"], error["field"], error["limit"], error["current"]


async def test_what_cannot_be_clipped_is_said(newcomer: Newcomer, anyone: Person) -> None:
    host, other = await newcomer("host"), await newcomer("other")
    space_id = await live_space(host, recordingEnabled=True)
    here = {"spaceId": space_id}
    await host.do("joinSpace", **here)
    clip = await clip_when_recorded(host, space_id)
    assert clip["durationMs"] < CLIP_MS, "what there is"
    assert await refusal(host, **here, durationMs=30_001) == ("CLIP_TOO_LONG", "durationMs", 30_000, 30_001)
    assert (await refusal(host, **here, durationMs=0))[:2] == ("CLIP_OUT_OF_RANGE", "durationMs")
    assert await refusal(host, **here, startOffsetMs=-1) == ("CLIP_OUT_OF_RANGE", "startOffsetMs", 0, -1)
    code, field, limit, current = await refusal(host, **here, startOffsetMs=3_600_000, durationMs=1_000)
    assert (code, field, current) == ("CLIP_OUT_OF_RANGE", "startOffsetMs", 3_600_000)
    assert 0 < (limit or 0) < CLIP_MS, "how much is recorded"
    assert (await refusal(other, **here))[:2] == ("NOT_A_PARTICIPANT", "spaceId")
    document = 'mutation { createClip(input: {spaceId: "' + space_id + '"}) { clip { id } } }'
    [error] = (await anyone.ask(document))["errors"]
    assert error["extensions"]["code"] == "UNAUTHENTICATED"

    await host.do("setClippingAllowed", **here, clippingAllowed=False)
    assert (await refusal(host, **here))[:2] == ("CLIPPING_DISABLED", "spaceId")
    unrecorded = await live_space(host)
    assert (await refusal(host, spaceId=unrecorded))[:2] == ("RECORDING_DISABLED", "spaceId")


async def test_addresses_of_sound_open_nothing_else(
    server: RunningServer, newcomer: Newcomer, anyone: Person, http: httpx2.AsyncClient
) -> None:
    host = await newcomer("host")
    space_id = await live_space(host, recordingEnabled=True)
    clip = await clip_when_recorded(host, space_id)
    audio = await host.audio(space_id)
    listen, speak, clipping = (address.split("/")[-2] for address in (audio["hlsUrl"], audio["whipUrl"], clip["url"]))
    tokens = JwtTokens(signing_key(server.data / "token.key"), clock=lambda: datetime.now(UTC) - timedelta(hours=1))
    grant = MediaGrant(MediaUse.LISTEN, "anything", None)
    expired, _ = tokens.for_media(grant)
    nowhere, _ = JwtTokens(signing_key(server.data / "token.key"), clock=lambda: datetime.now(UTC)).for_media(grant)
    head, body, signature = listen.split(".")
    names = ("live.m3u8", "opus.m3u8", "main.m3u8", "segment-0.m4s", "init-0.mp4", "replay.m3u8")
    cases = [
        *((expired, name, 401) for name in names),
        *((f"{head}.{body}.{signature[::-1]}", name, 401) for name in names),
        *((speak, name, 403) for name in names),
        *((clipping, name, 403) for name in names),
        *((nowhere, name, 404) for name in names),
        (listen, "clip.m4a", 403),
        (listen, "replay.m3u8", 404),
        (host.token, "live.m3u8", 401),
    ]
    for token, name, status in cases:
        answer = await http.get(f"{server.url}/audio/{token}/{name}")
        assert answer.status_code == status, (name, answer.text)
        assert answer.text.count("\n") == 1
    assert (await anyone.audio(space_id))["whipUrl"] is None
    await host.do("endSpace", spaceId=space_id)
    for address in (audio["whipUrl"], audio["hlsUrl"].replace("live.m3u8", "whip")):
        answer = await http.post(address, content="v=0\r\n", headers={"Content-Type": "application/sdp"})
        assert answer.status_code == 403
