"""The floor: what it costs to write a frame that is there already to each of many sockets, and nothing else."""

import asyncio
import base64
import hashlib
import re
import socket
from typing import Final, Self

from app.web.frames import header

KEY: Final = re.compile(rb"sec-websocket-key: *(\S+)", re.IGNORECASE)
GUID: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
ID: Final = "0" * 36
EVENT: Final = (
    '{"id":"%s","type":"next","payload":{"data":{"spaceEvents":{"__typename":"MicrophoneClosed","version":%d,'
    '"at":"2031-05-01T18:00:00.000Z","userId":"VXNlcjppZDAwMDAwMQ==","closedById":"VXNlcjppZDAwMDAwMQ=="}}}}'
)


class Floor:
    """Whoever connects and says anything twice is told every event."""

    def __init__(self, listening: socket.socket) -> None:
        self._listening = listening
        self._clients: dict[asyncio.Transport, None] = {}
        self._version = 1

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Client(self._clients), sock=self._listening)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def tell(self, events: int) -> float:
        """One write to each client for each event. The time of the first."""
        begun = asyncio.get_running_loop().time()
        for _ in range(events):
            self._version += 1
            text = (EVENT % (ID, self._version)).encode()
            frame = header(len(text)) + text
            for client in self._clients:
                client.write(frame)
        return begun


class _Client(asyncio.Protocol):
    def __init__(self, clients: dict[asyncio.Transport, None]) -> None:
        self._clients = clients
        self._greeted = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        if key := KEY.search(data):
            accept = base64.b64encode(hashlib.sha1(key[1] + GUID, usedforsecurity=False).digest())
            self._transport.write(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Accept: %b\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n" % accept
            )
        elif not self._greeted:
            self._greeted = True
            text = b'{"type":"connection_ack"}'
            self._transport.write(header(len(text)) + text)
        else:
            text = (EVENT % (ID, 1)).encode()
            self._transport.write(header(len(text)) + text)
            self._clients[self._transport] = None

    def connection_lost(self, exc: Exception | None) -> None:
        self._clients.pop(self._transport, None)
