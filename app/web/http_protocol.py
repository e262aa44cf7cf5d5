"""HTTP on one connection: uvicorn's, with a time-out for the head of a request and one write for an answer.

Of GraphQL's POSTs what is at hand is answered as soon as it has come: no task, no ASGI.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final, Protocol, cast, runtime_checkable

from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from app.web.sockets import Socket
from app.web.upgrades import granted

HEAD_TIMEOUT: Final = timedelta(seconds=10)
"""How long the head of a request may take, from the connection or its first byte on; uvicorn would wait for ever."""
TOO_SLOW: Final = b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
PATH: Final = b"/graphql"
MAX_IN_TURN: Final = 16
"""Requests that came together and are answered in one turn of the loop; those after them go the long way."""


class Answerer(Protocol):
    """See `at_once.AtOnce`."""

    def answer(
        self, headers: Sequence[tuple[bytes, bytes]], body: bytes, address: str | None
    ) -> tuple[bytes, bytes] | None:
        """Header lines and the body of a 200; None: ask the app."""


@runtime_checkable
class AnswersAtOnce(Protocol):
    """An ASGI app that knows some answers without waiting."""

    @property
    def at_once(self) -> Answerer:
        """To POSTs of `PATH`."""


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
            self.write_whole(data)
        else:
            self._held = data
            self._loop.call_soon(self.flush)

    def write_whole(self, data: bytes) -> None:
        """Sends it, with what is held."""
        held, self._held = self._held, b""
        self.raw.write(held + data)

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
    _body: bytearray | None = None
    """Of a request that may be answered at once, as far as it has come."""
    _in_turn = 0

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        app = cast("object", self.config.app)
        self._at_once: Answerer | None = app.at_once if isinstance(app, AnswersAtOnce) else None
        outermost = cast("object", self.config.loaded_app)
        self._proxies = outermost.trusted_hosts if isinstance(outermost, ProxyHeadersMiddleware) else None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Starts the clock: a connection on which nothing comes ends too."""
        super().connection_made(transport)
        self._writer = OneWrite(transport)
        self.transport = self._writer  # type: ignore[assignment]
        self._set_deadline()

    def data_received(self, data: bytes) -> None:
        """Bytes that come do not start the clock anew until the head is whole."""
        self._in_turn = 0
        super().data_received(data)
        if self._body is not None and not self.transport.is_closing():
            self._go_the_long_way()
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
        if self._is_usual():
            self._body = bytearray()
        else:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Some of the body."""
        if self._body is None:
            super().on_body(body)
        else:
            self._body += body

    def on_message_complete(self) -> None:
        """The body is whole."""
        if self._body is None:
            super().on_message_complete()
        elif not self._answer_at_once(bytes(self._body)):
            self._go_the_long_way()
            super().on_message_complete()

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

    def _is_usual(self) -> bool:
        """Whether this may be answered at once: a POST of GraphQL that keeps the connection, with none before it."""
        return (
            self.url == PATH
            and self._at_once is not None
            and self._in_turn < MAX_IN_TURN
            and self._is_idle()
            and self.parser.get_method() == b"POST"
            and self.parser.should_keep_alive()
            and self.parser.get_http_version() == "1.1"
            and not (self.expect_100_continue or self.flow.write_paused or self.parser.should_upgrade())
        )

    def _is_idle(self) -> bool:
        cycle = cast("RequestResponseCycle | None", self.cycle)
        return cycle is None or cycle.response_complete

    def _client_address(self) -> str | None:
        """The client's own, as uvicorn's middleware finds it behind proxies that are trusted."""
        address = self.client[0] if self.client else None
        if self._proxies is None or address not in self._proxies:
            return address
        forwarded = b", ".join([value for name, value in self.headers if name == b"x-forwarded-for"])
        return (forwarded and self._proxies.get_trusted_client_address(forwarded.decode("latin-1"))[0]) or address

    def _answer_at_once(self, body: bytes) -> bool:
        answer = self._at_once.answer(self.headers, body, self._client_address()) if self._at_once else None
        if answer is None:
            return False
        head, payload = answer
        standing = b"".join([b"%b: %b\r\n" % line for line in self.server_state.default_headers])
        self._writer.write_whole(
            b"HTTP/1.1 200 OK\r\n%b%bcontent-length: %d\r\n\r\n%b" % (standing, head, len(payload), payload)
        )
        self._body = None
        self._in_turn += 1
        self.on_response_complete()
        return True

    def _go_the_long_way(self) -> None:
        """The app is asked, with what has come of the body."""
        body, self._body = bytes(self._body or b""), None
        super().on_headers_complete()
        super().on_body(body)

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
