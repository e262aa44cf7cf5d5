"""A session's UDP socket, read when it suits us and not when the loop finds something in it."""

import asyncio
import os
import socket
from collections.abc import Iterator
from typing import Any, Final

MAX_BYTES: Final = 2048
"""Of a datagram; media over RTP stay below the network's 1500."""


class Inlet:
    """Takes a transport's socket from the loop, which otherwise is woken for every datagram: that costs more than all
    that is done with one. What is sent by the transport still is. `close` it, and the transport as before."""

    def __init__(self, transport: asyncio.DatagramTransport) -> None:
        number = transport.get_extra_info("socket").fileno()
        loop: Any = asyncio.get_running_loop()
        loop._remove_reader(number)
        self._socket = socket.socket(fileno=os.dup(number))
        self._socket.setblocking(False)

    def read(self, limit: int) -> Iterator[tuple[bytes, tuple[Any, ...]]]:
        """What waits, at most `limit` datagrams, and where each came from. Never blocks."""
        for _ in range(limit):
            try:
                yield self._socket.recvfrom(MAX_BYTES)
            except BlockingIOError:
                return
            except OSError:
                # An earlier datagram of ours met nobody (ICMP); the next one may be there.
                continue

    def close(self) -> None:
        """Nothing more is read. Safe to call twice."""
        self._socket.close()
