"""Load over HTTP: the same request again and again on kept connections, with next to nothing done per answer."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import orjson


class Asker(asyncio.Protocol):
    """One connection: sends the request, and sends it again when the whole answer is there, so many times."""

    def __init__(self, request: bytes, times: int) -> None:
        self._request = request
        self._left = times
        self._received = b""
        self._length = 0
        self.done: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not self._length:
            self._length = _length(self._received)
        if not self._length or len(self._received) < self._length:
            return
        answer, self._received, self._length = self._received, b"", 0
        self._left -= 1
        if self._left:
            self._transport.write(self._request)
        else:
            self._transport.close()
            self.done.set_result(answer)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(ConnectionError("the server closed the connection"))


def _length(received: bytes) -> int:
    """Of the whole answer; 0 while its head is not there yet."""
    head, end, _ = received.partition(b"\r\n\r\n")
    if not end:
        return 0
    _, _, rest = head.lower().partition(b"content-length: ")
    return len(head) + len(end) + int(rest.split(b"\r\n", 1)[0])


def post(url: str, payload: object, token: str | None = None) -> bytes:
    """A request as a browser's client sends it."""
    parts, body = urlsplit(url), orjson.dumps(payload)
    authorization = f"Authorization: Bearer {token}\r\n" if token else ""
    head = (
        f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nAccept: application/json\r\n{authorization}"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def ask(url: str, request: bytes, *, times: int, connections: int = 8) -> bytes:
    """Sends the request so many times in all; the body of the last answer. Raises `ConnectionError`."""
    parts, loop = urlsplit(url), asyncio.get_running_loop()
    askers = []
    for _ in range(connections):
        _, asker = await loop.create_connection(
            lambda: Asker(request, max(1, times // connections)), parts.hostname or "", parts.port or 80
        )
        askers.append(asker)
    answers = await asyncio.gather(*(one.done for one in askers))
    return answers[-1].partition(b"\r\n\r\n")[2]
