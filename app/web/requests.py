"""Requests: GraphQL over HTTP, read strictly.

https://graphql.github.io/graphql-over-http/draft/
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any, Final

import orjson
from starlette.requests import ClientDisconnect, Request

MAX_BODY = 64 * 1024
BODY_TIMEOUT = timedelta(seconds=10)
"""How long a body may take to arrive."""
ACCEPTS_KEPT: Final = 64
"""Of the headers that say what clients accept: each kind of client has its own."""

JSON = "application/json"
GRAPHQL = "application/graphql-response+json"
EVENTS = "text/event-stream"
HTML = "text/html"


class BadRequest(Exception):
    """A request that is answered by an HTTP status; the text says what is wrong with it."""

    def __init__(self, status: int, text: str, **headers: str) -> None:
        super().__init__(text)
        self.status = status
        self.headers = headers


@dataclass(frozen=True, slots=True)
class Asked:
    """The operation that a request asks for; `query` is empty where something else names the document."""

    query: str
    operation_name: str | None
    variables: dict[str, Any] | None
    extensions: dict[str, Any] | None
    document_id: str | None = None


def accepts(request: Request, media_type: str) -> bool:
    """Whether the client names this media type; `*/*` names none."""
    return media_type in media_types(request.headers.get("accept", ""))


@lru_cache(maxsize=ACCEPTS_KEPT)
def media_types(accept: str) -> frozenset[str]:
    """What such a header names."""
    return frozenset(one.partition(";")[0].strip().lower() for one in accept.split(","))


async def read(request: Request) -> Asked:
    """The operation in a GET's address or a POST's body. Raises `BadRequest`."""
    match request.method:
        case "GET":
            return _asked({name: _parameter(name, value) for name, value in request.query_params.items()})
        case "POST":
            return asked_in(await _body(request))
        case _:
            raise BadRequest(405, "GraphQL is asked by GET or POST.", Allow="GET, POST")


def asked_in(body: bytes) -> Asked:
    """The operation in the body of a POST. Raises `BadRequest`."""
    return _asked(_json(body, "The body"))


def _parameter(name: str, value: str) -> object:
    return _json(value.encode(), f"`{name}`") if name in ("variables", "extensions") and value else value or None


async def _body(request: Request) -> bytes:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
        raise BadRequest(415, f"The Content-Type must be {JSON}.")
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_TIMEOUT.total_seconds()):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MAX_BODY:
                    raise BadRequest(413, f"A body has at most {MAX_BODY} bytes.", Connection="close")
    except TimeoutError:
        raise BadRequest(408, "The body took too long to arrive.", Connection="close") from None
    except ClientDisconnect:
        raise BadRequest(400, "The body did not arrive.") from None
    return bytes(body)


def _json(text: bytes, what: str) -> object:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise BadRequest(400, f"{what} is not valid JSON in UTF-8.") from None


def _asked(said: object) -> Asked:
    if not isinstance(said, dict):
        raise BadRequest(400, "The body is not a JSON object; batches are not supported.")
    query, operation_name, document_id = said.get("query"), said.get("operationName"), said.get("documentId")
    extensions = _object(said, "extensions")
    if not isinstance(document_id, str | None):
        raise BadRequest(400, "`documentId` must be a string or null.")
    if query is None and (document_id is not None or "persistedQuery" in (extensions or {})):
        query = ""
    elif not isinstance(query, str) or not query:
        raise BadRequest(400, "`query` must be a string with a GraphQL document.")
    if not isinstance(operation_name, str | None):
        raise BadRequest(400, "`operationName` must be a string or null.")
    return Asked(query, operation_name, _object(said, "variables"), extensions, document_id)


def _object(said: Mapping[str, object], name: str) -> dict[str, Any] | None:
    value = said.get(name)
    if not isinstance(value, dict | None):
        raise BadRequest(400, f"`{name}` must be an object or null.")
    return value
