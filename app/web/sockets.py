"""Sockets: uvicorn's websocket protocol, with a way in for frames that are ready, and an end to who is stalled."""

from __future__ import annotations

import asyncio
import socket
from asyncio.transports import BaseTransport
from collections.abc import Callable
from datetime import timedelta
from typing import Final, cast

from uvicorn._types import HTTPScope
from websockets.frames import Frame
from websockets.http11 import Request
from websockets.protocol import State

from app.web.upgrades import Upgrade
from app.web.websocket_protocol import WebsocketProtocol

EXTENSION: Final = "spaces.socket"
"""Where in the ASGI scope's extensions the socket itself is."""
HIGH_WATER: Final = 0
"""Bytes that wait for a client in this process before nothing more is written to it."""
BLOCKED: Final = -1
"""No descriptor."""
KERNEL_BUFFER: Final = 64 * 1024
"""Bytes that wait for a client in the system; Linux doubles it for its own use, and would else grow it to megabytes."""
STALLED: Final = timedelta(seconds=10)
"""How long a client may read nothing at all while something waits for it."""
SLOW: Final = 4499
"""The close code of who was stalled for so long. Clients of graphql-transport-ws try again after it."""
FAREWELL: Final = timedelta(seconds=1)
"""How long the close frame may take to who is slow; then the connection is cut."""


class Socket(WebsocketProtocol):
    """One client's connection. `writable` (uvicorn's) is clear while more waits for it than `HIGH_WATER`."""

    is_slow = False
    """The same as a flag, for who asks it often."""
    direct = BLOCKED
    """A descriptor to which whole frames may be written as they are (write(2)): nothing waits before them, and the
    connection is not closing. What the system does not take at once is for `write`."""
    on_blocked: Callable[[], None] | None = None
    """Called when `direct` is not so any more: at once, so that the descriptor is never another connection's."""
    on_drained: Callable[[], None] | None = None
    """Called when it is writable again."""
    _descriptor = BLOCKED
    _stalled: asyncio.TimerHandle | None = None

    def connection_made(self, transport: BaseTransport) -> None:
        """Bounds what may wait here and in the system, and how long."""
        super().connection_made(transport)
        self._bound()

    def upgraded(self, transport: asyncio.Transport, upgrade: Upgrade, scope: HTTPScope) -> None:
        """The same for a connection that was HTTP's."""
        super().upgraded(transport, upgrade, scope)
        self._bound()
        self._be_found()

    def handle_connect(self, event: Request) -> None:
        """The library reads the request."""
        super().handle_connect(event)
        if self.response.status_code == 101:
            self._be_found()

    def _be_found(self) -> None:
        """Puts this into the scope before the application sees it."""
        cast("dict[str, object]", self.scope["extensions"])[EXTENSION] = self

    def _bound(self) -> None:
        self.transport.set_write_buffer_limits(high=HIGH_WATER)
        if plain := self.transport.get_extra_info("socket"):
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BUFFER)
            end_with_unanswering_peers(plain, STALLED)
            # Other loops may hold what is written until later; TLS is written by its transport alone.
            if isinstance(self.loop, asyncio.SelectorEventLoop) and not self.transport.get_extra_info("sslcontext"):
                self._descriptor = self.direct = plain.fileno()

    def _block(self) -> None:
        self.direct = BLOCKED
        if self.on_blocked:
            self.on_blocked()

    def _close_soon(self) -> None:
        self._descriptor = BLOCKED
        self._block()

    def handle_close(self, event: Frame) -> None:
        """Nothing follows a close frame."""
        self._close_soon()
        super().handle_close(event)

    def handle_parser_exception(self) -> None:
        """The same."""
        self._close_soon()
        super().handle_parser_exception()

    def keepalive_timeout(self) -> None:
        """The same."""
        self._close_soon()
        super().keepalive_timeout()

    def shutdown(self) -> None:
        """The same."""
        self._close_soon()
        super().shutdown()

    def pause_writing(self) -> None:
        """From now on the client is slow."""
        super().pause_writing()
        self.is_slow = True
        self._block()
        self._stalled = self.loop.call_later(STALLED.total_seconds(), self._let_go)

    def resume_writing(self) -> None:
        """It has read something."""
        super().resume_writing()
        self.is_slow = False
        self.direct = self._descriptor
        self._forgive()
        if self.on_drained:
            self.on_drained()

    def connection_lost(self, exc: Exception | None) -> None:
        """Ends the waiting for it."""
        self.is_slow = False
        self._close_soon()
        self._forgive()
        super().connection_lost(exc)
        # What holds this and is held by it would wait for the collector of cycles.
        self.on_blocked = self.on_drained = None
        if hasattr(self, "scope"):
            cast("dict[str, object]", self.scope["extensions"]).pop(EXTENSION, None)

    def _forgive(self) -> None:
        if self._stalled:
            self._stalled.cancel()
            self._stalled = None

    def _let_go(self) -> None:
        """Says why, for who reads it still, and cuts the connection."""
        if self.conn.state is State.OPEN and self.handshake_complete:
            self.conn.send_close(SLOW, "Reading too slowly")
            self.transport.write(b"".join(self.conn.data_to_send()))
            self.close_sent = True
            self.queue.put_nowait({"type": "websocket.disconnect", "code": SLOW})
        self._stalled = self.loop.call_later(FAREWELL.total_seconds(), self.transport.abort)


def end_with_unanswering_peers(plain: socket.socket, after: timedelta) -> None:
    """Has the system end connections whose peer acknowledges nothing, or takes nothing, for so long.

    Linux only (TCP_USER_TIMEOUT); connections that are accepted have what the listening socket has.
    """
    option = getattr(socket, "TCP_USER_TIMEOUT", None)
    if option is not None:
        plain.setsockopt(socket.IPPROTO_TCP, option, int(after.total_seconds() * 1000))
