"""GraphQL over HTTP: both media types, strict reading, clear refusals."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from app.services.people import Session
from app.web.page import graphiql
from app.web.requests import MAX_BODY
from tests.server.conftest import Served
from tests.waiting import DEADLINE

GRAPHQL = "application/graphql-response+json"
TOPICS = {"query": "{ topics }"}


def codes(response: Any) -> list[str]:
    """The codes of a response's errors."""
    return [error["extensions"]["code"] for error in response.json()["errors"]]


async def unreachable(*_: object) -> None:
    """A store whose database has gone."""
    raise OSError("mongodb://spaces:hunter2@db is unreachable")


async def test_a_query(served: Served) -> None:
    response = await served.http.post(served.url, json=TOPICS)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert response.json() == {"data": {"topics": ["Music", "Tech", "News", "Art"]}}


async def test_a_query_by_get_with_variables(served: Served) -> None:
    params = {"query": "query A($h: String!) { user(handle: $h) { id } } query B { topics }", "variables": '{"h":"x"}'}
    response = await served.http.get(served.url, params={**params, "operationName": "A"})
    assert response.json() == {"data": {"user": None}}


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("query($i: Int!) { spaces(first: $i) { edges { cursor } } }", "BAD_USER_INPUT"),
    ],
)
async def test_a_request_that_cannot_be_executed(served: Served, document: str, code: str) -> None:
    for media_type, status in ((GRAPHQL, 400), ("application/json", 200), ("*/*", 200)):
        response = await served.http.post(served.url, json={"query": document}, headers={"Accept": media_type})
        assert response.status_code == status
        assert response.headers["content-type"].startswith(GRAPHQL if media_type == GRAPHQL else "application/json")
        assert "data" not in response.json()
        assert codes(response) == [code]


async def test_of_several_operations_one_is_named(served: Served) -> None:
    body = {"query": "query A { topics } query B { spaces(first: 1) { edges { cursor } } }"}
    response = await served.http.post(served.url, json=body, headers={"Accept": GRAPHQL})
    assert response.status_code == 400
    assert codes(response) == ["BAD_REQUEST"]
    response = await served.http.post(served.url, json={**body, "operationName": "A"})
    assert "topics" in response.json()["data"]


async def test_a_field_that_fails_is_no_failed_request(served: Served) -> None:
    document = "{ spaces(first: 0) { edges { cursor } } }"
    response = await served.http.post(served.url, json={"query": document}, headers={"Accept": GRAPHQL})
    assert response.status_code == 200
    assert response.json()["data"] is None
    assert codes(response) == ["BAD_USER_INPUT"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"5",
        b'"{ topics }"',
        b"[]",
        b'[{"query": "{ topics }"}]',
        b"{",
        b"{}",
        b"\xff\xfe",
        b'{"query": "{ \xff }"}',
        b'{"query": "\\ud800"}',
        b'{"query": null}',
        b'{"query": ""}',
        b'{"query": 5}',
        b'{"query": ["{ topics }"]}',
        b'{"query": "{ topics }", "variables": []}',
        b'{"query": "{ topics }", "variables": "{}"}',
        b'{"query": "{ topics }", "extensions": 5}',
        b'{"query": "{ topics }", "operationName": 5}',
        b'{"query": "{ topics }", "operationName": "Nothing"}',
        b'{"query": "fragment f on Query { topics }"}',
        b'{"query": "subscription { reactions(spaceId: \\"x\\") { emoji } }"}',
        b"[" * 60_000,
    ],
)
async def test_a_malformed_body(served: Served, body: bytes) -> None:
    response = await served.http.post(served.url, content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == 400
    assert codes(response) == ["BAD_REQUEST"]


async def test_another_content_type(served: Served) -> None:
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        response = await served.http.post(served.url, content=b"{}", headers={"Content-Type": content_type})
        assert response.status_code == 415


async def test_a_body_too_large_however_it_is_sent(served: Served) -> None:
    body = b'{"query": "{ topics }", "x": "' + b"x" * MAX_BODY + b'"}'

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 1000):
            yield body[start : start + 1000]

    headers = {"Content-Type": "application/json"}
    for content in (body, chunks()):
        response = await served.http.post(served.url, content=content, headers=headers)
        assert response.status_code == 413
        assert codes(response) == ["BODY_TOO_LARGE"]


async def test_a_body_that_never_comes(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.web.requests.BODY_TIMEOUT", timedelta(milliseconds=50))
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(served.url).port)
    head = b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
    writer.write(head)
    async with asyncio.timeout(DEADLINE):
        assert (await reader.readline()).startswith(b"HTTP/1.1 408 ")
    writer.close()
    await writer.wait_closed()


async def test_other_methods(served: Served) -> None:
    for method in ("PUT", "DELETE", "PATCH"):
        response = await served.http.request(method, served.url, json=TOPICS)
        assert (response.status_code, response.headers["allow"]) == (405, "GET, POST")


async def test_no_mutation_by_get(served: Served) -> None:
    document = 'mutation { leaveSpace(input: {spaceId: "x"}) { userErrors { code } } }'
    response = await served.http.get(served.url, params={"query": document})
    assert (response.status_code, response.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize("params", [{}, {"query": ""}, {"query": "{ topics }", "variables": "{"}])
async def test_a_malformed_get(served: Served, params: dict[str, str]) -> None:
    response = await served.http.get(served.url, params=params)
    assert response.status_code == 400
    assert codes(response) == ["BAD_REQUEST"]


async def test_a_browser_gets_graphiql(served: Served) -> None:
    response = await served.http.get(served.url, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    page = graphiql()
    assert response.status_code == page.status_code
    assert response.content == page.body
    assert response.headers["content-security-policy"] == page.headers["content-security-policy"]


async def test_frontends_of_other_origins(served: Served) -> None:
    origin = {"Origin": "https://frontend.example"}
    preflight = await served.http.options(
        served.url,
        headers={
            **origin,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type",
        },
    )
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert "Authorization" in preflight.headers["access-control-allow-headers"]
    response = await served.http.post(served.url, json=TOPICS, headers=origin)
    assert response.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in response.headers


VIEWER = {"query": "{ viewer { user { handle } } }"}


async def test_who_is_asking(served: Served, host: Session) -> None:
    authorization = {"Authorization": f"Bearer {host.token}"}
    response = await served.http.post(served.url, json=VIEWER, headers=authorization)
    assert response.json() == {"data": {"viewer": {"user": {"handle": host.account.handle}}}}
    assert (await served.http.post(served.url, json=VIEWER)).json() == {"data": {"viewer": None}}


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer x", "Bearer a.b.c", "Basic eDp4", "x"])
async def test_a_bad_token_is_never_taken_for_none(served: Served, authorization: str) -> None:
    response = await served.http.post(served.url, json=VIEWER, headers={"Authorization": authorization})
    assert response.status_code == 401
    assert response.headers["www-authenticate"].startswith("Bearer")
    assert codes(response) == ["UNAUTHENTICATED"]


async def test_a_fault_has_no_details(served: Served, host: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served.world.people, "get", unreachable)
    headers = {"Authorization": f"Bearer {host.token}"}
    response = await served.http.post(served.url, json=VIEWER, headers=headers)
    assert response.status_code == 500
    assert codes(response) == ["INTERNAL"]
    assert "hunter2" not in response.text


async def test_an_expired_token(served: Served, host: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served.world.clock, "now", host.expires_at)
    headers = {"Authorization": f"Bearer {host.token}"}
    response = await served.http.post(served.url, json=VIEWER, headers=headers)
    assert response.status_code == 401
    assert "expired" in response.json()["errors"][0]["message"]
