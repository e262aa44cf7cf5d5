"""HTTP on one connection: uvicorn's, with a time-out for the head of a request and one write for an answer."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.web.sockets import Socket
from app.web.upgrades import granted

HEAD_TIMEOUT: Final = timedelta(seconds=10)
"""How long the head of a request may take, from the connection or its first byte on; uvicorn would wait for ever."""
TOO_SLOW: Final = b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class OneWrite:
    """A transport that holds what is written until more follows, or the loop's next turn.

    uvicorn writes the head of an answer and then the body: two packets, and two calls of the system that cost more
    than all the rest of a small answer.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self.raw = transport
        self._held = b""
        self._loop = asyncio.get_running_loop()

    def write(self, data: bytes) -> None:
        """Sends it, with what is held; or holds it."""
        if self._held:
            held, self._held = self._held, b""
            self.raw.write(held + data)
        else:
            self._held = data
            self._loop.call_soon(self.flush)

    def flush(self) -> None:
        """Sends what is held."""
        if self._held:
            held, self._held = self._held, b""
            self.raw.write(held)

    def close(self) -> None:
        """Sends what is held, and closes."""
        self.flush()
        self.raw.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.raw, name)


class HttpProtocol(HttpToolsProtocol):
    """One for each connection."""

    _in_head = True
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Starts the clock: a connection on which nothing comes ends too."""
        super().connection_made(transport)
        self.transport = OneWrite(transport)  # type: ignore[assignment]
        self._set_deadline()

    def data_received(self, data: bytes) -> None:
        """Bytes that come do not start the clock anew until the head is whole."""
        super().data_received(data)
        if self._in_head and self._deadline is None:
            self._set_deadline()

    def on_message_begin(self) -> None:
        """A head begins."""
        self._in_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._in_head = False
        self._end_deadline()
        super().on_headers_complete()

    def handle_websocket_upgrade(self) -> None:
        """A websocket writes for itself; one of ours needs not read again what was read here."""
        self.transport.flush()  # type: ignore[attr-defined]
        transport = self.transport = self.transport.raw  # type: ignore[attr-defined]
        kind, scope = self.ws_protocol_class, self.scope
        usual = issubclass(kind, Socket) and not self.config.ws_per_message_deflate if kind else False
        upgrade = granted(scope["method"], scope["http_version"], self.url, self.headers) if usual else None
        if upgrade is None:
            super().handle_websocket_upgrade()
            return
        self.connections.discard(self)
        websocket = Socket(self.config, self.server_state, self.app_state)
        websocket.upgraded(transport, upgrade, scope)
        transport.set_protocol(websocket)
        # The parser knows this, and would keep it until the collector of cycles comes.
        self.parser = None  # type: ignore[assignment]

    def connection_lost(self, exc: Exception | None) -> None:
        """Stops the clock."""
        self._end_deadline()
        super().connection_lost(exc)

    def _set_deadline(self) -> None:
        self._deadline = self.loop.call_later(HEAD_TIMEOUT.total_seconds(), self._give_up)

    def _end_deadline(self) -> None:
        if self._deadline:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        if not self.transport.is_closing():
            self.transport.write(TOO_SLOW)
            self.transport.close()
