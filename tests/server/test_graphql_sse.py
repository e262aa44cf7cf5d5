"""GraphQL over server-sent events: distinct connections mode."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from strawberry.relay import GlobalID

from app.services.people import Session
from tests.server.conftest import Served
from tests.waiting import DEADLINE, until

EVENTS = "subscription($id: ID!) { spaceEvents(spaceId: $id) { __typename version } }"


@asynccontextmanager
async def streaming(
    served: Served, document: str, session: Session | None = None, **variables: Any
) -> AsyncIterator[AsyncIterator[tuple[str, Any]]]:
    """The (event, data) pairs of a stream; a comment is an event without a name."""
    headers = {"Accept": "text/event-stream"}
    if session:
        headers["Authorization"] = f"Bearer {session.token}"
    body = {"query": document, "variables": variables}
    async with (
        asyncio.timeout(DEADLINE),
        served.http.stream("POST", served.url, json=body, headers=headers) as response,
    ):
        assert response.status_code == 200
        assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
        yield _events(response)


async def _events(response: httpx2.Response) -> AsyncIterator[tuple[str, Any]]:
    name = ""
    async for line in response.aiter_lines():
        kind, _, value = line.partition(":")
        if kind == "event":
            name = value.strip()
        elif kind == "data":
            yield name, json.loads(value) if value.strip() else None
        elif line.startswith(":"):
            yield "", line


async def until_nobody_follows(served: Served, space_id: str) -> None:
    """Waits until no stream of the Space is open."""
    key = GlobalID.from_id(space_id).node_id
    await until(lambda: served.world.feeds.followers(key) == 0, "nobody follows the Space")


async def test_a_stream_from_snapshot_to_end(served: Served, host: Session, live: str) -> None:
    headers = {"Authorization": f"Bearer {host.token}"}
    end = {"query": f'mutation {{ endSpace(input: {{spaceId: "{live}"}}) {{ userErrors {{ code }} }} }}'}
    async with streaming(served, EVENTS, id=live) as events:
        name, first = await anext(events)
        assert name == "next"
        assert first == {"data": {"spaceEvents": {"__typename": "SpaceSnapshot", "version": 2}}}
        await served.http.post(served.url, json=end, headers=headers)
        rest = [event async for event in events]
    assert rest == [
        ("next", {"data": {"spaceEvents": {"__typename": "SpaceEnded", "version": 3}}}),
        ("complete", None),
    ]


async def test_a_query_and_a_mistake(served: Served) -> None:
    async with streaming(served, "{ topics }") as events:
        [(_, result), last] = [event async for event in events]
    assert result["data"]["topics"]
    assert last == ("complete", None)
    async with streaming(served, "{ nothing") as events:
        [(name, result), last] = [event async for event in events]
    assert name == "next"
    assert [error["extensions"]["code"] for error in result["errors"]] == ["GRAPHQL_PARSE_FAILED"]
    assert last == ("complete", None)


async def test_a_client_that_goes_is_gone(served: Served, live: str) -> None:
    async with streaming(served, EVENTS, id=live) as events:
        await anext(events)
        assert served.world.feeds.followers(GlobalID.from_id(live).node_id) == 1
    await until_nobody_follows(served, live)


async def test_a_bad_token(served: Served, live: str) -> None:
    headers = {"Accept": "text/event-stream", "Authorization": "Bearer x"}
    response = await served.http.post(served.url, json={"query": EVENTS, "variables": {"id": live}}, headers=headers)
    assert response.status_code == 401


async def test_the_tokens_end_ends_the_stream(
    served: Served, host: Session, live: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(served.world.clock, "now", host.expires_at - timedelta(milliseconds=300))
    async with streaming(served, EVENTS, host, id=live) as events:
        _, first = await anext(events)
        assert first["data"]
        (name, last), complete = [event async for event in events]
    assert name == "next"
    assert [error["extensions"]["code"] for error in last["errors"]] == ["UNAUTHENTICATED"]
    assert complete == ("complete", None)
    await until_nobody_follows(served, live)


async def test_a_quiet_stream_is_kept_alive(served: Served, live: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.web.event_stream.PING_INTERVAL", timedelta(milliseconds=20))
    async with streaming(served, EVENTS, id=live) as events:
        await anext(events)
        assert await anext(events) == ("", ": ping")


async def test_logging_out_ends_the_stream(served: Served, host: Session, live: str) -> None:
    async with streaming(served, EVENTS, host, id=live) as events:
        await anext(events)
        body = {"query": "mutation { logOut(input: {}) { userErrors { code } } }"}
        headers = {"Authorization": f"Bearer {host.token}"}
        done = await served.http.post(served.url, json=body, headers=headers)
        assert done.json() == {"data": {"logOut": {"userErrors": []}}}
        assert (await served.http.post(served.url, json=body, headers=headers)).status_code == 401
        (name, last), complete = [event async for event in events]
    assert name == "next"
    assert [error["extensions"]["code"] for error in last["errors"]] == ["UNAUTHENTICATED"]
    assert complete == ("complete", None)
    await until_nobody_follows(served, live)
