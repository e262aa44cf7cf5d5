"""Websockets in memory: uvicorn's protocol, the whole API behind it and a client before it, with no network between."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any, cast

import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.typing import Subprotocol
from websockets.uri import parse_uri

from app.web.graphql import Front, graphql_endpoint
from app.web.http_protocol import HttpProtocol
from app.web.persisted import PersistedDocuments
from app.web.rates import Rates
from app.web.sockets import HIGH_WATER, Socket
from resolvers.broadcasts import Broadcasts
from resolvers.operations import Api
from tests.fakes.world import World

Json = dict[str, Any]
PASSES = 40
"""Of the loop, after which whoever could go on has."""


class NothingShared(Broadcasts):
    """Finds nothing: everyone has an execution of their own."""

    def find(self, *_: object) -> None:
        """None."""


def served(world: World, api: Api, *, shared: bool = True) -> ASGIApp:
    """The API of a world."""
    kind = Broadcasts if shared else NothingShared
    endpoint = graphql_endpoint(
        api,
        authenticate=world.viewers.of,
        recognize=world.viewers.at_hand,
        context_of=world.context,
        closings=world.use_cases.closings,
        clock=world.clock,
        broadcasts=kind(api, world.use_cases.streams, lambda: world.context(None, "")),
        rates=Rates.of(per_viewer=1_000_000, per_address=1_000_000),
        persisted=PersistedDocuments({}),
    )
    return Front(Starlette(), endpoint)


async def settled(passes: int = PASSES) -> None:
    """Returns when nobody has anything to do but to wait; after a burst give more passes, some for each event."""
    for _ in range(passes):
        await asyncio.sleep(0)


class _Wire(asyncio.Transport):
    """What is written is read at once, unless the client is slow: then it waits, and the writer is told."""

    def __init__(self, read: Callable[[bytes], None]) -> None:
        super().__init__({"peername": ("192.0.2.1", 5), "sockname": ("192.0.2.2", 80)})
        self._read = read
        self.protocol: asyncio.Protocol | None = None
        self.slow = False
        self.waiting = bytearray()
        self.high = HIGH_WATER
        self._closing = False

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        assert isinstance(protocol, asyncio.Protocol)
        self.protocol = protocol

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        self.high = HIGH_WATER if high is None else high

    def write(self, data: bytes | bytearray | memoryview) -> None:
        assert not self._closing
        if not self.slow:
            self._read(bytes(data))
            return
        before = len(self.waiting)
        self.waiting += data
        if before <= self.high < len(self.waiting) and self.protocol:
            self.protocol.pause_writing()

    def drain(self) -> None:
        """The client reads again."""
        self.slow = False
        data, self.waiting = bytes(self.waiting), bytearray()
        self._read(data)
        if len(data) > self.high and self.protocol:
            self.protocol.resume_writing()

    def is_closing(self) -> bool:
        return self._closing

    def close(self) -> None:
        if not self._closing and self.protocol:
            self._closing = True
            asyncio.get_running_loop().call_soon(self.protocol.connection_lost, None)

    def abort(self) -> None:
        self.close()

    def pause_reading(self) -> None:
        """The client's messages wait in the protocol's queue instead."""

    def resume_reading(self) -> None:
        """See `pause_reading`."""


class MemoryClient:
    """`messages` is what it was sent, as JSON. `kind`: uvicorn's protocol, or ours."""

    def __init__(self, app: ASGIApp, kind: type[WebSocketsSansIOProtocol]) -> None:
        config = uvicorn.Config(app, ws=kind, lifespan="off", log_config=None, ws_per_message_deflate=False)
        config.load()
        self.messages: list[Json] = []
        self._begun: dict[str, int] = {}
        self._ever_begun: set[str] = set()
        self._client = ClientProtocol(
            parse_uri("ws://spaces.example/graphql"), subprotocols=[Subprotocol("graphql-transport-ws")]
        )
        self.wire = _Wire(self._receive)
        # Ours takes its connections over from HTTP, as in the server.
        first = HttpProtocol(config, ServerState(), {}) if issubclass(kind, Socket) else kind(config, ServerState(), {})
        self.wire.set_protocol(first)
        first.connection_made(self.wire)
        self._client.send_request(self._client.connect())
        self._flush()

    @property
    def close_code(self) -> int | None:
        """With which the server has closed it."""
        return self._client.close_rcvd.code if self._client.close_rcvd else None

    async def greet(self, token: str | None = None) -> None:
        """Is let in."""
        await settled()
        payload = {"authorization": f"Bearer {token}"} if token else {}
        self.say(type="connection_init", payload=payload)
        await settled()
        assert self.messages.pop(0) == {"type": "connection_ack"}

    def say(self, **message: Any) -> None:
        """Sends a message, if there is still someone to send it to; the server has not read it yet."""
        if self._client.state is not State.OPEN or self.wire.is_closing():
            return
        self._client.send_text(json.dumps(message).encode())
        self._flush()

    def subscribe(self, operation_id: str, query: str, **variables: Any) -> None:
        """Starts an operation."""
        self._begun[operation_id] = len(self.messages)
        self._ever_begun.add(operation_id)
        self.say(id=operation_id, type="subscribe", payload={"query": query, "variables": variables})

    def complete(self, operation_id: str) -> None:
        """Ends an operation."""
        self._begun.pop(operation_id, None)
        self.say(id=operation_id, type="complete")

    async def go(self) -> None:
        """Drops the connection, and returns when the server has noticed."""
        self.wire.close()
        await settled()

    def of(self, operation_id: str) -> list[Json]:
        """The messages about one operation."""
        return [one for one in self.messages if one.get("id") == operation_id]

    def has_begun(self, operation_id: str) -> bool:
        """Whether an operation of this id was ever begun."""
        return operation_id in self._ever_begun

    def is_open(self, operation_id: str) -> bool:
        """Whether an operation has begun and neither side has ended it."""
        if operation_id not in self._begun:
            return False
        since = self.messages[self._begun[operation_id] :]
        return not any(one.get("id") == operation_id and one["type"] in ("error", "complete") for one in since)

    def _flush(self) -> None:
        assert self.wire.protocol
        self.wire.protocol.data_received(b"".join(self._client.data_to_send()))

    def _receive(self, data: bytes) -> None:
        self._client.receive_data(data)
        for event in self._client.events_received():
            if isinstance(event, Frame) and event.opcode is Opcode.TEXT:
                assert event.fin
                self.messages.append(cast("Json", json.loads(bytes(event.data))))
