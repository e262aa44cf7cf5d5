"""Hostile operations are refused by name over each transport, and the next one is answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import orjson
import pytest

from app.web.requests import MAX_BODY
from tests.hostile import HOSTILE, Hostile
from tests.server.conftest import Served
from tests.server.test_graphql_ws import acknowledged, heard

Json = dict[str, Any]
Send = Callable[[Json], Awaitable[list[Json]]]
NESTED = 20_000


def payload(one: Hostile) -> Json:
    """As clients send it."""
    return {"query": one.document, "variables": one.variables, "operationName": one.operation}


async def check(send: Send) -> None:
    """Sends all of them, and something harmless."""
    for name, one in HOSTILE.items():
        errors = await send(payload(one))
        assert (errors[0]["extensions"]["code"] if errors else None) == one.code, name
    assert await send({"query": "{ topics }"}) == []


async def test_over_http(served: Served) -> None:
    async def send(operation: Json) -> list[Json]:
        body = orjson.dumps(operation)
        assert len(body) <= MAX_BODY
        answer = await served.http.post(served.url, content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == 200
        errors: list[Json] = answer.json().get("errors", [])
        return errors

    await check(send)


async def test_over_server_sent_events(served: Served) -> None:
    async def send(operation: Json) -> list[Json]:
        headers = {"Content-Type": "application/json", "Accept": "text/event-stream"}
        answer = await served.http.post(served.url, content=orjson.dumps(operation), headers=headers)
        assert answer.status_code == 200
        [data, nothing] = [line[5:].strip() for line in answer.text.split("\n") if line.startswith("data:")]
        assert not nothing
        errors: list[Json] = orjson.loads(data).get("errors", [])
        return errors

    await check(send)


async def test_over_one_websocket(served: Served) -> None:
    async with acknowledged(served) as socket:

        async def send(operation: Json) -> list[Json]:
            await socket.send(orjson.dumps({"id": "a", "type": "subscribe", "payload": operation}).decode())
            message = await heard(socket)
            if message["type"] == "error":
                errors: list[Json] = message["payload"]
                return errors
            assert (await heard(socket))["type"] == "complete"
            return message["payload"].get("errors") or []

        await check(send)


@pytest.mark.parametrize(
    "variables",
    [
        "[" * NESTED + "]" * NESTED,
        '{"a":' * (NESTED // 2) + "1" + "}" * (NESTED // 2),
        '{"a": "\\ud800"}',
        "9" * 60_000,
    ],
    ids=["lists", "objects", "half a letter", "a long number"],
)
async def test_what_is_no_json_is_no_request(served: Served, variables: str) -> None:
    body = '{"query": "query($a: Int) { topics }", "variables": ' + variables + "}"
    headers = {"Content-Type": "application/json"}
    assert (await served.http.post(served.url, content=body.encode(), headers=headers)).status_code == 400
