"""HTTP on one connection: the head of a request must come, and answers arrive whole."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from app.web import http_protocol
from tests.server.conftest import Served
from tests.waiting import DEADLINE


async def said_to(served: Served, *pieces: bytes) -> bytes:
    """All that the server answers to these pieces until it closes the connection."""
    parts = urlsplit(served.url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    async with asyncio.timeout(DEADLINE):
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        answer = await reader.read()
    writer.close()
    return answer


@pytest.mark.parametrize("pieces", [(), (b"POST /graphql HT",), (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"GET / HTTP")])
async def test_a_head_that_does_not_come_ends_the_connection(
    served: Served, monkeypatch: pytest.MonkeyPatch, pieces: tuple[bytes, ...]
) -> None:
    monkeypatch.setattr(http_protocol, "HEAD_TIMEOUT", timedelta(milliseconds=50))
    answer = await said_to(served, *pieces)
    assert answer.count(b"HTTP/1.1 408 ") == 1
    assert answer.endswith(b"connection: close\r\n\r\n")


async def test_answers_to_requests_that_came_together_are_whole_and_in_order(served: Served) -> None:
    head = "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n{}\r\n{}"
    bodies = ['{"query": "{ topics }"}', '{"query": "{ __typename }"}', '{"query": "{ a: topics }"}']
    closing = ["", "", "Connection: close\r\n"]
    requests = "".join(head.format(len(body), more, body) for body, more in zip(bodies, closing, strict=True))
    answer = await said_to(served, requests.encode())
    assert answer.count(b"HTTP/1.1 200 ") == 3
    places = [answer.index(part) for part in (b'{"topics":', b'{"__typename":"Query"}', b'{"a":')]
    assert places == sorted(places)
