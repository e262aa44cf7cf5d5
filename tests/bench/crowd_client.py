"""One of thousands of subscribers in one process: no library, as that would cost more than the server."""

import asyncio
import base64
import json
import os
import re
import uuid
from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from tests.bench.subscriber import SUBSCRIPTION
from tests.waiting import until

MASKED: Final = 0x80
NEXT: Final = re.compile(rb'"type": ?"next"')
PAYLOAD: Final = re.compile(rb'"payload": ?')
"""It comes last in the messages of every server that is measured."""


class Crowd:
    """What all of them were told: the n-th event is the same for everyone, and follows the one before."""

    def __init__(self) -> None:
        self.told: list[bytes] = []
        self.received = 0
        self.last_at = 0.0

    def receive(self, number: int, payload: bytes) -> None:
        """Raises `AssertionError` where it is another than others were told, or not the next one."""
        if number == len(self.told):
            if number > 1:
                assert _version(payload) == _version(self.told[-1]) + 1
            self.told.append(payload)
        # The first one is the state, made anew from time to time.
        assert number == 0 or payload == self.told[number]
        self.received += 1
        self.last_at = asyncio.get_running_loop().time()


class CrowdClient(asyncio.Protocol):
    """Connects, is let in, subscribes."""

    def __init__(self, crowd: Crowd | None, space_id: str) -> None:
        self.events = 0
        self._crowd = crowd
        self._space_id = space_id
        self._data = bytearray()
        self._is_upgraded = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Asks for a websocket."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            "GET /graphql HTTP/1.1\r\nHost: spaces\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        """Takes whole frames."""
        self._data += data
        if not self._is_upgraded:
            head, found, rest = self._data.partition(b"\r\n\r\n")
            if not found:
                return
            assert head.startswith(b"HTTP/1.1 101"), head
            self._is_upgraded, self._data = True, rest
            self._say({"type": "connection_init"})
        while (frame := self._frame()) is not None:
            self._take(frame)

    def _frame(self) -> bytes | None:
        data = self._data
        if len(data) < 2:
            return None
        length, start = data[1], 2
        if length == 126:
            if len(data) < 4:
                return None
            length, start = int.from_bytes(data[2:4]), 4
        if len(data) < start + length:
            return None
        opcode, body = data[0] & 15, bytes(data[start : start + length])
        del data[: start + length]
        if opcode == 9:
            self._send(10, body)
            return b""
        return body

    def _take(self, text: bytes) -> None:
        if NEXT.search(text):
            self.told(PAYLOAD.split(text, 1)[1])
        elif b"connection_ack" in text:
            self.follow(str(uuid.uuid4()), SUBSCRIPTION)
        else:
            assert not text, text

    def follow(self, operation_id: str, query: str) -> None:
        """Subscribes to something of the Space."""
        payload = {"query": query, "variables": {"spaceId": self._space_id}}
        self._say({"id": operation_id, "type": "subscribe", "payload": payload})

    def told(self, payload: bytes) -> None:
        """Takes the payload of a `next`, and what closes the message."""
        assert self._crowd
        self._crowd.receive(self.events, payload)
        self.events += 1

    def _say(self, message: dict[str, Any]) -> None:
        self._send(1, json.dumps(message).encode())

    def _send(self, opcode: int, body: bytes) -> None:
        """A frame with a mask of zeros, which changes nothing."""
        length = bytes((MASKED | len(body),)) if len(body) < 126 else bytes((MASKED | 126,)) + len(body).to_bytes(2)
        self.transport.write(bytes((0x80 | opcode,)) + length + bytes(4) + body)


async def connected(crowd: Crowd, port: int, space_id: str, count: int, at_once: int) -> Sequence[CrowdClient]:
    """So many clients, each told the state; they come `at_once` at a time."""
    loop = asyncio.get_running_loop()
    clients: list[CrowdClient] = []
    while len(clients) < count:
        some = min(at_once, count - len(clients))
        pairs = await asyncio.gather(
            *(loop.create_connection(lambda: CrowdClient(crowd, space_id), "127.0.0.1", port) for _ in range(some))
        )
        clients += [client for _, client in pairs]
        await until(partial(_all_told, clients[-some:]), "the state")
    return clients


def _all_told(clients: Sequence[CrowdClient]) -> bool:
    return all(client.events for client in clients)


def _version(payload: bytes) -> int:
    version: int = json.loads(payload[:-1])["data"]["spaceEvents"]["version"]
    return version
