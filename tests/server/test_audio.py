"""The audio routes over real HTTP: statuses, headers, ranges and bad input."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urljoin

import httpx2
import pytest

from app.web.audio import MAX_BODY
from tests.media.whip_client import Client
from tests.server.on_air import OnAir, on_air
from tests.waiting import until

SDP = {"Content-Type": "application/sdp"}
FRAGMENT = {"Content-Type": "application/trickle-ice-sdpfrag"}


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[OnAir]:
    """A server with the Space `talk`, ann on its stage."""
    async with on_air(tmp_path_factory.mktemp("audio")) as running:
        await running.stage("talk", {"ann": True})
        yield running


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """A WHIP client, closed after the test."""
    one = Client()
    yield one
    await one.close()


async def test_a_session_is_made_trickled_and_deleted(server: OnAir, client: Client) -> None:
    offer = await client.offer()
    answer = await server.http.post(server.whip("talk", "ann"), content=offer, headers=SDP)
    assert answer.status_code == 201
    assert answer.headers["content-type"] == "application/sdp"
    assert "Location" in answer.headers["access-control-expose-headers"]
    session = server.url + answer.headers["location"]
    await client.accept(answer.text)
    await until(lambda: ("talk", "ann") in server.live.speaking_from(), "the microphone is connected")

    ufrag = next(line for line in offer.splitlines() if line.startswith("a=ice-ufrag:"))
    good = f"{ufrag}\r\na=candidate:1 1 udp 1 127.0.0.1 50000 typ host\r\na=end-of-candidates\r\n"
    tag = {"If-Match": answer.headers["etag"]}
    assert (await server.http.patch(session, content=good, headers=FRAGMENT | tag)).status_code == 204
    assert (await server.http.patch(session, content=good, headers=FRAGMENT)).status_code == 204
    assert (await server.http.patch(session, content=good, headers=SDP)).status_code == 415
    other = {"If-Match": '"another"'}
    assert (await server.http.patch(session, content=good, headers=FRAGMENT | other)).status_code == 412
    restart = "a=ice-ufrag:other\r\n"
    assert (await server.http.patch(session, content=restart, headers=FRAGMENT)).status_code == 406
    assert (await server.http.patch(session + "x", content=good, headers=FRAGMENT)).status_code == 404

    assert (await server.http.delete(session)).status_code == 200
    await until(lambda: client.connection.connectionState == "closed", "the client is hung up")
    await until(lambda: ("talk", "ann") not in server.live.speaking_from(), "the microphone is gone")
    assert (await server.http.delete(session)).status_code == 200, "gone already is no error"


async def test_the_token_may_be_a_bearer(server: OnAir, client: Client) -> None:
    bearer = {"Authorization": "Bearer speak.talk.ann"}
    answer = await server.http.post(f"{server.url}/audio/whip", content=await client.offer(), headers=SDP | bearer)
    assert answer.status_code == 201
    session = server.url + answer.headers["location"]
    assert session.startswith(f"{server.url}/audio/whip/")
    assert (await server.http.delete(session)).status_code == 401
    assert (await server.http.delete(session, headers=bearer)).status_code == 200


async def offered(server: OnAir, path: str, offer: str | bytes, headers: dict[str, str]) -> httpx2.Response:
    """The answer to an offer; a refusal is one line of text."""
    answer = await server.http.post(server.url + path, content=offer, headers=headers)
    if answer.status_code >= 400:
        assert answer.headers["content-type"].startswith("text/plain")
        assert answer.text.count("\n") == 1
    assert answer.headers["access-control-allow-origin"] == "*"
    return answer


async def test_whatever_is_not_one_opus_microphone_of_someone_on_stage_is_refused(
    server: OnAir, client: Client
) -> None:
    offer, whip = await client.offer(), "/audio/speak.talk.ann/whip"
    video = offer.replace("m=audio", "m=video")
    two = offer + "m=video 9 UDP/TLS/RTP/SAVPF 99\r\na=mid:1\r\n"
    cases: list[tuple[str, str | bytes, dict[str, str], int]] = [
        (whip, "garbage", SDP, 400),
        (whip, b"\xff\xfe", SDP, 400),
        (whip, "", SDP, 400),
        (whip, video, SDP, 406),
        (whip, two, SDP, 406),
        (whip, offer.replace("opus/48000/2", "G722/8000"), SDP, 406),
        (whip, offer.replace("a=sendonly", "a=recvonly"), SDP, 406),
        (whip, offer, {"Content-Type": "application/json"}, 415),
        (whip, offer, {}, 415),
        (whip, "v=0\r\n" + "a=x\r\n" * MAX_BODY, SDP, 413),
        ("/audio/forged/whip", offer, SDP, 401),
        ("/audio/whip", offer, SDP, 401),
        ("/audio/listen.talk.ann/whip", offer, SDP, 403),
        ("/audio/speak.talk.ben/whip", offer, SDP, 403),
        ("/audio/speak.nowhere.ann/whip", offer, SDP, 404),
    ]
    answers = await asyncio.gather(*(offered(server, path, body, headers) for path, body, headers, _ in cases))
    assert [answer.status_code for answer in answers] == [status for *_, status in cases]
    assert answers[10].headers["www-authenticate"] == "Bearer"
    assert "talk" in await server.live.stats(), "the process lives and mixes on"
    assert (await offered(server, whip, offer, SDP)).status_code == 201


async def test_other_origins_are_let_in(server: OnAir) -> None:
    for path in ("/audio/x/whip", "/audio/whip", "/audio/x/whip/y", "/audio/x/live.m3u8", "/audio/x/clip.m4a"):
        answer = await server.http.request("OPTIONS", server.url + path, headers={"Origin": "https://example.org"})
        assert answer.status_code == 204
        assert answer.headers["access-control-allow-origin"] == "*"
        assert {"POST", "PATCH", "DELETE"} <= set(answer.headers["access-control-allow-methods"].split(", "))
        assert "Authorization" in answer.headers["access-control-allow-headers"]


async def test_other_methods_and_names_are_refused(server: OnAir) -> None:
    assert (await server.http.get(server.whip("talk", "ann"))).status_code == 405
    assert (await server.http.post(server.hls("talk", "live.m3u8"))).status_code == 405
    for name in ("segment-99999.m4s", "init-9.mp4", "segment-x.m4s", "..%2f..%2fsecret", "take-0-0.mp4"):
        assert (await server.http.get(server.hls("talk", name))).status_code == 404
    assert (await server.http.get(f"{server.url}/audio/clip.none./clip.m4a")).status_code == 404
    assert (await server.http.get(server.hls("nowhere", "live.m3u8"))).status_code == 404


async def a_segment(server: OnAir) -> str:
    """The address of a segment of live sound, as soon as there is one."""

    async def playing() -> bool:
        return (await server.http.get(server.hls("talk", "live.m3u8"))).status_code == 200

    await until(playing, "the first segment")
    playlist = await server.http.get(server.hls("talk", "live.m3u8"))
    name = next(line for line in playlist.text.splitlines() if "segment-" in line)
    return urljoin(server.hls("talk"), name)


async def test_playlists_change_and_segments_never_do(server: OnAir) -> None:
    segment = await a_segment(server)
    playlist = await server.http.get(server.hls("talk", "live.m3u8"))
    assert playlist.headers["content-type"] == "application/vnd.apple.mpegurl"
    assert playlist.headers["cache-control"] == "public, no-cache"
    whole = await server.http.get(segment)
    assert whole.headers["content-type"] == "audio/mp4"
    assert "immutable" in whole.headers["cache-control"]
    head = await server.http.head(segment)
    assert (head.status_code, head.headers["content-length"]) == (200, str(len(whole.content)))
    assert head.content == b""


@pytest.mark.parametrize(
    ("asked", "status", "first", "end"),
    [
        ("bytes=0-", 206, 0, None),
        ("bytes=5-9", 206, 5, 10),
        ("bytes=5-99999999", 206, 5, None),
        ("bytes=-7", 206, -7, None),
        ("bytes=-99999999", 206, 0, None),
        ("bytes=0-1,3-4", 200, 0, None),
        ("lines=1-2", 200, 0, None),
        ("bytes=99999999-", 416, 0, 0),
        ("bytes=9-5", 416, 0, 0),
        ("bytes=-0", 416, 0, 0),
    ],
)
async def test_ranges_of_a_segment(server: OnAir, asked: str, status: int, first: int, end: int | None) -> None:
    segment = await a_segment(server)
    whole = (await server.http.get(segment)).content
    part = await server.http.get(segment, headers={"Range": asked})
    assert part.status_code == status
    if status == 416:
        assert part.headers["content-range"] == f"bytes */{len(whole)}"
        return
    assert part.content == whole[first:end]
    if status == 206:
        start = first % len(whole)
        assert part.headers["content-range"] == f"bytes {start}-{start + len(part.content) - 1}/{len(whole)}"
