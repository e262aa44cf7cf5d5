"""Sockets: frames as RFC 6455 has them, and an end to connections that take nothing."""

import socket

import pytest
from websockets.frames import Frame, Opcode

from app.web.frames import ENDING, Batch, header, opening
from app.web.serving import UNANSWERING, bind


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
