"""What the system around a browser does: its media keys, and whether there is a network."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.browser.browsers import ChromiumPage

HANDLERS = """
const set = MediaSession.prototype.setActionHandler;
globalThis.actionHandlers = {};
// Of what was fetched the browser would keep 250 lines: live sound fills them in half a minute.
performance.setResourceTimingBufferSize(100_000);
MediaSession.prototype.setActionHandler = function (action, handler) {
  set.call(this, action, handler);
  if (handler) actionHandlers[action] = handler;
  else delete actionHandlers[action];
};
"""


async def watch_controls(page: ChromiumPage) -> None:
    """From the next page on, `Visitor.read("control", ...)` does what a media key does.

    No key reaches a headless Chromium: where nobody shows them, the system's controls are nobody's.
    """
    await page.command("Page.enable")
    await page.command("Page.addScriptToEvaluateOnNewDocument", source=HANDLERS)


def free_port() -> int:
    """One that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as one:
        port: int = one.getsockname()[1]
        return port


class Line:
    """What leads to a server, and can be cut: nothing is closed then, and nothing comes through.

    `url` is where it begins, `port` where the server is to be.
    """

    def __init__(self, url: str, port: int) -> None:
        self.url = url
        self.port = port
        self.is_cut = False
        self.ends: set[LineEnd] = set()

    def cut(self) -> None:
        """Nothing passes any more, in either direction."""
        self.is_cut = True
        for end in self.ends:
            end.transport.pause_reading()

    def mend(self) -> None:
        """What waits passes, and all that follows."""
        self.is_cut = False
        for end in self.ends:
            end.transport.resume_reading()


class LineEnd(asyncio.Protocol):
    """One end of a connection: what it gets, the other sends. Made without `other`, it calls the server."""

    transport: asyncio.Transport

    def __init__(self, line: Line, other: LineEnd | None = None) -> None:
        self._line = line
        self._other = other
        self._early: list[bytes] = []
        self._calling: asyncio.Task[object] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See `asyncio.Protocol`."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._line.ends.add(self)
        if self._line.is_cut:
            transport.pause_reading()
        if self._other:
            self._other.answered(self)
        else:
            loop = asyncio.get_running_loop()
            calling = loop.create_connection(lambda: LineEnd(self._line, self), "127.0.0.1", self._line.port)
            self._calling = loop.create_task(calling, name="line")

    def answered(self, other: LineEnd) -> None:
        """The server has."""
        self._other = other
        for data in self._early:
            other.transport.write(data)

    def data_received(self, data: bytes) -> None:
        """See `asyncio.Protocol`."""
        if self._other:
            self._other.transport.write(data)
        else:
            self._early.append(data)

    def connection_lost(self, error: Exception | None) -> None:
        """See `asyncio.Protocol`."""
        self._line.ends.discard(self)
        if self._other:
            self._other.transport.close()


@asynccontextmanager
async def line() -> AsyncIterator[Line]:
    """One to a port that is free."""
    loop = asyncio.get_running_loop()
    wire: Line
    server = await loop.create_server(lambda: LineEnd(wire), "127.0.0.1", 0)
    wire = Line(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", free_port())
    try:
        yield wire
    finally:
        server.close()
        for end in list(wire.ends):
            end.transport.abort()
