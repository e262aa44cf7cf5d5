"""A client of the public API: GraphQL over HTTP, subscriptions over graphql-transport-ws."""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx2
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

PROTOCOL = Subprotocol("graphql-transport-ws")
HANDSHAKE_SECONDS = 20.0

Json = dict[str, Any]


class ApiError(Exception):
    """The API said no; the message is what it said."""


class Client:
    """One person (or, without a token, nobody) at one server."""

    def __init__(self, http: httpx2.AsyncClient, url: str, token: str | None = None) -> None:
        self._http = http
        self._url = url.rstrip("/")
        self.token = token
        self._authorization = {"Authorization": f"Bearer {token}"} if token else {}

    def as_person(self, token: str) -> Client:
        """The same server for the owner of a token."""
        return Client(self._http, self._url, token)

    async def call(self, document: str, **variables: Any) -> Any:
        """Runs an operation with one root field and answers that field.

        Raises `ApiError` for GraphQL errors and for a mutation's userErrors.
        """
        body = {"query": document, "variables": variables}
        response = await self._http.post(f"{self._url}/graphql", json=body, headers=self._authorization)
        try:
            answer = response.json()
        except ValueError:
            raise ApiError(f"HTTP {response.status_code}: {response.text[:200]}") from None
        if answer.get("errors"):
            raise ApiError("; ".join(error["message"] for error in answer["errors"]))
        [field] = answer["data"].values()
        if isinstance(field, dict) and field.get("userErrors"):
            raise ApiError("; ".join(f"{error['code']}: {error['message']}" for error in field["userErrors"]))
        return field

    @asynccontextmanager
    async def subscribe(self, document: str, **variables: Any) -> AsyncIterator[AsyncIterator[Any]]:
        """The results of a subscription with one root field; ends when the server completes it."""
        address = urlunsplit(urlsplit(f"{self._url}/graphql")._replace(scheme=self._socket_scheme()))
        async with connect(
            address, subprotocols=[PROTOCOL], open_timeout=HANDSHAKE_SECONDS, compression=None
        ) as socket:
            await socket.send(json.dumps({"type": "connection_init", "payload": self._authorization}))
            acknowledged = json.loads(await socket.recv())
            if acknowledged["type"] != "connection_ack":
                raise ApiError(f"no connection_ack but {acknowledged}")
            payload = {"query": document, "variables": variables}
            await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
            yield self._results(socket)

    def _socket_scheme(self) -> str:
        return "wss" if self._url.startswith("https") else "ws"

    async def _results(self, socket: Any) -> AsyncIterator[Any]:
        async for text in socket:
            message = json.loads(text)
            match message["type"]:
                case "next":
                    if message["payload"].get("errors"):
                        raise ApiError(str(message["payload"]["errors"]))
                    [field] = message["payload"]["data"].values()
                    yield field
                case "error":
                    raise ApiError(str(message["payload"]))
                case "ping":
                    await socket.send(json.dumps({"type": "pong"}))
                case "complete":
                    return
                case _:
                    pass

    async def fetch(self, url: str) -> bytes:
        """What is at an address the API gave. Raises `ApiError` for any status but 200."""
        response = await self._http.get(url)
        if response.status_code != 200:
            raise ApiError(
                f"HTTP {response.status_code} for {urlsplit(url).path.rpartition('/')[2]}: {response.text[:200]}"
            )
        return response.content


_numbers = itertools.count(1)


def unique_handle(stem: str, run: str) -> str:
    """A handle that is new on this server: `run` is random for this run."""
    return f"{stem[:5]}_{run}{next(_numbers)}"
