"""Serving: one uvicorn server on a socket that is bound before anything else starts."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import timedelta

import uvicorn
from starlette.types import ASGIApp

from app.web.http_protocol import HttpProtocol
from app.web.sockets import Socket, end_with_unanswering_peers

FRAME_BYTES = 64 * 1024
"""The longest websocket frame; HTTP bodies have the same limit."""
GRACE_SECONDS = 2
"""How long open requests and sockets may take to end when the server stops."""
KEEP_ALIVE = timedelta(seconds=75)
"""How long a connection stays open for the next request: longer than clients and proxies keep theirs (httpx 5 s, nginx
60 s), or a request would now and then be sent into its closing. uvicorn's 5 s are just as long as httpx's.
"""
BACKLOG = 2048
UNANSWERING = timedelta(seconds=60)
"""How long a client may acknowledge nothing, or take nothing of an answer; websockets have less."""


class AddressUnavailable(Exception):
    """Host and port cannot be listened on; the message is one sentence for whoever started the server."""


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes any free one. Raises `AddressUnavailable`."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise AddressUnavailable(f"Cannot listen on {host} port {port}: {error.strerror or error}.") from None
    # asyncio sets it only where a socket knows its protocol; without it answers wait 40 ms for a delayed ACK.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    end_with_unanswering_peers(listening, UNANSWERING)
    return listening


class Server(uvicorn.Server):
    """uvicorn, stopped by `stop()` alone: the process's signals belong to the command line."""

    def __init__(self, app: ASGIApp, trusted_proxies: Sequence[str]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                lifespan="off",
                http=HttpProtocol,
                ws=Socket,
                ws_max_size=FRAME_BYTES,
                ws_per_message_deflate=False,
                timeout_graceful_shutdown=GRACE_SECONDS,
                timeout_keep_alive=int(KEEP_ALIVE.total_seconds()),
                log_level="warning",
                access_log=False,
                proxy_headers=bool(trusted_proxies),
                forwarded_allow_ips=list(trusted_proxies),
                server_header=False,
            )
        )

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leaves the signals alone."""
        yield

    def stop(self) -> None:
        """Ends `serve` once open requests have ended, or after the grace."""
        self.should_exit = True


@contextlib.asynccontextmanager
async def serving(app: ASGIApp, listening: socket.socket, trusted_proxies: Sequence[str] = ()) -> AsyncIterator[Server]:
    """A server that answers while this is open; it takes clients' addresses from the headers of trusted proxies."""
    server = Server(app, trusted_proxies)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(server.serve([listening]), name="server")
        try:
            yield server
        finally:
            server.stop()
            await task


@contextlib.contextmanager
def stop_signals() -> Iterator[asyncio.Event]:
    """An event that Ctrl-C (SIGINT) and SIGTERM set."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    signals = (signal.SIGINT, signal.SIGTERM)
    for one in signals:
        loop.add_signal_handler(one, stop.set)
    try:
        yield stop
    finally:
        for one in signals:
            loop.remove_signal_handler(one)
