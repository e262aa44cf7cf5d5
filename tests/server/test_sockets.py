"""Sockets: frames as RFC 6455 has them, and an end to connections that take nothing."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState
from websockets.frames import Frame, Opcode

from app.web import sockets, websocket_protocol
from app.web.frames import ENDING, Batch, header, opening, whole
from app.web.serving import UNANSWERING, bind
from tests.server.conftest import Served
from tests.server.memory import settled

HANDSHAKE = (
    b"GET /graphql HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
)
DEADLINE = 10.0


@pytest.mark.parametrize("length", [0, 1, 125, 126, 127, 65535, 65536, 70_000])
def test_a_header_is_what_a_library_writes(length: int) -> None:
    text = b"x" * length
    assert header(length) + text == Frame(Opcode.TEXT, text).serialize(mask=False, extensions=[])


@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_batch_is_the_same_as_frames_and_as_messages(count: int) -> None:
    payloads = [b'{"data":%b}' % (b"1" * 40 * number) for number in range(1, count + 1)]
    batch = Batch([one + ENDING for one in payloads])
    for operation_id in (b'"1"', b'"another"', b'"1"', b'"%b"' % (b"x" * 200)):
        messages = [b'{"id":%b,"type":"next","payload":%b}' % (operation_id, one) for one in payloads]
        assert batch.messages(opening(operation_id)) == [one.decode() for one in messages]
        frames = b"".join(Frame(Opcode.TEXT, one).serialize(mask=False, extensions=[]) for one in messages)
        assert batch.frames(opening(operation_id)) == frames


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="Linux only")
def test_who_is_accepted_has_the_time_limit_of_the_listening_socket() -> None:
    with bind("127.0.0.1", 0) as listening, socket.create_connection(listening.getsockname()):
        accepted, _ = listening.accept()
        with accepted:
            limit = accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
    assert limit == UNANSWERING.total_seconds() * 1000


@given(
    length=st.sampled_from([0, 1, 125, 126, 127, 4000, 65535, 65536]), before=st.binary(max_size=3), cut=st.booleans()
)
def test_a_whole_frame_is_read_and_no_part_of_one(length: int, before: bytes, cut: bool) -> None:
    text = b"x" * length
    sent = before + Frame(Opcode.TEXT, text).serialize(mask=True, extensions=[])
    found = whole(sent[:-1] if cut else sent + b"more", len(before))
    assert found == (None if cut or length > 65535 else (0x81, text, len(sent)))


def test_what_is_not_masked_or_longer_than_it_says_is_no_frame_of_a_client() -> None:
    assert whole(Frame(Opcode.TEXT, b"hello").serialize(mask=False, extensions=[]) + b"more", 0) is None
    assert whole(bytes((0x81, 0x80 | 126, 0, 5)) + bytes(4) + b"hello", 0) is None


async def test_a_socket_has_all_that_uvicorns_has() -> None:
    config = uvicorn.Config(Starlette(), ws=sockets.Socket, lifespan="off", log_config=None)
    config.load()
    ours, theirs = (kind(config, ServerState(), {}) for kind in (sockets.Socket, WebSocketsSansIOProtocol))
    for name, value in vars(theirs).items():
        assert hasattr(ours, name), name
        if isinstance(value, str | int | float | None):
            assert getattr(ours, name) == value, name


def text(**message: object) -> Frame:
    return Frame(Opcode.TEXT, json.dumps(message).encode())


PING = text(type="ping")
ALIVE = Frame(Opcode.TEXT, b'{"type":"pong"}')
HALVES = (Frame(Opcode.TEXT, b'{"type":', fin=False), Frame(Opcode.CONT, b'"ping"}'))
"""What a client may send, and all that it is answered."""
SAID = [
    ((PING, PING), (ALIVE, ALIVE)),
    ((Frame(Opcode.PING, b"there?"), PING), (Frame(Opcode.PONG, b"there?"), ALIVE)),
    ((PING, *HALVES, PING), (ALIVE, ALIVE, ALIVE)),
    ((Frame(Opcode.PONG, b"unasked"), PING), (ALIVE,)),
    ((Frame(Opcode.CLOSE, b"\x03\xe8"),), (Frame(Opcode.CLOSE, b"\x03\xe8"),)),
]


@pytest.mark.parametrize(("said", "answered"), SAID)
@pytest.mark.parametrize("piece", [1, 7, 1000])
async def test_frames_are_read_in_whatever_pieces_they_come(
    served: Served, said: Iterable[Frame], answered: Iterable[Frame], piece: int
) -> None:
    sent = b"".join(one.serialize(mask=True, extensions=[]) for one in said)
    expected = b"".join(one.serialize(mask=False, extensions=[]) for one in answered)
    async with asyncio.timeout(DEADLINE), upgraded(served) as (reader, writer):
        for start in range(0, len(sent), piece):
            writer.write(sent[start : start + piece])
            await writer.drain()
            await asyncio.sleep(0)
        assert await reader.readexactly(len(expected)) == expected


def masked(kind: Opcode, content: bytes) -> bytes:
    return Frame(kind, content).serialize(mask=True, extensions=[])


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (masked(Opcode.TEXT, b"\xff"), 1007),
        (masked(Opcode.TEXT, b"x" * 65537), 1009),
        (masked(Opcode.CONT, b"x"), 1002),
        (b"\xc1" + masked(Opcode.TEXT, b"x")[1:], 1002),
        (Frame(Opcode.TEXT, b"x").serialize(mask=False, extensions=[]), 1002),
        (masked(Opcode.BINARY, b"{}"), 4400),
    ],
    # Masks are random, and names of tests are the same in every process.
    ids=["no UTF-8", "too long", "a continuation of nothing", "a reserved bit", "no mask", "binary"],
)
async def test_a_frame_that_breaks_the_protocol_closes_with_its_code(served: Served, sent: bytes, code: int) -> None:
    async with asyncio.timeout(DEADLINE), upgraded(served) as (reader, writer):
        writer.write(sent)
        head = await reader.readexactly(4)
        assert head[0] == 0x88
        assert int.from_bytes(head[2:]) == code


async def test_where_no_websocket_is_none_is_opened(served: Served) -> None:
    parts = urlsplit(served.url)
    async with asyncio.timeout(DEADLINE):
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        writer.write(HANDSHAKE.replace(b"/graphql", b"/nowhere"))
        assert (await reader.read()).startswith(b"HTTP/1.1 403 ")
        writer.close()


async def test_a_handshake_that_is_wrong_is_refused_by_the_library(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    parts = urlsplit(served.url)
    async with asyncio.timeout(DEADLINE):
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        writer.write(HANDSHAKE.replace(b"Version: 13", b"Version: 8"))
        assert (await reader.read()).startswith(b"HTTP/1.1 400 ")
        writer.close()
    await settled()
    assert not caplog.records


async def test_who_does_not_answer_pings_is_let_go(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    start = sockets.Socket.start_keepalive

    def hurried(self: sockets.Socket) -> None:
        self.ping_interval = self.ping_timeout = 0.02
        start(self)

    monkeypatch.setattr(sockets.Socket, "start_keepalive", hurried)
    async with asyncio.timeout(DEADLINE), upgraded(served) as (reader, writer):
        for _ in range(3):
            assert await reader.readexactly(len(websocket_protocol.PROBING)) == websocket_protocol.PROBING
            writer.write(Frame(Opcode.PONG, websocket_protocol.PROBE).serialize(mask=True, extensions=[]))
        rest = await reader.read()
        closing = rest[rest.index(0x88) :]
        assert int.from_bytes(closing[2:4]) == 1011


@asynccontextmanager
async def upgraded(served: Served) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A websocket to write to by hand."""
    parts = urlsplit(served.url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    writer.write(HANDSHAKE)
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101 ")
    try:
        yield reader, writer
    finally:
        writer.close()
