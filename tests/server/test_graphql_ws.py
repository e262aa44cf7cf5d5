"""graphql-transport-ws: the protocol's words and its close codes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest
from strawberry.relay import GlobalID
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosedError
from websockets.typing import Subprotocol

from app.services.people import Session
from app.web.transport import MAX_OPERATIONS
from tests.server.conftest import Served
from tests.server.test_graphql_http import unreachable
from tests.server.test_graphql_sse import EVENTS, until_nobody_follows
from tests.waiting import DEADLINE

EVENTS_BEYOND_ALL_BUFFERS = 2000
"""At 27 KB each more than any kernel takes for a client that does not read."""
Json = dict[str, Any]
LOG_OUT = "mutation { logOut(input: {}) { userErrors { code } } }"


@asynccontextmanager
async def connected(served: Served, protocol: str = "graphql-transport-ws") -> AsyncIterator[ClientConnection]:
    """A socket on which nothing has been said."""
    async with (
        asyncio.timeout(DEADLINE),
        connect(served.socket_url, subprotocols=[Subprotocol(protocol)], compression=None) as socket,
    ):
        yield socket


@asynccontextmanager
async def acknowledged(served: Served, payload: Json | None = None) -> AsyncIterator[ClientConnection]:
    """A socket that was let in."""
    async with connected(served) as socket:
        await say(socket, type="connection_init", payload=payload)
        assert await heard(socket) == {"type": "connection_ack"}
        yield socket


async def say(socket: ClientConnection, **message: Any) -> None:
    """Sends a message."""
    await socket.send(json.dumps(message))


async def subscribe(socket: ClientConnection, operation_id: str, query: str, **variables: Any) -> None:
    """Starts an operation."""
    await say(socket, id=operation_id, type="subscribe", payload={"query": query, "variables": variables})


@pytest.fixture(params=["frames", "messages"])
def sockets(request: pytest.FixtureRequest) -> str:
    """All of this holds for both."""
    kind: str = request.param
    return kind


async def heard(socket: ClientConnection) -> Any:
    """The next message."""
    return json.loads(await socket.recv())


async def closed(socket: ClientConnection) -> tuple[int, str]:
    """Code and reason, after whatever is still to be read."""
    with suppress(ConnectionClosedError):
        async for _ in socket:
            pass
    assert socket.close_code is not None
    return socket.close_code, socket.close_reason or ""


def codes(message: Json) -> list[str]:
    """The codes of an error message."""
    assert message["type"] == "error"
    return [error["extensions"]["code"] for error in message["payload"]]


async def test_queries_and_mutations(served: Served, host: Session) -> None:
    async with acknowledged(served, {"authorization": f"Bearer {host.token}"}) as socket:
        await subscribe(socket, "1", "{ viewer { user { handle } } }")
        assert await heard(socket) == {
            "id": "1",
            "type": "next",
            "payload": {"data": {"viewer": {"user": {"handle": host.account.handle}}}},
        }
        assert await heard(socket) == {"id": "1", "type": "complete"}
        await subscribe(socket, "1", 'mutation { createSpace(input: {title: ""}) { userErrors { code } } }')
        result = await heard(socket)
        assert result["payload"]["data"]["createSpace"]["userErrors"] == [{"code": "INVALID_TITLE"}]


async def test_a_subscription_until_the_client_completes_it(served: Served, host: Session, live: str) -> None:
    async with acknowledged(served, {"Authorization": f"Bearer {host.token}"}) as socket:
        await subscribe(socket, "events", EVENTS, id=live)
        snapshot = await heard(socket)
        assert (snapshot["id"], snapshot["type"]) == ("events", "next")
        assert snapshot["payload"] == {"data": {"spaceEvents": {"__typename": "SpaceSnapshot", "version": 2}}}
        await say(socket, id="events", type="complete")
        await until_nobody_follows(served, live)
        # The id is free again, and nothing more was said of the operation before.
        await subscribe(socket, "events", "{ topics }")
        assert "topics" in (await heard(socket))["payload"]["data"]


async def test_a_subscription_that_ends_is_completed(served: Served, host: Session, live: str) -> None:
    async with acknowledged(served, {"authorization": f"Bearer {host.token}"}) as socket:
        await subscribe(socket, "a", EVENTS, id=live)
        await heard(socket)
        await subscribe(socket, "b", f'mutation {{ endSpace(input: {{spaceId: "{live}"}}) {{ space {{ id }} }} }}')
        messages = [await heard(socket) for _ in range(4)]
    assert [one["type"] for one in messages if one["id"] == "a"] == ["next", "complete"]


async def test_a_client_that_goes_is_gone(served: Served, live: str) -> None:
    async with acknowledged(served) as socket:
        for number in range(3):
            await subscribe(socket, str(number), EVENTS, id=live)
            await heard(socket)
        assert served.world.feeds.followers(GlobalID.from_id(live).node_id) == 1  # they share it
    await until_nobody_follows(served, live)


async def test_a_client_that_drops_is_gone(served: Served, live: str) -> None:
    async with acknowledged(served) as socket:
        await subscribe(socket, "1", EVENTS, id=live)
        await heard(socket)
        socket.transport.abort()
        await until_nobody_follows(served, live)


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("", "BAD_REQUEST"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("query($x: Int!) { spaces(first: $x) { edges { cursor } } }", "BAD_USER_INPUT"),
        ('subscription { spaceEvents(spaceId: "U3BhY2U6eA==") { version } }', "SPACE_NOT_FOUND"),
        ('subscription { spaceEvents(spaceId: "VXNlcjp4") { version } }', "BAD_USER_INPUT"),
    ],
)
async def test_a_mistake_is_an_error_and_the_socket_goes_on(served: Served, document: str, code: str) -> None:
    async with acknowledged(served) as socket:
        await subscribe(socket, "wrong", document)
        assert codes(await heard(socket)) == [code]
        await subscribe(socket, "wrong", "{ topics }")
        assert (await heard(socket))["type"] == "next"


async def test_an_operation_name_that_is_not_there(served: Served) -> None:
    async with acknowledged(served) as socket:
        await say(socket, id="1", type="subscribe", payload={"query": "{ topics }", "operationName": "Nothing"})
        assert codes(await heard(socket)) == ["BAD_REQUEST"]


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "null",
        "5",
        "[]",
        '"ping"',
        "{",
        "{}",
        '{"type": null}',
        '{"type": 5}',
        '{"type": ["ping"]}',
        '{"type": "unknown"}',
        '{"type": "start", "id": "1"}',
        '{"type": "connection_init", "payload": 5}',
        '{"type": "ping", "payload": "x"}',
        '{"type": "pong", "payload": []}',
        '{"type": "next", "id": "1", "payload": {}}',
        '{"type": "connection_ack"}',
        '{"type": "PING"}',
        '{"type": "ping"} {"type": "ping"}',
        '{"type": "subscribe", "id": "1", "payload": null}',
        '{"type": "subscribe", "id": null, "payload": {"query": "{ topics }"}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": null}}',
        '{"type": "complete"}',
        '{"type": "complete", "id": 5}',
        '{"type": "subscribe"}',
        '{"type": "subscribe", "id": "1"}',
        '{"type": "subscribe", "id": "", "payload": {"query": "{ topics }"}}',
        '{"type": "subscribe", "id": {}, "payload": {"query": "{ topics }"}}',
        '{"type": "subscribe", "id": "1", "payload": []}',
        '{"type": "subscribe", "id": "1", "payload": {}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": 5}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": "{ topics }", "variables": []}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": "{ topics }", "operationName": {}}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": "{ topics }", "extensions": 5}}',
        "[" * 60_000,
        b'{"type": "ping"}',
        b"\xff",
    ],
)
async def test_a_malformed_frame_closes_with_4400(served: Served, frame: str | bytes) -> None:
    async with acknowledged(served) as socket:
        await socket.send(frame)
        code, reason = await closed(socket)
    assert code == 4400
    assert reason


async def test_text_that_is_not_utf8_closes_with_1007(served: Served) -> None:
    async with acknowledged(served) as socket:
        await socket.send(b"\xff\xfe", text=True)
        assert (await closed(socket))[0] == 1007


async def test_a_frame_too_large_closes_with_1009(served: Served) -> None:
    async with acknowledged(served) as socket:
        await socket.send("x" * 70_000)
        assert (await closed(socket))[0] == 1009


async def test_nothing_before_the_handshake(served: Served) -> None:
    async with connected(served) as socket:
        await subscribe(socket, "1", "{ topics }")
        assert await closed(socket) == (4401, "Unauthorized")


async def test_one_handshake_only(served: Served) -> None:
    async with acknowledged(served) as socket:
        await say(socket, type="connection_init")
        assert await closed(socket) == (4429, "Too many initialisation requests")


async def test_a_handshake_that_does_not_come(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.web.transport.INIT_TIMEOUT", timedelta(milliseconds=50))
    async with connected(served) as socket:
        assert await closed(socket) == (4408, "Connection initialisation timeout")


async def test_an_id_is_used_once_at_a_time(served: Served, live: str) -> None:
    async with acknowledged(served) as socket:
        await subscribe(socket, "1", EVENTS, id=live)
        await subscribe(socket, "1", EVENTS, id=live)
        assert await closed(socket) == (4409, "Subscriber for 1 already exists")
    await until_nobody_follows(served, live)


@pytest.mark.parametrize("protocol", ["graphql-ws", "mqtt"])
async def test_another_protocol(served: Served, protocol: str) -> None:
    async with connected(served, protocol) as socket:
        assert (await closed(socket))[0] == 4406


async def test_where_a_payload_may_be_missing_null_is_the_same(served: Served) -> None:
    async with connected(served) as socket:
        for kind in ("ping", "pong", "connection_init"):
            await say(socket, type=kind, payload=None)
        assert [await heard(socket), await heard(socket)] == [{"type": "pong"}, {"type": "connection_ack"}]
        nothing = {"variables": None, "operationName": None, "extensions": None}
        await say(socket, id="1", type="subscribe", payload={"query": "{ topics }", **nothing})
        assert (await heard(socket))["type"] == "next"


async def test_completing_what_is_not_under_way_is_no_mistake(served: Served) -> None:
    async with acknowledged(served) as socket:
        await subscribe(socket, "1", "{ topics }")
        assert [(await heard(socket))["type"] for _ in range(2)] == ["next", "complete"]
        # By the protocol the client's word may have crossed ours.
        await say(socket, id="1", type="complete")
        await say(socket, id="never", type="complete")
        await subscribe(socket, "1", "{ topics }")
        assert (await heard(socket))["type"] == "next"


async def test_a_reason_fits_into_a_close_frame_whatever_the_id_is(served: Served, live: str) -> None:
    async with acknowledged(served) as socket:
        for _ in range(2):
            await subscribe(socket, "ü" * 200, EVENTS, id=live)
        code, reason = await closed(socket)
    assert (code, reason) == (4409, f"Subscriber for {'ü' * 54}")


async def test_ping_is_answered_before_the_handshake_too(served: Served) -> None:
    async with connected(served) as socket:
        await say(socket, type="ping", payload={"any": "thing"})
        assert await heard(socket) == {"type": "pong"}
        await say(socket, type="pong")
        await say(socket, type="connection_init")
        assert await heard(socket) == {"type": "connection_ack"}


@pytest.mark.parametrize("authorization", ["", "Bearer x", "Basic eDp4"])
async def test_a_bad_token_closes_with_4403(served: Served, authorization: str) -> None:
    async with connected(served) as socket:
        await say(socket, type="connection_init", payload={"authorization": authorization})
        code, reason = await closed(socket)
    assert code == 4403
    assert reason


async def test_a_fault_at_the_door_closes_with_4500(
    served: Served, host: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(served.world.people, "get", unreachable)
    async with connected(served) as socket:
        await say(socket, type="connection_init", payload={"authorization": f"Bearer {host.token}"})
        assert await closed(socket) == (4500, "Internal server error")


async def test_a_client_that_does_not_read_is_let_go(
    served: Served, live: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.web.sockets.STALLED", timedelta(milliseconds=100))
    monkeypatch.setattr("app.web.sockets.FAREWELL", timedelta(milliseconds=100))
    monkeypatch.setattr("app.web.transport.SEND_TIMEOUT", timedelta(milliseconds=100))
    wide = " ".join(f"a_field_with_a_long_name_{number}: __typename" for number in range(600))
    async with acknowledged(served) as socket:
        await subscribe(socket, "1", f"subscription($id: ID!) {{ spaceEvents(spaceId: $id) {{ {wide} }} }}", id=live)
        await heard(socket)
        for _ in range(EVENTS_BEYOND_ALL_BUFFERS):
            served.world.feeds.beat(GlobalID.from_id(live).node_id, 2)
        await until_nobody_follows(served, live)
        socket.transport.abort()


async def test_an_authorization_that_is_no_text(served: Served) -> None:
    async with connected(served) as socket:
        await say(socket, type="connection_init", payload={"authorization": 5})
        assert (await closed(socket))[0] == 4400


async def test_the_tokens_end_closes_with_a_reason(
    served: Served, host: Session, live: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(served.world.clock, "now", host.expires_at - timedelta(milliseconds=300))
    async with acknowledged(served, {"authorization": f"Bearer {host.token}"}) as socket:
        await subscribe(socket, "1", EVENTS, id=live)
        assert (await heard(socket))["payload"]["data"]
        assert await closed(socket) == (4403, "The token has expired")
    await until_nobody_follows(served, live)


async def test_operations_at_once_are_limited(served: Served, live: str) -> None:
    async with acknowledged(served) as socket:
        for number in range(MAX_OPERATIONS):
            await subscribe(socket, str(number), EVENTS, id=live)
            await heard(socket)
        await subscribe(socket, "more", EVENTS, id=live)
        assert codes(await heard(socket)) == ["TOO_MANY_OPERATIONS"]
        await say(socket, id="0", type="complete")
        await subscribe(socket, "more", "{ topics }")
        assert (await heard(socket))["type"] == "next"


async def test_logging_out_closes_every_socket_of_the_token_and_no_other(
    served: Served, host: Session, guest: Session, live: str
) -> None:
    async with (
        acknowledged(served, {"authorization": f"Bearer {host.token}"}) as one,
        acknowledged(served, {"authorization": f"Bearer {host.token}"}) as other,
        acknowledged(served, {"authorization": f"Bearer {guest.token}"}) as stranger,
    ):
        await subscribe(one, "1", EVENTS, id=live)
        assert (await heard(one))["payload"]["data"]
        await subscribe(other, "1", LOG_OUT)
        assert await closed(one) == await closed(other) == (4403, "Logged out")
        await subscribe(stranger, "1", "{ topics }")
        assert (await heard(stranger))["payload"]["data"]
    await until_nobody_follows(served, live)
    async with connected(served) as socket:
        await say(socket, type="connection_init", payload={"authorization": f"Bearer {host.token}"})
        assert (await closed(socket))[0] == 4403
