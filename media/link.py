"""The sound of WebSocket sessions between web and media process: datagrams in order, on sockets of their own.

Beside the control channel, so that neither waits for the other. What does not fit into the socket is dropped, newest
first: there is never more than the system's buffer, a fraction of a second for a full Space, and no old sound.
"""

import asyncio
import itertools
import logging
import socket
import struct
from collections.abc import Callable
from typing import Final

from media.frames import MAX_FRAME

AT_ONCE: Final = 64
"""Datagrams taken before anything else has its turn."""

Receive = Callable[[bytes | None], None]
"""Takes a line's frames; None when the other end is gone. Never raises."""

_LINE: Final = struct.Struct("!L")

log = logging.getLogger(__name__)


def socket_pair() -> tuple[socket.socket, socket.socket]:
    """Two connected ends, for `Link`."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


class Link:
    """One end. Frames travel on lines, which have numbers; those of a line that nobody attached are dropped.

    It belongs to the running loop, until `close` or the other end's.
    """

    def __init__(self, end: socket.socket) -> None:
        end.setblocking(False)
        self.dropped = 0
        self._end = end
        self._lines: dict[int, Receive] = {}
        self._numbers = itertools.count(1)
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(end, self._read)

    @property
    def closed(self) -> bool:
        """Whether nothing comes or goes any more."""
        return self._end.fileno() == -1

    def open_line(self, receive: Receive) -> int:
        """The number of a new line; it is for the web process to open them."""
        number = next(self._numbers)
        self.attach(number, receive)
        return number

    def attach(self, number: int, receive: Receive) -> None:
        """Has `receive` take the frames of a line. On a closed link it learns at once that the other end is gone."""
        if self.closed:
            receive(None)
        else:
            self._lines[number] = receive

    def detach(self, number: int) -> None:
        """Frames of the line are dropped from now on; one that was not attached is no error."""
        self._lines.pop(number, None)

    def send(self, number: int, frame: bytes) -> bool:
        """Sends a frame, or drops it, and says which. Never blocks and never raises."""
        try:
            self._end.send(_LINE.pack(number) + frame)
        except OSError:
            # The system's buffer is full, or the other end is gone, which `_read` finds.
            self.dropped += 1
            return False
        return True

    def close(self) -> None:
        """Closes this end, and tells all lines; safe to call twice."""
        if self.closed:
            return
        self._loop.remove_reader(self._end)
        self._end.close()
        for receive in list(self._lines.values()):
            receive(None)
        self._lines.clear()

    def _read(self) -> None:
        for _ in range(AT_ONCE):
            try:
                data = self._end.recv(_LINE.size + MAX_FRAME)
            except BlockingIOError:
                return
            except OSError:
                log.exception("The sound of WebSockets is cut off.")
                data = b""
            if not data:
                self.close()
                return
            if receive := self._lines.get(*_LINE.unpack_from(data)):
                receive(data[_LINE.size :])
