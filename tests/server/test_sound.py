"""Sound from end to end: FFmpeg speaks by WHIP over UDP, a listener fetches HLS and clips over HTTP."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from media.encoder import PRIMING_SAMPLES
from media.opus import SAMPLE_RATE, TICK
from tests.media.sounds import Sound, amplitude_at, best_window, decibels, rms
from tests.server.on_air import Certificate, OnAir, decode, on_air, speaker
from tests.waiting import until

SILENT_WITHIN = round(0.1 * SAMPLE_RATE)
"""Samples: 100 ms after the mixer obeys."""
IN_THE_BUFFER_SECONDS = 0.2
"""What has come from a microphone is mixed after that."""
QUIET = 0.001
"""Amplitude, -60 dBFS."""


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[OnAir]:
    """One server for all Spaces of this module."""
    async with on_air(tmp_path_factory.mktemp("sound")) as running:
        yield running


@pytest.fixture(scope="module")
def identity(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """What FFmpeg needs: a key on P-256."""
    return Certificate.make(tmp_path_factory.mktemp("ec"), ec.generate_private_key(ec.SECP256R1()))


@pytest.fixture(scope="module")
def rsa_identity(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """What other clients may have."""
    return Certificate.make(tmp_path_factory.mktemp("rsa"), rsa.generate_private_key(65537, 2048))


async def mixed(server: OnAir, space_id: str) -> int:
    """Samples the Space has mixed so far."""
    return round((await server.live.stats())[space_id]["ticks"]) * TICK


async def connected(server: OnAir, space_id: str, *people: str) -> None:
    """Waits until exactly these people's microphones are connected."""
    wanted = {(space_id, person_id) for person_id in people}
    await until(
        lambda: {one for one in server.live.speaking_from() if one[0] == space_id} == wanted, f"connected: {people}"
    )


async def mixed_more(server: OnAir, space_id: str, seconds: float) -> int:
    """Waits until this much more is mixed; answers how much then is."""
    start = await mixed(server, space_id)
    end = start + round(seconds * SAMPLE_RATE)

    async def enough() -> bool:
        return await mixed(server, space_id) >= end

    await until(enough, f"{seconds} s more of {space_id}")
    return await mixed(server, space_id)


async def heard_more(server: OnAir, space_id: str, *people: str, packets: int = 50) -> int:
    """Waits until so many more packets of each microphone have come and are mixed; answers how much then is."""
    keys = [f"{space_id}/{person_id}" for person_id in people]
    before = await server.live.stats()

    async def all_came() -> bool:
        now = await server.live.stats()
        return all(now[key]["received"] >= before[key]["received"] + packets for key in keys)

    await until(all_came, f"{packets} more packets of {people}")
    return await mixed_more(server, space_id, IN_THE_BUFFER_SECONDS)


async def recording(server: OnAir, space_id: str) -> Sound:
    """Ends the Space and fetches its one take, as samples numbered as they were mixed."""
    await server.end(space_id)
    (take,) = await server.listen(space_id)
    return take[PRIMING_SAMPLES:]


async def test_two_speakers_are_heard_at_their_frequencies_and_levels(
    server: OnAir, identity: Certificate, rsa_identity: Certificate
) -> None:
    await server.stage("two", {"ann": True, "ben": True})
    async with (
        speaker(server.whip("two", "ann"), identity, hz=440, level=0.25, seconds=3) as ann,
        speaker(server.whip("two", "ben"), rsa_identity, hz=880, level=0.1, seconds=3) as ben,
    ):
        assert (await ann.wait(), await ben.wait()) == (0, 0), "FFmpeg was content, to the hanging up"
    await connected(server, "two")
    heard = best_window(await recording(server, "two"), {440: 0.25, 880: 0.1})
    assert abs(decibels(amplitude_at(heard, 440) / 0.25)) < 1
    assert abs(decibels(amplitude_at(heard, 880) / 0.1)) < 1
    assert amplitude_at(heard, 660) < QUIET


async def test_a_closed_microphone_is_silent_within_100_ms_whatever_it_sends(
    server: OnAir, identity: Certificate
) -> None:
    await server.stage("mute", {"ann": True})
    async with speaker(server.whip("mute", "ann"), identity, seconds=30):
        await connected(server, "mute", "ann")
        before = await heard_more(server, "mute", "ann")
        await server.stage("mute", {"ann": False})
        closed = await mixed(server, "mute")
        await until(lambda: unheard(server, "mute/ann", 20), "it goes on sending")
        reopening = await mixed_more(server, "mute", 0.5)
        await server.stage("mute", {"ann": True})
        end = await heard_more(server, "mute", "ann")
    heard = await recording(server, "mute")
    assert tone_in(heard[:before], 440) > 0.2
    assert np.abs(heard[closed + SILENT_WITHIN : reopening]).max() < QUIET
    assert tone_in(heard[reopening:end], 440) > 0.2


async def unheard(server: OnAir, microphone: str, packets: int) -> bool:
    """Whether so many packets have come while it was closed."""
    return (await server.live.stats())[microphone]["unheard"] >= packets


def tone_in(sound: Sound, hz: float) -> float:
    """The amplitude of a tone where there is most of it."""
    return amplitude_at(best_window(sound, {hz: 1.0}, 0.2), hz)


async def test_whoever_loses_the_seat_is_silent_and_disconnected_and_others_go_on(
    server: OnAir, identity: Certificate
) -> None:
    await server.stage("seat", {"ann": True, "ben": True})
    async with (
        speaker(server.whip("seat", "ann"), identity, hz=440, seconds=30),
        speaker(server.whip("seat", "ben"), identity, hz=880, seconds=30),
    ):
        await connected(server, "seat", "ann", "ben")
        before = await heard_more(server, "seat", "ann", "ben")
        await server.stage("seat", {"ben": True})
        removed = await mixed(server, "seat")
        await connected(server, "seat", "ben")
        end = await heard_more(server, "seat", "ben")
    heard = await recording(server, "seat")
    assert tone_in(heard[:before], 440) > 0.2
    after = best_window(heard[removed + SILENT_WITHIN : end], {880: 1.0}, 0.2)
    assert amplitude_at(after, 440) < QUIET
    assert amplitude_at(after, 880) > 0.2


async def test_a_second_device_replaces_the_first(server: OnAir, identity: Certificate) -> None:
    await server.stage("devices", {"ann": True})
    async with speaker(server.whip("devices", "ann"), identity, hz=440, seconds=30):
        await connected(server, "devices", "ann")
        await mixed_more(server, "devices", 0.2)
        async with speaker(server.whip("devices", "ann"), identity, hz=880, seconds=30):

            async def second_is_heard() -> bool:
                (live,) = await server.listen("devices", "live.m3u8")
                return tone_in(live, 880) > 0.2

            await until(second_is_heard, "the new device's sound")
    heard = best_window(await recording(server, "devices"), {880: 1.0}, 0.2)
    assert amplitude_at(heard, 880) > 0.2
    assert amplitude_at(heard, 440) < QUIET


async def test_listeners_hear_it_live_and_are_told_the_end(server: OnAir, identity: Certificate) -> None:
    await server.stage("live", {"ann": True})
    first = await server.http.get(server.hls("live", "live.m3u8"))
    assert "segment-0.m4s" in first.raise_for_status().text, "whoever comes early is told when there is something"
    async with speaker(server.whip("live", "ann"), identity, seconds=30):
        await connected(server, "live", "ann")
        await heard_more(server, "live", "ann")
        await mixed_more(server, "live", 2.5)
        (heard,) = await server.listen("live", "live.m3u8")
    assert tone_in(heard, 440) > 0.2
    await server.end("live")
    playlist = await server.http.get(server.hls("live", "live.m3u8"))
    assert playlist.text.rstrip().endswith("#EXT-X-ENDLIST")


async def test_a_clip_is_exact_to_the_sample(server: OnAir, identity: Certificate) -> None:
    await server.stage("clip", {"ann": True})
    async with speaker(server.whip("clip", "ann"), identity, seconds=30):
        await connected(server, "clip", "ann")
        start = await mixed_more(server, "clip", 0.2)
        await mixed_more(server, "clip", 1.5)
        start_ms = start * 1000 // SAMPLE_RATE + 100

        async def cut() -> bool:
            return await server.live.recorded_ms("clip") >= start_ms + 700

        await until(cut, "the seconds are recorded")
        clip = await server.live.clip("clip", "clip-1", start_ms=start_ms, duration_ms=700)
    assert clip.samples == 700 * SAMPLE_RATE // 1000
    assert all(0 <= value <= 1 for value in clip.waveform)
    assert max(clip.waveform) == pytest.approx(0.25, abs=0.05)
    await server.keep_clip("clip-1")
    file = (await server.http.get(f"{server.url}/audio/clip.clip-1./clip.m4a")).raise_for_status()
    assert file.headers["content-type"] == "audio/mp4"
    assert amplitude_at(decode(file.content)[: clip.samples], 440) == pytest.approx(0.25, abs=0.03)
    with pytest.raises(LookupError):
        await server.live.clip("clip", "clip-2", start_ms=3_600_000, duration_ms=700)
    assert server.live.clip_file("clip-2") is None


async def test_a_killed_media_process_is_back_at_once_with_its_spaces_and_stages(
    tmp_path: Path, identity: Certificate
) -> None:
    async with on_air(tmp_path) as server:
        await server.stage("again", {"ann": True, "ben": False})
        assert server.live.pid_of("again") is not None
        async with speaker(server.whip("again", "ann"), identity, hz=440, seconds=30):
            await connected(server, "again", "ann")
            await mixed_more(server, "again", 1.5)
            first = server.live.pid_of("again")
            assert first is not None
            os.kill(first, signal.SIGKILL)
            await until(lambda: server.live.pid_of("again") not in (None, first), "another media process")
            assert server.live.speaking_from() == frozenset()
        await until(lambda: on_air_again(server), "the Space is on air again")
        assert {"again/ann", "again/ben"} <= (await server.live.stats()).keys()
        async with speaker(server.whip("again", "ann"), identity, hz=880, seconds=30):
            await connected(server, "again", "ann")
            await mixed_more(server, "again", 1.5)
        await server.end("again")
        playlist = (await server.http.get(server.hls("again"))).text
        before, after = await server.listen("again")
    assert "#EXT-X-DISCONTINUITY\n" in playlist
    assert len(before) >= SAMPLE_RATE
    assert amplitude_at(before[-SAMPLE_RATE // 4 :], 440) > 0.2
    assert amplitude_at(after[-SAMPLE_RATE // 2 :], 880) > 0.2


async def on_air_again(server: OnAir) -> bool:
    """Whether the new process has the Space."""
    return "again" in await server.live.stats()


async def test_an_older_state_or_one_after_the_end_changes_nothing(server: OnAir) -> None:
    older = await server.stage("old", {"ann": True})
    await server.stage("old", {})
    await server.live.follow(older)
    assert "old/ann" not in await server.live.stats()
    await server.end("old")
    await server.live.follow(older)
    assert "old" not in await server.live.stats()


async def test_a_space_taken_over_by_another_node_is_dropped_here(server: OnAir) -> None:
    await server.stage("dropped", {"ann": True})
    await server.live.drop("dropped")
    assert "dropped" not in await server.live.stats()
    assert (await server.http.get(server.hls("dropped", "live.m3u8"))).status_code == 404


async def test_the_sound_of_a_space_that_is_not_recorded_goes_after_its_end(
    server: OnAir, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.live.on_air.FAREWELL_SECONDS", 0.1)
    await server.stage("unrecorded", {}, recorded=False)
    await mixed_more(server, "unrecorded", 1.5)
    await server.end("unrecorded")

    async def gone() -> bool:
        return await server.live.recorded_ms("unrecorded") == 0

    await until(gone, "its files are deleted")


async def test_silence_is_silence(server: OnAir) -> None:
    await server.stage("silence", {"ann": True})
    end = await mixed_more(server, "silence", 1.2)
    assert rms((await recording(server, "silence"))[:end]) < QUIET


async def test_everything_ends(tmp_path: Path) -> None:
    async with on_air(tmp_path) as server:
        await asyncio.gather(*(server.stage(f"space-{number}", {"ann": True}) for number in range(5)))
        pid = server.live.pid_of("space-0")
    assert pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
