"""Sudden deaths: of the whole server, of its media process, of its database; and what is there afterwards."""

import os
import signal
import time
from pathlib import Path

import httpx2

from app.demo.listener import decode
from media.encoder import PRIMING_SAMPLES
from media.opus import SAMPLE_RATE
from media.timeline import Timeline
from tests.media.sounds import Sound, steady_amplitude_at
from tests.processes import children, is_there
from tests.server.running import RunningServer, running, started
from tests.waiting import until
from tests.whole.hearing import Player, hears
from tests.whole.people import Json, Person
from tests.whole.provider import Provider
from tests.whole.rooms import live_space, microphones
from tests.whole.test_recording import clip_when_recorded

LEVEL = 0.25
BEFORE_HZ, AFTER_HZ = 440.0, 880.0
LOST_SECONDS = 0.5
"""Of sound, before a kill; the mixer's last part is 0.256 s."""
VERSIONS = """
subscription ($id: ID!, $after: Int) { spaceEvents(spaceId: $id, after: $after) { __typename version } }"""


async def heard_live(player: Player, takes: int) -> bool:
    """Whether the live playlist has come to this take."""
    await player.catch_up()
    return len(player.takes) == takes


async def test_kill_9_of_the_server_in_mid_recording(
    tmp_path: Path, provider: Provider, http: httpx2.AsyncClient
) -> None:
    data = tmp_path / "data"
    async with started(data, MEDIA_ADDRESSES="127.0.0.1", **provider.environment) as first:
        host = await Person(http, first.url).of_token(provider.token("host"))
        space_id = await live_space(host, recordingEnabled=True)
        player = Player(http, (await host.audio(space_id))["hlsUrl"])
        async with microphones(space_id, [(host, BEFORE_HZ)], LEVEL):
            await until(lambda: hears(player, BEFORE_HZ, LEVEL), "the Space is on air, the host is heard")
            version = await version_of(host, space_id)
            processes = children(first.process.pid)
            assert processes.keys() == {"media", "mongod"}
            killed_at = await recorded_in_time(data, player)
            await first.stop(signal.SIGKILL)
            await until(lambda: not any(map(is_there, processes.values())), "nothing of the server is left")
    async with running(data, MEDIA_ADDRESSES="127.0.0.1", **provider.environment) as second:
        await check_it_goes_on(host.at(second.url), space_id, version, killed_at)


async def recorded_in_time(data: Path, player: Player) -> float:
    """The Unix time, as soon as the recording on disk is no further behind than a kill may lose: it is late on a busy
    machine.
    """
    (folder,) = (data / "audio" / "spaces").iterdir()
    now = 0.0

    def in_time() -> bool:
        nonlocal now
        now = time.time()
        return player.takes[0].started_at + Timeline(folder).duration / SAMPLE_RATE > now - LOST_SECONDS

    await until(in_time, "the recording is in time")
    return now


async def check_it_goes_on(host: Person, space_id: str, version: int, killed_at: float) -> None:
    found = await host.read("query ($id: ID!) { space(id: $id) { state isRecording } }", id=space_id)
    assert found == {"state": "LIVE", "isRecording": True}
    async with host.follow(VERSIONS, id=space_id, after=version - 1) as events:
        missed = await anext(events)
        assert (missed["__typename"], missed["version"]) == ("MicrophoneOpened", version), "resumed, no snapshot"
    player = Player(host.http, (await host.audio(space_id))["hlsUrl"])
    await until(lambda: heard_live(player, 2), "on air again, in a second take")
    before = player.listen()[0]
    assert before.ends_at > killed_at - LOST_SECONDS
    async with microphones(space_id, [(host, AFTER_HZ)], LEVEL):
        clip = await clip_across(host, space_id, before.sound)
    sound = decode((await host.http.get(clip["url"])).raise_for_status().content)
    assert len(sound) == clip["sampleCount"] == clip["durationMs"] * SAMPLE_RATE // 1000
    assert steady_amplitude_at(sound[:SAMPLE_RATE], BEFORE_HZ) > LEVEL * 0.9
    assert steady_amplitude_at(sound[-SAMPLE_RATE // 2 :], AFTER_HZ) > LEVEL * 0.9
    await host.do("endSpace", spaceId=space_id)
    replay = Player(host.http, (await host.audio(space_id))["hlsUrl"])
    await replay.catch_up()
    assert replay.ended
    assert len(replay.listen()) == 2
    assert len(replay.takes[0].sound) == len(before.sound)


async def clip_across(host: Person, space_id: str, before: Sound) -> Json:
    """From 1.2 s before the crash until the speaker who has come back is heard."""
    crash_ms = (len(before) - PRIMING_SAMPLES) * 1000 // SAMPLE_RATE
    speaking_at = time.time() + 1
    await until(lambda: time.time() > speaking_at, "the speaker is heard again")
    newest = await clip_when_recorded(host, space_id, durationMs=1000)
    start_ms = crash_ms - 1200
    end_ms = newest["startOffsetMs"] + newest["durationMs"]
    return await clip_when_recorded(host, space_id, startOffsetMs=start_ms, durationMs=end_ms - start_ms)


async def version_of(person: Person, space_id: str) -> int:
    """The version of the last thing that happened on the stage, which no count of listeners follows."""
    found = await person.read("query ($id: ID!) { space(id: $id) { version } }", id=space_id)
    version: int = found["version"]
    return version


async def test_kill_9_of_the_media_process_and_then_of_the_database(
    tmp_path: Path, provider: Provider, http: httpx2.AsyncClient
) -> None:
    async with started(tmp_path / "data", MEDIA_ADDRESSES="127.0.0.1", **provider.environment) as server:
        host = await Person(http, server.url).of_token(provider.token("host"))
        space_id = await live_space(host, recordingEnabled=True)
        player = Player(http, (await host.audio(space_id))["hlsUrl"])
        async with microphones(space_id, [(host, BEFORE_HZ)], LEVEL):
            await until(lambda: heard_live(player, 1), "the Space is on air")
            os.kill(children(server.process.pid)["media"], signal.SIGKILL)
        await until(lambda: heard_live(player, 2), "the Space is on air again")
        health = (await http.get(f"{server.url}/healthz")).json()
        assert health == {"database": True, "sound": True, "bus": True, "mediaWorkers": {"up": 1, "of": 1}}
        await check_the_end_without_a_database(server)


async def check_the_end_without_a_database(server: RunningServer) -> None:
    processes = children(server.process.pid)
    os.kill(processes["mongod"], signal.SIGKILL)
    await until(lambda: server.process.returncode is not None, "the server ends")
    assert server.process.returncode == 1
    last = server.complaints.strip().splitlines()[-1]
    assert "mongod stopped" in last
    assert "Traceback" not in server.complaints
    assert not is_there(processes["media"])
