"""People at a server: everything they do goes through its public API."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import httpx2
from websockets.asyncio.client import ClientConnection, connect

from app.demo.client import PROTOCOL, Client

Json = dict[str, Any]

PAYLOADS = {
    "deleteSpace": "deletedSpaceId",
    "createClip": "clip { id url startOffsetMs durationMs sampleCount }",
    "publishClip": "clip { id url state publishedAt } post { id text card { __typename ... on Clip { id } } }",
    "renderClip": "clip { id renditions { kind state } }",
    "deleteClip": "deletedClipId",
    "updateSpaceDefaults": "spaceDefaults { clippingAllowed recordingEnabled speakPolicy language }",
    "sendReaction": "",
    "follow": "user { id }",
    "updateSettings": "viewer { user { id } }",
    "requestToSpeak": "space { id version viewerSpeakRequest { id position } }",
    "reportSpace": "report { id }",
    "logIn": "token",
    "logOut": "",
    "block": "user { id }",
    "signUp": "token user { id }",
    "createPost": "post { id text }",
    "deletePost": "deletedPostId",
    "sendDirectMessage": "messages { id }",
    "markConversationRead": "conversation { unreadCount }",
    "shareSpace": "url post { id } messages { id }",
}
SPACE = "space { id version title state endReason viewerRole hostPresence stage { user { id } role isMuted } }"
ERRORS = "userErrors { code message field limit current }"


@dataclass(frozen=True)
class Person:
    """Someone with a token, or anyone without one."""

    http: httpx2.AsyncClient
    url: str
    token: str | None = None
    id: str = field(default="", compare=False)

    async def ask(self, document: str, **variables: Any) -> Json:
        """The whole answer to an operation: `data` and `errors`."""
        answer = await self.http.post(
            f"{self.url}/graphql", json={"query": document, "variables": variables}, headers=self.authorization
        )
        assert answer.status_code < 500, answer.text
        said: Json = answer.json()
        return said

    async def read(self, document: str, **variables: Any) -> Any:
        """The one root field of an operation that must not fail."""
        answer = await self.ask(document, **variables)
        assert "errors" not in answer, answer["errors"]
        [value] = answer["data"].values()
        return value

    async def do(self, mutation: str, **input: Any) -> Json:
        """What a mutation answers that no rule may refuse."""
        payload = await self.attempt(mutation, **input)
        assert payload["userErrors"] == [], f"{mutation}({input}): {payload['userErrors']}"
        return payload

    async def refusals(self, mutation: str, **input: Any) -> list[Json]:
        """The userErrors of a mutation that a rule must refuse; nothing else is answered then."""
        payload = await self.attempt(mutation, **input)
        errors: list[Json] = payload.pop("userErrors")
        assert errors, f"{mutation}({input}) was not refused"
        assert not any(payload.values()), payload
        return errors

    async def attempt(self, mutation: str, **input: Any) -> Json:
        """What a mutation answers, done or refused."""
        name = mutation[0].upper() + mutation[1:]
        selection = PAYLOADS.get(mutation, SPACE)
        document = f"mutation ($input: {name}Input!) {{ {mutation}(input: $input) {{ {selection} {ERRORS} }} }}"
        payload: Json = await self.read(document, input=input)
        return payload

    def follow(self, document: str, **variables: Any) -> AbstractAsyncContextManager[AsyncIterator[Any]]:
        """A subscription over a websocket."""
        return Client(self.http, self.url, self.token).subscribe(document, **variables)

    @asynccontextmanager
    async def follow_by_sse(self, document: str, **variables: Any) -> AsyncIterator[AsyncIterator[Json]]:
        """A subscription over server-sent events: the payloads of its `next` events, errors and all."""
        body, accept = {"query": document, "variables": variables}, {"Accept": "text/event-stream"}
        address = f"{self.url}/graphql"
        async with self.http.stream("POST", address, json=body, headers=self.authorization | accept) as answer:
            assert answer.status_code == 200, (await answer.aread()).decode()
            yield _payloads(answer)

    @asynccontextmanager
    async def socket(self) -> AsyncIterator[ClientConnection]:
        """A websocket on which the server knows who this is; what is said on it is the test's."""
        address = self.url.replace("http", "ws", 1) + "/graphql"
        async with connect(address, subprotocols=[PROTOCOL], compression=None) as socket:
            await socket.send(json.dumps({"type": "connection_init", "payload": self.authorization}))
            assert json.loads(await socket.recv()) == {"type": "connection_ack"}
            yield socket

    @property
    def authorization(self) -> dict[str, str]:
        """The header that says who asks."""
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    async def audio(self, space_id: str) -> Json:
        """The Space's addresses of sound."""
        found = await self.read(
            "query ($id: ID!) { space(id: $id) { audio { hlsUrl whepUrl whipUrl socketUrl expiresAt } } }", id=space_id
        )
        addresses: Json = found["audio"]
        return addresses

    def anyone(self) -> Person:
        """The same server for someone without an account."""
        return replace(self, token=None, id="")

    async def of_token(self, token: str) -> Person:
        """Whoever the token names."""
        viewer = await replace(self, token=token).read("{ viewer { user { id } } }")
        return replace(self, token=token, id=viewer["user"]["id"])

    def at(self, url: str) -> Person:
        """The same person at another server."""
        return replace(self, url=url)


async def _payloads(answer: httpx2.Response) -> AsyncIterator[Json]:
    event = ""
    async for line in answer.aiter_lines():
        if line.startswith("event:"):
            event = line.removeprefix("event:").strip()
        elif line.startswith("data:") and event == "next":
            yield json.loads(line.removeprefix("data:"))
        elif event == "complete":
            return
