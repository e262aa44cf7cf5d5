"""Replays of a finished recording: one m4a and HLS, whole and trimmed, the same sound to the sample; a full disk."""

from __future__ import annotations

import resource
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from app.demo.listener import decode
from media.encoder import PACKET_SAMPLES
from media.opus import SAMPLE_RATE
from tests.media.sounds import Sound, rms, steady_amplitude_at
from tests.processes import children
from tests.server.running import RunningServer, running
from tests.waiting import until
from tests.whole.hearing import Player
from tests.whole.hearing import recording as sound_of
from tests.whole.people import Json, Person
from tests.whole.provider import Provider
from tests.whole.rooms import live_space, microphones

TALK_MS = 4_000
TRIM = {"startOffsetMs": 1_003, "endOffsetMs": 3_001}
SAME = 0.01
"""The share that is another noise: AAC's noise substitution (ISO 14496-3, 4.6.13) is never decoded twice alike."""
LEVEL = 0.25
HZ = 440.0
RECORDING = """query ($id: ID!) { space(id: $id) { isRecording recording { state failure { reason at resumedAt }
  startOffsetMs endOffsetMs durationMs sizeBytes loudness peak replayCount hlsUrl m4aUrl waveform(points: 20)
  whole { durationMs hlsUrl m4aUrl } } audio { hlsVariantsUrl } } }"""
EVENTS = """
subscription ($id: ID!, $after: Int) { spaceEvents(spaceId: $id, after: $after) {
  __typename ... on RecordingFailed { reason } } }"""


async def recording_of(person: Person, space_id: str) -> Json:
    """The recording as that person sees it."""
    found: Json = (await person.read(RECORDING, id=space_id))["recording"]
    return found


async def final(person: Person, space_id: str) -> Json:
    """The recording, once it is final."""

    async def is_final() -> bool:
        state: str = (await recording_of(person, space_id))["state"]
        return state != "RECORDING"

    await until(is_final, "the recording is final")
    return await recording_of(person, space_id)


async def recorded_ms(host: Person, space_id: str) -> int:
    """How much is recorded, as a clip that cannot be cut says."""
    [error] = await host.refusals("createClip", spaceId=space_id, startOffsetMs=3_600_000, durationMs=1)
    return int(error["limit"] or 0)


@pytest.fixture(scope="module")
async def replay(server: RunningServer, http: httpx2.AsyncClient, provider: Provider) -> tuple[Person, str]:
    """Some seconds of a tone, over since; the host, and the Space's id."""
    host = await Person(http, server.url).of_token(provider.token("replayed"))
    space_id = await live_space(host, recordingEnabled=True, title="Sing & dance")
    async with microphones(space_id, [(host, HZ)], LEVEL):

        async def enough() -> bool:
            return await recorded_ms(host, space_id) >= TALK_MS

        await until(enough, "some seconds are recorded")
    await host.do("endSpace", spaceId=space_id)
    await final(host, space_id)
    return host, space_id


def is_same(sound: Sound, other: Sound) -> bool:
    """Whether two sounds differ by no more than noise."""
    return len(sound) == len(other) and rms(sound - other) < SAME * rms(other)


async def test_the_m4a_is_the_replay_and_says_what_it_measures(
    replay: tuple[Person, str], anyone: Person, http: httpx2.AsyncClient
) -> None:
    _, space_id = replay
    found = await final(anyone, space_id)
    assert (found["state"], found["failure"], found["whole"]) == ("READY", None, None)
    file = await http.get(found["m4aUrl"])
    assert file.headers["content-type"] == "audio/mp4"
    assert "Sing%20%26%20dance.m4a" in file.headers["content-disposition"]
    assert len(file.content) == found["sizeBytes"]
    assert file.content.index(b"moov") < file.content.index(b"mdat")
    heard = await sound_of(http, found["hlsUrl"])
    sound = decode(file.content)
    assert found["durationMs"] == len(sound) * 1000 // SAMPLE_RATE
    assert is_same(sound, heard)
    assert -40 < found["loudness"] < -10
    assert -20 < found["peak"] < 0
    assert len(found["waveform"]) == 20
    assert max(found["waveform"]) == pytest.approx(LEVEL, abs=0.15)


async def test_any_range_of_the_m4a_starts_at_once(
    replay: tuple[Person, str], anyone: Person, http: httpx2.AsyncClient
) -> None:
    _, space_id = replay
    url = (await final(anyone, space_id))["m4aUrl"]
    whole = await http.get(url)
    size, tag = len(whole.content), whole.headers["etag"]
    head = await http.head(url)
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(size))
    for asked, first, end in (("100-199", 100, 200), (f"{size - 9}-", size - 9, size), ("-50", size - 50, size)):
        part = await http.get(url, headers={"Range": f"bytes={asked}", "If-Range": tag})
        assert (part.status_code, part.content) == (206, whole.content[first:end])
        assert part.headers["content-range"] == f"bytes {first}-{end - 1}/{size}"
        assert part.headers["content-length"] == str(end - first)
    beyond = await http.get(url, headers={"Range": f"bytes={size}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{size}")
    other = await http.get(url, headers={"Range": "bytes=0-1", "If-Range": '"another"'})
    assert (other.status_code, len(other.content)) == (200, size)
    assert (await http.get(url, headers={"If-None-Match": tag})).status_code == 304


async def test_what_is_trimmed_away_is_the_hosts_alone_until_that_is_undone(
    replay: tuple[Person, str], anyone: Person, http: httpx2.AsyncClient
) -> None:
    host, space_id = replay
    before = await final(anyone, space_id)
    whole = decode((await http.get(before["m4aUrl"])).content)
    await host.do("updateRecording", spaceId=space_id, **TRIM)
    found = await final(anyone, space_id)
    assert found.items() >= {**TRIM, "durationMs": 1_998}.items()
    start, end = (ms * SAMPLE_RATE // 1000 for ms in TRIM.values())
    # The address of before the trim is as good, and hears no more.
    for url in (found["m4aUrl"], before["m4aUrl"]):
        file = (await http.get(url)).content
        assert len(file) == found["sizeBytes"]
        assert is_same(decode(file), whole[start:end])
    player = Player(http, before["hlsUrl"])
    await player.catch_up()
    [take] = player.listen()
    assert 0 <= end - start - len(take.sound) < 2 * PACKET_SAMPLES
    for gone in ("segment-0.m4s", "segment-3.m4s", "cut-0-5.m4s"):
        assert (await http.get(before["hlsUrl"].replace("replay.m3u8", gone))).status_code == 404
    [refused] = await host.refusals("createClip", spaceId=space_id, startOffsetMs=0, durationMs=500)
    assert (refused["code"], refused["limit"]) == ("CLIP_OUT_OF_RANGE", TRIM["startOffsetMs"])
    own = (await final(host, space_id))["whole"]
    assert own["durationMs"] == before["durationMs"]
    assert is_same(decode((await http.get(own["m4aUrl"])).content), whole)
    assert is_same(await sound_of(http, own["hlsUrl"]), whole)
    await host.do("updateRecording", spaceId=space_id)
    assert is_same(decode((await http.get(before["m4aUrl"])).content), whole)


async def test_a_replay_is_counted_and_its_playlists_are_one(
    replay: tuple[Person, str], anyone: Person, http: httpx2.AsyncClient
) -> None:
    _, space_id = replay
    found = await anyone.read(RECORDING, id=space_id)
    before = found["recording"]["replayCount"]
    variants = await http.get(found["audio"]["hlsVariantsUrl"])
    assert variants.text.splitlines()[-1] == "replay.m3u8"
    for _ in range(3):
        assert (await http.get(found["recording"]["hlsUrl"])).status_code == 200
        assert (await http.get(found["recording"]["m4aUrl"])).status_code == 200
    assert before <= (await recording_of(anyone, space_id))["replayCount"] <= 1, "one address is one replay"


async def test_a_full_disk_ends_nothing_and_the_recording_says_so(
    tmp_path: Path, provider: Provider, http: httpx2.AsyncClient
) -> None:
    async with running(tmp_path / "data", MEDIA_ADDRESSES="127.0.0.1", **provider.environment) as server:
        host = await Person(http, server.url).of_token(provider.token("full"))
        space_id = await live_space(host, recordingEnabled=True)
        media = children(server.process.pid)["media"]
        async with host.follow(EVENTS, id=space_id) as events, microphones(space_id, [(host, HZ)], LEVEL):
            # As full as a disk can be: whatever crosses this line is not written.
            room = resource.prlimit(media, resource.RLIMIT_FSIZE, (30_000, resource.RLIM_INFINITY))
            failed = await the_next(events, "RecordingFailed")
            assert failed["reason"] == "Sound is not being written: File too large."
            found = await host.read(RECORDING, id=space_id)
            assert (found["isRecording"], found["recording"]["state"]) == (False, "FAILED")
            written_ms = await recorded_ms(host, space_id)
            assert written_ms > 1_000
            resource.prlimit(media, resource.RLIMIT_FSIZE, room)
            await the_next(events, "RecordingResumed")
            found = await host.read(RECORDING, id=space_id)
            assert (found["isRecording"], found["recording"]["state"]) == (True, "RECORDING")
            assert found["recording"]["failure"]["resumedAt"]

            async def goes_on() -> bool:
                return await recorded_ms(host, space_id) > written_ms + 1_000

            await until(goes_on, "it is recorded again")
        await host.do("endSpace", spaceId=space_id)
        over = await final(host, space_id)
        assert (over["state"], over["failure"]["reason"]) == ("READY", failed["reason"])
        player = Player(http, over["hlsUrl"])
        await player.catch_up()
        takes = player.listen()
        assert len(takes) == 2
        assert steady_amplitude_at(takes[1].sound[-SAMPLE_RATE // 2 :], HZ) > LEVEL * 0.9
        assert len(decode((await http.get(over["m4aUrl"])).content)) * 1000 // SAMPLE_RATE == over["durationMs"]
        assert children(server.process.pid)["media"] == media, "it was never started anew"


async def the_next(events: AsyncIterator[Json], kind: str) -> Json:
    """The next event of this kind."""
    async for event in events:
        if event["__typename"] == kind:
            return event
    raise AssertionError(f"no {kind}")
