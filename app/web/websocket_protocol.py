"""uvicorn's websocket protocol, made light: there are thousands of these, and almost all do the same few things."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from typing import Any, Final, cast
from urllib.parse import unquote

import uvicorn
from uvicorn._types import ASGIReceiveEvent, ASGISendEvent, HTTPScope
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol

from app.web.frames import PING, PONG, SHORT, TEXT, header, whole
from app.web.upgrades import Upgrade, response
from app.web.waiting import Flag, Inbox

LONG: Final = 1024
UNHEARD: Final = 8
"""A text of more letters, or so many more texts, and nothing more is read until the application has heard them."""
PROBE: Final = b"here"
PROBING: Final = bytes((PING, len(PROBE))) + PROBE
"""Asks whether the client is still there."""


class WebsocketProtocol(WebSocketsSansIOProtocol):
    """The usual handshake is answered here, and whole text frames are read and written here.

    As soon as anything else comes (a fragment, a close, what breaks the protocol) websockets' protocol takes over,
    which is what uvicorn would have from the start.
    """

    _granted: bytes | None = None
    """The handshake that the application has not accepted yet."""
    _library: ServerProtocol | None = None
    # uvicorn's, as they are at first; who differs has their own. So many there are that this is worth it.
    handshake_initiated = handshake_complete = close_sent = disconnected = read_paused = False
    close_timer = initial_response = ping_timer = pong_timer = pending_ping_payload = None
    server: tuple[str, int | None] | None = None
    client: tuple[str, int] | None = None
    transport: asyncio.Transport = None  # type: ignore[assignment]
    scheme = None  # type: ignore[assignment]
    close_timeout = 10.0
    ping_sent_at = last_ping_rtt = 0.0
    curr_msg_data_type = "bytes"
    logger = logging.getLogger("uvicorn.error")

    def __init__(
        self,
        config: uvicorn.Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        # Not uvicorn's, which makes what only few need: a test compares the two.
        self.config = config
        self.app = config.loaded_app
        self.loop = _loop or asyncio.get_running_loop()
        self.root_path = config.root_path
        self.asgi_version = config.asgi_version
        self.app_state = app_state
        self.connections = server_state.connections
        self.tasks = server_state.tasks
        self.default_headers = server_state.default_headers
        self.queue = Inbox[ASGIReceiveEvent]()  # type: ignore[assignment]
        self.writable = Flag(is_set=True)  # type: ignore[assignment]
        self.ping_interval = config.ws_ping_interval
        self.ping_timeout = config.ws_ping_timeout
        self.frames: list[bytes] = []

    @property
    def conn(self) -> ServerProtocol:  # type: ignore[override]
        """websockets' protocol, made when it is needed."""
        if self._library is None:
            state = State.OPEN if self.handshake_initiated else State.CONNECTING
            self._library = self._protocol(state)
        return self._library

    def _protocol(self, state: State) -> ServerProtocol:
        return ServerProtocol(state=state, max_size=self.config.ws_max_size, logger=self.logger)

    def upgraded(self, transport: asyncio.Transport, upgrade: Upgrade, scope: HTTPScope) -> None:
        """Takes a connection over from HTTP, instead of `connection_made`; `scope` is of the request."""
        self.transport = transport
        self.connections.add(self)
        self._granted, self.handshake_initiated = upgrade.accept, True
        path, _, query = upgrade.url.partition(b"?")
        self.scope = {
            "type": "websocket",
            "asgi": {"version": self.asgi_version, "spec_version": "2.4"},
            "http_version": "1.1",
            "scheme": "wss" if scope["scheme"] == "https" else "ws",
            "server": scope["server"],
            "client": scope["client"],
            "root_path": self.root_path,
            "path": self.root_path + unquote(path.decode("ascii")),
            "raw_path": self.root_path.encode("ascii") + path,
            "query_string": query,
            "headers": list(upgrade.headers),
            "subprotocols": upgrade.subprotocols,
            "state": self.app_state.copy(),
            "extensions": {"websocket.http.response": {}},
        }
        self.queue.put_nowait({"type": "websocket.connect"})
        task = self.loop.create_task(self.run_asgi())
        task.add_done_callback(self.on_task_complete)
        self.tasks.add(task)

    def start_keepalive(self) -> None:
        """The handshake is over, and what was only for it goes: there are many of these."""
        super().start_keepalive()
        self.__dict__.pop("request", None)
        self.__dict__.pop("response", None)

    def data_received(self, data: bytes) -> None:
        """Whole texts and pongs are read here, all else from then on by the library."""
        if self._library is None and self.handshake_initiated:
            data = self._read(data)
        if data:
            super().data_received(data)

    def _read(self, data: bytes) -> bytes:
        """Reads what is usual, and answers with the rest."""
        start, longest = 0, self.config.ws_max_size
        while frame := whole(data, start):
            if frame.kind == TEXT and len(frame.content) <= longest:
                try:
                    text = frame.content.decode()
                except UnicodeDecodeError:
                    break
                self._hear(text)
            elif frame.kind == PONG and len(frame.content) < SHORT:
                self.handle_pong(Frame(Opcode.PONG, frame.content))
            else:
                break
            start = frame.end
        return data[start:]

    def _hear(self, text: str) -> None:
        if self.close_sent:
            return
        self.queue.put_nowait({"type": "websocket.receive", "text": text})
        if not self.read_paused and (len(text) > LONG or len(self.queue) > UNHEARD):  # type: ignore[arg-type]
            self.read_paused = True
            self.transport.pause_reading()

    async def send(self, message: ASGISendEvent) -> None:
        """What uvicorn's does, a shorter way for what is usual."""
        if self._granted is not None:
            if message["type"] == "websocket.accept":
                self._accept(message.get("subprotocol"), message.get("headers", ()))
                return
            self._disagree()
        elif self._library is None and message["type"] == "websocket.send" and message.get("text") is not None:
            await self.writable.wait()
            if self.disconnected:
                raise ClientDisconnected
            self.tell(cast("str", message["text"]).encode())
            return
        await super().send(message)

    def send_500_response(self) -> None:
        """For an application that failed before it accepted."""
        self._disagree()
        super().send_500_response()

    def _accept(self, subprotocol: str | None, headers: Iterable[tuple[bytes, bytes]]) -> None:
        if self.disconnected:
            raise ClientDisconnected
        if self._granted is not None and not self.transport.is_closing():
            self.handshake_complete = True
            self.transport.write(response(self._granted, subprotocol, [*self.default_headers, *headers]))
            self.start_keepalive()
        self._granted = None

    def _disagree(self) -> None:
        """What refuses a handshake is the library's to write."""
        if self._granted is not None:
            self._granted = None
            self._library = self._protocol(State.CONNECTING)

    def send_keepalive_ping(self) -> None:
        """Pings without making the library's protocol."""
        if self._library is not None:
            super().send_keepalive_ping()
            return
        self.ping_timer = None
        if self.transport.is_closing():
            return
        self.pending_ping_payload = PROBE
        self.ping_sent_at = self.loop.time()
        self.transport.write(PROBING)
        if self.ping_timeout is not None:
            self.pong_timer = self.loop.call_later(self.ping_timeout, self.keepalive_timeout)
        else:
            self.schedule_ping()

    @property
    def takes_frames(self) -> bool:
        """Whether `write` is of use here: nothing is compressed."""
        return self._library is None or not self._library.extensions

    def write(self, frames: bytes) -> None:
        """Sends whole text frames; nothing where the connection is closing."""
        if not self.close_sent and not self.transport.is_closing():
            self.transport.write(frames)

    def tell(self, text: bytes) -> None:
        """Sends one text."""
        self.write(header(len(text)) + text)
