"""Speaking and hearing over a WebSocket, on real sockets with real Opus: who hears whom, and what closes it."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from websockets import Subprotocol

from app.services.ports import MediaUse
from app.web import calls
from media.opus import SAMPLE_RATE, TICK
from media.peer import Address, listen_on
from tests.media import whep_client
from tests.media.call_client import HEADER, Caller, calling, decoded
from tests.media.sounds import encode_opus, tone
from tests.media.whep_client import Ear
from tests.server import test_returns
from tests.server.on_air import OnAir, on_air
from tests.server.test_returns import LEVEL, SETTLING, TONES, levels
from tests.waiting import until

MOST = 2
SECONDS = 60
"""That are listened to, until one is as it should be."""
NEEDED = SETTLING + SAMPLE_RATE // TICK


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[OnAir]:
    """A server that takes two listeners besides those on stage."""
    listen_on([Address("127.0.0.1", "127.0.0.1")])
    async with on_air(tmp_path_factory.mktemp("calls"), max_listeners=MOST) as running:
        yield running


@asynccontextmanager
async def talking(server: OnAir, space_id: str, tones: Mapping[str, float]) -> AsyncIterator[dict[str, Caller]]:
    """People who send tones over WebSockets within the block."""
    async with AsyncExitStack() as stack:
        callers = {one: await stack.enter_async_context(calling(server.socket(space_id, one))) for one in tones}
        async with asyncio.TaskGroup() as group:
            sending = [
                group.create_task(caller.send_in_time(encode_opus(tone(tones[one], 1.0, LEVEL), bit_rate=64_000)))
                for one, caller in callers.items()
            ]
            try:
                yield callers
            finally:
                for task in sending:
                    task.cancel()


async def hears_only(one: Caller | Ear, *people: str) -> None:
    """Waits for a second in which these people's tones are heard, and 60 dB below them nobody else's.

    A busy machine stalls a microphone now and then, and what breaks off is heard at all frequencies.
    """
    heard: dict[str, float] = {}
    for _ in range(SECONDS):
        if isinstance(one, Caller):
            sound = await asyncio.to_thread(decoded, await one.hears(NEEDED))
        else:
            sound = await asyncio.to_thread(whep_client.decoded, await one.hears(NEEDED))
        # In a thread, as microphones and server live on this loop.
        heard = await asyncio.to_thread(levels, sound[-SAMPLE_RATE:])
        present = min(heard[person] for person in people)
        if present > -6 and all(heard[other] < present - 60 for other in heard.keys() - set(people)):
            return
    raise AssertionError(f"not {people} alone: {heard}")


async def all_heard(server: OnAir, space_id: str) -> None:
    """Waits until every microphone has come through."""
    await test_returns.all_heard(server, space_id)


async def test_each_hears_the_others_and_not_itself_whatever_way_they_come(server: OnAir) -> None:
    await server.stage("mixed", dict.fromkeys(TONES, True))
    over_webrtc = {"cleo": TONES["cleo"]}
    over_sockets = {one: hz for one, hz in TONES.items() if one != "cleo"}
    async with (
        test_returns.speaking(server, "mixed", over_webrtc),
        test_returns.hearing(server, "mixed", "cleo") as ear,
        talking(server, "mixed", over_sockets) as callers,
        calling(server.socket("mixed", use=MediaUse.LISTEN)) as anyone,
    ):
        await all_heard(server, "mixed")
        await asyncio.gather(
            hears_only(ear, "ann", "ben"),
            hears_only(callers["ann"], "ben", "cleo"),
            hears_only(callers["ben"], "ann", "cleo"),
            hears_only(anyone, *TONES),
        )
        assert callers["ann"].said[0] == {"type": "welcome", "speaks": True, "hears": True}
        assert anyone.said[0] == {"type": "welcome", "speaks": False, "hears": True}
        assert {("mixed", "ann"), ("mixed", "ben"), ("mixed", "cleo")} <= server.live.speaking_from()
        assert {("mixed", "ann"), ("mixed", None)} <= server.live.listening_from()
        await test_returns.encoders(server, "mixed", 4)
        assert (await server.live.stats())["mixed/ann"]["lost"] == 0
        for (number, timestamp, _), (next_number, next_timestamp, _) in pairwise(anyone.frames):
            assert (next_timestamp - timestamp) % 2**32 == (next_number - number) % 2**16 * TICK
    await until(lambda: ("mixed", "ann") not in server.live.speaking_from(), "who left speaks no more")
    await until(lambda: ("mixed", None) not in server.live.listening_from(), "who left hears no more")


async def test_mute_is_enforced_and_told_and_a_lost_seat_leaves_the_ears(server: OnAir) -> None:
    await server.stage("muted", dict.fromkeys(TONES, True))
    two = {one: TONES[one] for one in ("ann", "ben")}
    async with talking(server, "muted", two) as callers:
        ben = callers["ben"]
        await until(lambda: ben.microphone() == "open", "it is open")
        await server.stage("muted", {"ann": True, "ben": False, "cleo": True})
        await until(lambda: ben.microphone() == "closed", "it is closed")
        async with calling(server.socket("muted", use=MediaUse.LISTEN)) as anyone:
            await hears_only(anyone, "ann")
        await server.stage("muted", {"ann": True})
        await until(lambda: ben.microphone() == "gone", "there is none")
        assert ("muted", "ben") not in server.live.speaking_from()
        await hears_only(ben, "ann")


async def test_the_newer_connection_replaces_the_older_whatever_their_kinds(server: OnAir) -> None:
    await server.stage("again", {"ann": True})
    async with calling(server.socket("again", "ann")) as first:
        await first.hears(3)
        async with calling(server.socket("again", "ann")) as second:
            assert await first.ends() == 4410
            await second.hears(3)
            async with test_returns.speaking(server, "again", {"ann": 440.0}):
                await until(lambda: second.microphone() == "gone", "WebRTC has the microphone")
                assert ("again", "ann") in server.live.speaking_from()
                async with calling(server.socket("again", "ann"), hello={"type": "hello", "hears": False}) as third:
                    await until(lambda: bool(third.said), "it is welcome")
                    assert third.said[0] == {"type": "welcome", "speaks": True, "hears": False}
                    await second.hears(3)
                    assert third.frames == []


async def test_the_end_of_the_space_and_of_the_sound_are_told(server: OnAir) -> None:
    await server.stage("over", {"ann": True})
    async with calling(server.socket("over", "ann")) as ann, calling(server.socket("over", use=MediaUse.LISTEN)) as one:
        await asyncio.gather(ann.hears(1), one.hears(1))
        await server.end("over")
        assert [await ann.ends(), await one.ends()] == [4403, 4403]
        assert ann.closed == (4403, "The Space is not live.")
    async with calling(server.socket("over", "ann")) as late:
        assert await late.ends() == 4403


async def test_more_listeners_than_there_is_room_for(server: OnAir) -> None:
    await server.stage("room", {"ann": True})
    address = server.socket("room", use=MediaUse.LISTEN)
    async with calling(address) as first, calling(address) as second, calling(server.socket("room", "ann")) as ann:
        await asyncio.gather(first.hears(1), second.hears(1), ann.hears(1))
        async with calling(address) as third:
            assert await third.ends() == 4503
        assert ("room", "ann") in server.live.speaking_from()


@pytest.mark.parametrize(
    ("token", "hello", "code"),
    [
        ("forged", None, 4401),
        ("clip.doors.ann", None, 4403),
        ("speak.doors.ben", None, 4403),
        ("listen.doors.ann", {"type": "hello", "speaks": True}, 4403),
        ("listen.doors.ann", {"type": "hello", "hears": False}, 4400),
        ("listen.doors.ann", {"type": "hello", "hears": 1}, 4400),
        ("listen.nowhere.ann", None, 4404),
        ("listen.doors.", {"type": "pong"}, 4400),
        ("listen.doors.", {"type": "hallo"}, 4400),
        ("listen.doors.", ["hello"], 4400),
    ],
)
async def test_who_may_not_and_what_is_no_hello(server: OnAir, token: str, hello: object, code: int) -> None:
    await server.stage("doors", {"ann": True})
    address = server.socket("").rpartition("/audio/")[0] + f"/audio/{token}/socket"
    async with calling(address, hello=hello) as caller:
        assert await caller.ends() == code
        assert caller.closed
        assert caller.closed[1]


async def test_another_protocol_and_a_client_without_a_word(server: OnAir, monkeypatch: pytest.MonkeyPatch) -> None:
    await server.stage("words", {"ann": True})
    async with calling(server.socket("words", "ann"), protocol=Subprotocol("spaces-audio.v9")) as wrong:
        assert await wrong.ends() == 4406
    monkeypatch.setattr(calls, "HELLO_SECONDS", 0.01)
    async with calling(server.socket("words", "ann"), hello="") as silent:
        assert await silent.ends() == 4408


async def test_a_client_that_answers_no_ping_gets_no_old_sound_and_is_let_go(
    server: OnAir, monkeypatch: pytest.MonkeyPatch
) -> None:
    await server.stage("stalled", {"ann": True})
    monkeypatch.setattr(calls, "PING_SECONDS", 0.0)
    monkeypatch.setattr(calls, "BEHIND_SECONDS", 0.0)
    async with calling(server.socket("stalled", "ann")) as stalled:
        stalled.answers = False
        await stalled.say(type="ping", number=5)
        await until(lambda: {"type": "pong", "number": 5} in stalled.said, "the server itself answers")
        heard = len(stalled.frames)
        await stalled.say(type="ping", number=6)
        await until(lambda: {"type": "pong", "number": 6} in stalled.said, "it still does")
        assert len(stalled.frames) <= heard + 1
        monkeypatch.setattr(calls, "SILENT_SECONDS", 0.0)
        assert await stalled.ends() == 4408


def packet(
    number: int, *, flags: int = 0, kind: int = 0, timestamp: int | None = None, payload: bytes = b"\xfc"
) -> bytes:
    """A frame, or something like one."""
    return HEADER.pack(kind, flags, number & 0xFFFF, number * TICK if timestamp is None else timestamp) + payload


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ([b""], 4400),
        ([b"\0" * 8], 4400),
        ([packet(1, kind=1)], 4400),
        ([packet(1, flags=2)], 4400),
        ([packet(1), packet(1)], 4400),
        ([packet(2), packet(1)], 4400),
        ([packet(1), packet(2, timestamp=TICK)], 4400),
        ([packet(1, payload=b"\xff")], 4406),
        ([packet(1, payload=bytes([0xFC]) * 1495)], 4413),
        ([packet(1, payload=bytes(65_536))], 1009),
        ([packet(number) for number in range(300)], 4429),
        (["{"], 4400),
        (['{"type": "hello"}'], 4400),
        (['{"type": "ping", "number": {}}'], 4400),
    ],
)
async def test_what_is_no_frame_closes_the_call(server: OnAir, sent: list[str | bytes], code: int) -> None:
    await server.stage("frames", {"ann": True})
    async with calling(server.socket("frames", "ann")) as caller:
        for one in sent:
            await caller.socket.send(one)
        assert await caller.ends() == code
    async with calling(server.socket("frames", use=MediaUse.LISTEN)) as listener:
        await listener.socket.send(packet(1))
        assert await listener.ends() == 4403


async def test_a_stream_may_begin_anew_and_counters_wrap(server: OnAir) -> None:
    await server.stage("anew", {"ann": True})
    async with calling(server.socket("anew", "ann")) as caller:
        await caller.socket.send(packet(65_535, timestamp=2**32 - TICK))
        await caller.socket.send(packet(0, timestamp=0))
        await caller.socket.send(packet(7, flags=1, timestamp=5))
        await caller.socket.send(json.dumps({"type": "ping"}))
        await until(lambda: {"type": "pong", "number": None} in caller.said, "all was taken")

        async def received() -> bool:
            return (await server.live.stats())["anew/ann"]["received"] == 3

        await until(received, "three packets")


async def test_a_sound_that_dies_says_so_and_is_there_again(tmp_path: Path) -> None:
    async with on_air(tmp_path) as server:
        await server.stage("dies", {"ann": True})
        async with calling(server.socket("dies", "ann")) as caller:
            await caller.hears(1)
            pid = server.live.pid_of("dies")
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            assert await caller.ends() == 4503
        await until(lambda: server.live.is_up, "the sound is back")
        async with calling(server.socket("dies", "ann")) as again:
            await again.hears(1)
