"""Low-latency HLS over real HTTP: many who wait for one part, caches, and Opus while somebody listens."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urljoin

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from media.broadcast import HOLD_SECONDS
from media.formats import AAC
from media.opus import SAMPLE_RATE
from media.opus_rendition import opus_folder
from media.playlists import LIVE_SEGMENTS
from tests.media.low_latency import Live, check_update, get, read
from tests.media.sounds import Sound, amplitude_at
from tests.server.on_air import Certificate, OnAir, decode, on_air, speaker
from tests.waiting import until

MANY = 300
HZ = 440.0


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[OnAir]:
    """A server with the Space `talk`, on air for the whole module."""
    async with on_air(tmp_path_factory.mktemp("low-latency")) as running:
        await running.stage("talk", {"ann": True})
        yield running


async def playlist(server: OnAir, query: str = "", name: str = "live.m3u8", space_id: str = "talk") -> Live:
    """A live playlist that keeps the rules."""
    return read((await get(server.http, server.hls(space_id, name) + query)).raise_for_status().text)


def next_part(known: Live) -> str:
    """The directives that wait for the part after the newest one."""
    segment, part = known.newest
    return f"?_HLS_msn={segment}&_HLS_part={part + 1}"


async def follow(server: OnAir, parts: int, name: str = "live.m3u8", space_id: str = "talk") -> tuple[Sound, Live]:
    """So many parts heard as a low-latency player hears them: hinted ones asked for before they are there."""
    url = server.hls(space_id, name)
    known = await playlist(server, name=name, space_id=space_id)
    data = (await server.http.get(urljoin(url, known.segments[-1].map))).raise_for_status().content
    for _ in range(parts):
        hinted, found = await asyncio.gather(
            get(server.http, urljoin(url, known.hint)), playlist(server, next_part(known), name, space_id)
        )
        data += hinted.raise_for_status().content
        check_update(known, found)
        listed = [part.uri for one in (*found.segments, found.under_way) for part in one.parts]
        assert known.hint in listed, "the hint came true"
        # A busy machine may have written more than one part by now.
        behind = listed[listed.index(known.hint) + 1 :]
        for uri in behind:
            data += (await server.http.get(urljoin(url, uri))).raise_for_status().content
        known = found
    return decode(data), known


async def test_hundreds_who_wait_are_answered_by_the_same_part(server: OnAir) -> None:
    known = await playlist(server)
    limits = httpx2.Limits(max_connections=MANY)
    async with httpx2.AsyncClient(timeout=30, limits=limits) as http:
        url = server.hls("talk", "live.m3u8") + next_part(known)
        answers = await asyncio.gather(*(get(http, url) for _ in range(MANY)))
    assert {answer.status_code for answer in answers} == {200}
    for answer in answers:
        found = read(answer.text)
        assert found.newest > known.newest
        check_update(known, found)


async def test_a_tone_is_heard_part_by_part_without_a_gap_in_both_codecs(
    server: OnAir, tmp_path_factory: pytest.TempPathFactory
) -> None:
    identity = Certificate.make(tmp_path_factory.mktemp("ec"), ec.generate_private_key(ec.SECP256R1()))
    async with speaker(server.whip("talk", "ann"), identity, hz=HZ, seconds=60):

        async def heard() -> bool:
            return amplitude_at((await follow(server, 1))[0], HZ) > 0.2

        await until(heard, "the speaker")
        (aac, _), (opus, _) = await asyncio.gather(follow(server, 10), follow(server, 10, "opus.m3u8"))
    for sound in (aac, opus):
        assert len(sound) >= 1.9 * SAMPLE_RATE
        assert amplitude_at(sound[SAMPLE_RATE // 4 :], HZ) > 0.1


async def test_what_will_not_come_soon_or_is_no_number_is_a_bad_request(server: OnAir) -> None:
    newest, _ = (await playlist(server)).newest
    for query in (f"_HLS_msn={newest + 999}", "_HLS_part=0", "_HLS_msn=x", "_HLS_msn=-1", "_HLS_msn=1&_HLS_part=1e3"):
        answer = await server.http.get(f"{server.hls('talk', 'live.m3u8')}?{query}")
        assert (answer.status_code, answer.headers["cache-control"]) == (400, "no-store")
    assert (await playlist(server, "?_HLS_unknown=1")).segments, "directives to come are ignored (6.2.5)"


async def test_a_player_that_knows_the_list_may_leave_out_most_of_it(server: OnAir) -> None:
    async def long() -> bool:
        return len((await playlist(server)).segments) == LIVE_SEGMENTS

    await until(long, "a full playlist")
    known = await playlist(server)
    delta = await playlist(server, f"{next_part(known)}&_HLS_skip=YES")
    assert delta.skipped >= LIVE_SEGMENTS - 7
    assert delta.newest > known.newest


async def test_renditions_tell_how_far_the_other_is(server: OnAir) -> None:
    variants = (await server.http.get(server.hls("talk", "main.m3u8"))).text.split()
    assert {"live.m3u8", "opus.m3u8"} <= set(variants)
    await playlist(server, name="opus.m3u8")
    aac = await playlist(server)
    opus = await playlist(server, name="opus.m3u8")
    assert aac.reports["opus.m3u8"] <= opus.newest
    # Parts may come in between.
    assert aac.newest <= opus.reports["live.m3u8"] <= (await playlist(server)).newest


async def test_caches_may_keep_sound_for_everyone_and_playlists_of_those_without_a_name(server: OnAir) -> None:
    known = await playlist(server)
    anyone, someone = (f"{server.url}/audio/listen.talk.{who}/live.m3u8" for who in ("", "ben"))
    directives = f"?_HLS_msn={known.media_sequence}"
    cases = [
        (anyone, "public, no-cache"),
        (anyone + directives, "public, max-age=6"),
        (someone, "private, no-cache"),
        (someone + directives, "private, max-age=6"),
    ]
    for url, allowed in cases:
        answer = await server.http.get(url)
        assert (answer.headers["cache-control"], answer.headers["vary"]) == (allowed, "Accept-Encoding")
    bearer = await server.http.get(f"{server.url}/audio/live.m3u8", headers={"Authorization": "Bearer listen.talk."})
    assert bearer.headers["cache-control"] == "private, no-cache"
    assert bearer.headers["vary"] == "Accept-Encoding, Authorization"
    uri = read(bearer.text).segments[-1].uri or ""
    assert urljoin(f"{server.url}/audio/live.m3u8", uri).startswith(f"{server.url}/audio/shared/talk/")
    sound = await server.http.get(urljoin(anyone, uri.replace("shared/", "../shared/")))
    assert sound.raise_for_status().headers["cache-control"] == "public, max-age=3600, immutable"


async def test_playlists_are_packed_for_who_can_unpack_and_not_sent_to_who_has_them(server: OnAir) -> None:
    await server.stage("over", {})
    await playlist(server, space_id="over")
    await server.end("over")
    url = server.hls("over", "live.m3u8")
    plain = await server.http.get(url, headers={"Accept-Encoding": "identity"})
    packed = await server.http.get(url, headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.text == plain.text
    again = await server.http.get(url, headers={"If-None-Match": f'"other", {plain.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == plain.headers["etag"]


async def test_live_sound_is_given_in_ranges_and_not_again(server: OnAir) -> None:
    known = await playlist(server)
    url = urljoin(server.hls("talk"), known.segments[-1].uri or "")
    whole = await server.http.get(url)
    piece = await server.http.get(url, headers={"Range": "bytes=10-19"})
    assert (piece.status_code, piece.content) == (206, whole.content[10:20])
    assert piece.headers["etag"] == whole.headers["etag"]
    again = await server.http.get(url, headers={"If-None-Match": whole.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    preflight = await server.http.request("OPTIONS", url, headers={"Origin": "https://example.org"})
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert whole.headers["access-control-allow-origin"] == "*"


async def test_an_address_that_no_playlist_has_is_refused(server: OnAir) -> None:
    known = await playlist(server)
    url = urljoin(server.hls("talk"), known.segments[-1].uri or "")
    folder, name = url.rsplit("/", 1)
    for forged in (f"{folder}x/{name}", f"{folder}/segment-0.m4s", url.replace("/aac/", "/opus/")):
        assert (await server.http.get(forged)).status_code == 403
    seal = "sealed-talk-aac-..%2f..%2fsecret"
    assert (await server.http.get(f"{server.url}/audio/shared/talk/aac/{seal}/..%2f..%2fsecret")).status_code == 404
    for token in ("forged", "speak.talk.ann", "clip.talk.ann"):
        for playlist_name in ("live.m3u8", "opus.m3u8", "main.m3u8"):
            assert (await server.http.get(f"{server.url}/audio/{token}/{playlist_name}")).status_code in (401, 403)


async def test_opus_is_encoded_while_somebody_listens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("media.broadcasts.OPUS_IDLE_SECONDS", HOLD_SECONDS)
    async with on_air(tmp_path) as server:
        await server.stage("idle", {"ann": True})
        await playlist(server, space_id="idle")
        folder = opus_folder(tmp_path / "spaces" / "idle")
        assert not folder.exists(), "nobody has asked"
        first = await playlist(server, name="opus.m3u8", space_id="idle")
        await until(lambda: not list(folder.iterdir()), "nobody listens any more")
        second = await playlist(server, name="opus.m3u8", space_id="idle")
        assert second.media_sequence > first.newest[0], "numbers rise"


async def test_both_renditions_go_on_after_the_media_process_is_killed(tmp_path: Path) -> None:
    async with on_air(tmp_path) as server:
        await server.stage("again", {"ann": True})
        names = ("live.m3u8", "opus.m3u8")
        before = [await playlist(server, name=name, space_id="again") for name in names]
        pid = server.live.pid_of("again")
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        for name, known in zip(names, before, strict=True):

            async def goes_on(name: str = name, known: Live = known) -> bool:
                answer = await server.http.get(server.hls("again", name))
                if answer.status_code != 200:
                    return False
                found = read(answer.text)
                check_update(known, found)
                return found.segments[-1].discontinuity > known.segments[-1].discontinuity

            await until(goes_on, f"a new take in {name}")


async def test_whoever_waits_for_sound_that_does_not_come_is_told_to_come_again(
    server: OnAir, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("media.broadcast.HOLD_SECONDS", 0.1)
    known = await playlist(server)
    answer = await server.http.get(f"{server.hls('talk', 'live.m3u8')}?_HLS_msn={known.newest[0] + 1}")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"
    assert answer.headers["cache-control"] == "no-store"


async def test_old_players_play_the_same_list(server: OnAir) -> None:
    [sound] = await server.listen("talk", "live.m3u8")
    segments = (await playlist(server)).segments
    # It has gone on meanwhile.
    assert len(sound) >= (len(segments) - 1) * AAC.segment_packets * AAC.packet_samples
