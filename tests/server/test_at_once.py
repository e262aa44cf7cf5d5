"""What is answered at once is what the endpoint answers, under the same rules; everything else goes the long way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import orjson
import pytest

from app.services.known_viewers import KNOWN_FOR
from app.services.people import Session
from app.web.http_protocol import MAX_IN_TURN
from app.web.rates import Rate, TooFast
from app.web.requests import MAX_BODY
from tests.server.conftest import Served, serving_in_memory

DEADLINE = 10.0
CARD = "query Card($id: ID!) { space(id: $id) { id title stage { user { handle } role } } }"
MINE = "query($id: ID!) { space(id: $id) { viewerRole } }"
LONG = "X-Long-Way: 1\r\nX-Long-Way: 2\r\n"
"""A name that comes twice is nothing for the short way."""


@dataclass
class Line:
    """One connection on which requests follow each other."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def answer(self) -> tuple[bytes, bytes]:
        """Head, but for its time, and body of the next answer."""
        async with asyncio.timeout(DEADLINE):
            head = await self.reader.readuntil(b"\r\n\r\n")
            lines = [line for line in head.split(b"\r\n") if not line.startswith(b"date: ")]
            [length] = [int(line[16:]) for line in lines if line.startswith(b"content-length: ")]
            return b"\r\n".join(lines), await self.reader.readexactly(length)

    async def ask(self, request: bytes) -> tuple[bytes, bytes]:
        """Sends a request and reads the answer."""
        self.writer.write(request)
        return await self.answer()


@asynccontextmanager
async def line_to(served: Served) -> AsyncIterator[Line]:
    """A connection."""
    parts = urlsplit(served.url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    yield Line(reader, writer)
    writer.close()


def post(body: Any, more: str = "", token: str | None = None, path: str = "/graphql", version: str = "1.1") -> bytes:
    """A request of these bytes, or of this in JSON."""
    data = body if isinstance(body, bytes) else orjson.dumps(body)
    head = f"POST {path} HTTP/{version}\r\nHost: x\r\nContent-Length: {len(data)}\r\n{more}"
    head += "" if "ontent-" in more else "Content-Type: application/json\r\n"
    return (head + (f"Authorization: Bearer {token}\r\n" if token else "") + "\r\n").encode() + data


def asking(document: str, space_id: str, **more: Any) -> Any:
    """A body."""
    return {"query": document, "variables": {"id": space_id}, **more}


@pytest.fixture
async def line(served: Served, live: str) -> AsyncIterator[Line]:
    """A connection to a server that knows the documents and the Space."""
    async with line_to(served) as line:
        for document in (CARD, MINE):
            for _ in range(2):
                await line.ask(post(asking(document, live), LONG))
        yield line


@pytest.mark.parametrize("document", [CARD, MINE])
@pytest.mark.parametrize(
    "more",
    [
        "",
        "Accept: */*\r\n",
        "Accept: application/graphql-response+json, application/json;q=0.9\r\n",
        "Content-Type: Application/JSON; charset=utf-8\r\nOrigin: https://elsewhere.example\r\n",
    ],
)
async def test_both_ways_answer_the_same_bytes(
    served: Served, line: Line, live: str, host: Session, document: str, more: str
) -> None:
    for token in (None, host.token):
        by_endpoint = await line.ask(post(asking(document, live), more + LONG, token))
        asked = served.front.asked
        assert await line.ask(post(asking(document, live), more, token)) == by_endpoint
        assert served.front.asked == asked


async def test_a_change_is_in_the_next_answer(served: Served, line: Line, live: str, host: Session) -> None:
    before = await line.ask(post(asking(CARD, live)))
    rename = 'mutation($id: ID!) { updateSpace(input: {spaceId: $id, title: "Blues"}) { userErrors { code } } }'
    await line.ask(post(asking(rename, live), token=host.token))
    asked = served.front.asked
    after = await line.ask(post(asking(CARD, live)))
    assert (b'"Jazz"' in before[1], b'"Blues"' in after[1], served.front.asked) == (True, True, asked)


async def test_a_logged_out_token_is_refused_at_once(served: Served, line: Line, live: str, guest: Session) -> None:
    status, _ = await line.ask(post(asking(MINE, live), token=guest.token))
    assert b" 200 " in status
    await line.ask(post({"query": "mutation { logOut(input: {}) { userErrors { code } } }"}, token=guest.token))
    status, body = await line.ask(post(asking(MINE, live), token=guest.token))
    assert (b" 401 " in status, b"UNAUTHENTICATED" in body) == (True, True)


async def test_who_only_looks_is_not_looked_up_again_and_whoever_does_more_is(
    served: Served, line: Line, live: str, guest: Session
) -> None:
    beside = "query($id: ID!) { topics space(id: $id) { viewerCapabilities } }"
    for _ in range(3):
        await line.ask(post(asking(beside, live), token=guest.token))
    # Logged out, and nobody was told: as if the word had been lost.
    token_id = (await served.world.tokens.identify(guest.token)).token_id
    await served.world.revocations.revoke(token_id, guest.expires_at)
    for document in (beside, MINE):
        status, body = await line.ask(post(asking(document, live), token=guest.token))
        assert (b" 200 " in status, b"errors" in body) == (True, False)
    join = "mutation($id: ID!) { joinSpace(input: {spaceId: $id}) { userErrors { code } } }"
    for document in (join, "subscription($id: ID!) { spaceEvents(spaceId: $id) { version } }"):
        status, _ = await line.ask(post(asking(document, live), "Accept: text/event-stream\r\n", guest.token))
        assert b" 401 " in status
    served.world.clock.advance(KNOWN_FOR)
    for document in (beside, MINE):
        status, _ = await line.ask(post(asking(document, live), token=guest.token))
        assert b" 401 " in status


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (post(b"{"), 400),
        (post({"query": "{ nothing }"}), 200),
        (post({"query": "{ topics }"}), 200),
        (post([]), 400),
        (post({"query": "{ topics }", "variables": 5}), 400),
        (post(b'{"query": "' + b" " * MAX_BODY + b'{ topics }"}'), 413),
        (post({"query": "{ topics }"}, "Content-Type: text/plain\r\n"), 415),
        (post({"query": "{ topics }"}, token="forged"), 401),
        (post({"query": "{ topics }"}, "Accept: text/event-stream\r\n"), 200),
        (post({"query": "{ topics }"}, path="/graphql?x=1"), 200),
        (post({"query": "{ topics }"}, "Expect: 100-continue\r\n"), 100),
        (post({"query": "{ topics }"}, "Connection: close\r\n"), 200),
        (post({"query": "{ topics }"}, version="1.0"), 200),
        (post({"documentId": "given"}), 200),
    ],
)
async def test_whatever_else_comes_is_answered_by_the_endpoint(served: Served, request_: bytes, status: int) -> None:
    async with line_to(served) as line:
        asked = served.front.asked
        line.writer.write(request_)
        async with asyncio.timeout(DEADLINE):
            head = await line.reader.readuntil(b"\r\n")
        assert head.startswith(f"HTTP/1.1 {status} ".encode())
        assert served.front.asked == asked + 1


async def test_a_persisted_text_is_known_by_its_hash(served: Served, line: Line, live: str) -> None:
    digest = sha256(CARD.encode()).hexdigest()
    persisted = {"persistedQuery": {"version": 1, "sha256Hash": digest}}
    card = await line.ask(post(asking(CARD, live, extensions=persisted)))
    asked = served.front.asked
    for by_hash in ({"extensions": persisted}, {"documentId": f"sha256:{digest}"}):
        assert await line.ask(post({"variables": {"id": live}, **by_hash})) == card
    assert served.front.asked == asked
    _, body = await line.ask(post({"documentId": f"sha256:{digest[::-1]}"}))
    assert (b"PERSISTED_QUERY_NOT_FOUND" in body, served.front.asked) == (True, asked + 1)


async def test_what_a_query_costs_is_said_to_who_asks(served: Served, line: Line, live: str) -> None:
    _, body = await line.ask(post(asking(CARD, live, extensions={"cost": True})))
    assert orjson.loads(body)["extensions"]["cost"]["cost"] > 0


async def test_requests_in_any_pieces_and_all_at_once_are_answered_whole_and_in_order(
    served: Served, line: Line, live: str
) -> None:
    short, long = post(asking(CARD, live)), post({"query": "{ topics }"})
    [card, topics] = [await line.ask(one) for one in (short, long)]
    for cut in (1, 20, len(short) - 1, short.index(b"\r\n\r\n") + 2, short.index(b"\r\n\r\n") + 4):
        line.writer.write(short[:cut])
        await line.writer.drain()
        await asyncio.sleep(0)
        assert await line.ask(short[cut:]) == card
    asked = served.front.asked
    line.writer.write(short + long + short + short + long)
    assert [await line.answer() for _ in range(5)] == [card, topics, card, card, topics]
    # What comes behind one that takes the long way waits its turn, and so takes it too.
    assert served.front.asked == asked + 4
    line.writer.write(short * (MAX_IN_TURN + 3))
    assert [await line.answer() for _ in range(MAX_IN_TURN + 3)] == [card] * (MAX_IN_TURN + 3)
    assert served.front.asked == asked + 4 + 3


async def test_something_that_is_no_http_after_an_answer_ends_the_connection(
    served: Served, line: Line, live: str
) -> None:
    status, _ = await line.ask(post(asking(CARD, live)))
    assert b" 200 " in status
    async with asyncio.timeout(DEADLINE):
        line.writer.write(b"nonsense\r\n\r\n")
        assert b" 400 " in await line.reader.read()


async def test_rates_count_what_is_answered_at_once(served: Served, line: Line, live: str, host: Session) -> None:
    await line.ask(post(asking(MINE, live), token=host.token))
    empty(served.rates.viewer, host.account.id)
    status, body = await line.ask(post(asking(MINE, live), token=host.token))
    assert (b" 429 " in status, b"TOO_MANY_REQUESTS" in body) == (True, True)
    status, _ = await line.ask(post(asking(MINE, live)))
    assert b" 200 " in status


async def test_behind_a_trusted_proxy_rates_are_of_the_client_it_names() -> None:
    async with serving_in_memory(["127.0.0.1"]) as served, line_to(served) as line:
        session = await served.world.sign_up("hannah")
        created = await line.ask(
            post({"query": 'mutation { createSpace(input: {title: "Jazz"}) { space { id } } }'}, token=session.token)
        )
        space_id = orjson.loads(created[1])["data"]["createSpace"]["space"]["id"]
        for _ in range(2):
            await line.ask(post(asking(CARD, space_id), token=session.token))
        asked = served.front.asked
        for name, status in (("198.51.100.7", 200), ("198.51.100.8", 200), ("198.51.100.7", 429)):
            forwarded = f"X-Forwarded-For: 203.0.113.1, {name}\r\n"
            head, _ = await line.ask(post(asking(CARD, space_id), forwarded, session.token))
            assert head.startswith(f"HTTP/1.1 {status} ".encode())
            empty(served.rates.address, "198.51.100.7")
        assert served.front.asked == asked + 1


def empty(rate: Rate, key: str) -> None:
    """As if it had been a minute from now: until then nothing is left."""
    while True:
        try:
            rate.take(key, asyncio.get_running_loop().time() + 60)
        except TooFast:
            return
