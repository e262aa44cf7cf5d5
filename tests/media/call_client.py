"""A client of `spaces-audio.v1` for tests: a WebSocket, real Opus, and what the server said."""

from __future__ import annotations

import asyncio
import json
import struct
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import numpy as np
from websockets import ConnectionClosed, Subprotocol
from websockets.asyncio.client import ClientConnection, connect

from media.opus import TICK, Sound, open_decoder
from tests.waiting import until

PROTOCOL = Subprotocol("spaces-audio.v1")
PACKET_SECONDS = 0.02
HEADER = struct.Struct("!BBHL")


@dataclass
class Caller:
    """Made by `call`; answers pings unless told otherwise, and keeps what comes."""

    socket: ClientConnection
    frames: list[tuple[int, int, bytes]] = field(default_factory=list)
    """Sequence number, timestamp and Opus packet of each."""
    arrivals: list[float] = field(default_factory=list)
    """When each frame came, by the monotonic clock."""
    said: list[dict[str, Any]] = field(default_factory=list)
    """Messages of the server, but for pings."""
    closed: tuple[int, str] | None = None
    """Code and reason of the server's close."""
    answers: bool = True

    async def listen(self) -> None:
        """Until the server closes."""
        try:
            async for message in self.socket:
                if isinstance(message, bytes):
                    kind, flags, sequence, timestamp = HEADER.unpack_from(message)
                    assert (kind, flags) == (0, 0)
                    self.frames.append((sequence, timestamp, message[HEADER.size :]))
                    self.arrivals.append(time.monotonic())
                elif (said := json.loads(message))["type"] != "ping":
                    self.said.append(said)
                elif self.answers:
                    await self.say(type="pong", number=said["number"])
        except ConnectionClosed:
            pass
        self.closed = (self.socket.close_code or 0, self.socket.close_reason or "")

    async def say(self, **message: object) -> None:
        """Sends a message; to a server that has closed it does nothing."""
        with suppress(ConnectionClosed):
            await self.socket.send(json.dumps(message))

    async def send(self, number: int, payload: bytes, flags: int = 0) -> None:
        """Sends a packet, 20 ms after the one of the number before."""
        header = HEADER.pack(0, flags, number & 0xFFFF, number * TICK & 0xFFFFFFFF)
        await self.socket.send(header + payload)

    async def send_in_time(self, packets: Sequence[bytes]) -> None:
        """Sends the packets over and over, one each 20 ms, until cancelled or closed."""
        begun = time.monotonic()
        for number in count():
            await asyncio.sleep(begun + number * PACKET_SECONDS - time.monotonic())
            try:
                await self.send(number, packets[number % len(packets)])
            except ConnectionClosed:
                return

    async def hears(self, number: int) -> list[tuple[int, int, bytes]]:
        """Waits for so many more frames, and answers these."""
        begun = len(self.frames)
        await until(lambda: len(self.frames) >= begun + number, f"{number} more frames")
        return self.frames[begun : begun + number]

    async def ends(self) -> int:
        """Waits until the server has closed; the code."""
        await until(lambda: self.closed is not None, "the call is closed")
        assert self.closed is not None
        return self.closed[0]

    def microphone(self) -> str | None:
        """The newest word of the server on the microphone."""
        states = [one["state"] for one in self.said if one["type"] == "microphone"]
        return states[-1] if states else None


@asynccontextmanager
async def calling(address: str, *, hello: object = None, protocol: Subprotocol = PROTOCOL) -> AsyncIterator[Caller]:
    """A connected socket within the block, which has said hello (None: as most do; "": nothing)."""
    async with connect(address, subprotocols=[protocol], compression=None) as socket:
        caller = Caller(socket)
        listening = asyncio.create_task(caller.listen())
        if hello != "":
            with suppress(ConnectionClosed):
                await socket.send(json.dumps({"type": "hello"} if hello is None else hello))
        try:
            yield caller
        finally:
            await socket.close()
            await listening


def decoded(frames: Sequence[tuple[int, int, bytes]]) -> Sound:
    """The sound of frames in the order in which they came; what a busy server left out is concealed."""
    decoder, pieces, next_number = open_decoder(), list[Sound](), frames[0][0]
    for sequence, _, payload in frames:
        missing = (sequence - next_number) % 2**16
        assert missing < 2**15, "none comes twice, or late"
        pieces += [decoder.conceal(TICK) for _ in range(missing)]
        pieces.append(decoder.decode(payload))
        next_number = sequence + 1
    return np.concatenate(pieces)
