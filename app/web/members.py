"""Members: each operation that is served from a group, at the pace of its client."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Final, NoReturn, Protocol

import orjson
from graphql import GraphQLError

from app.web.frames import Batch, opening
from app.web.groups import PORTION, Group
from app.web.ring import Entry
from app.web.waiting import Flag

KEPT_OF_THE_NEXT: Final = 25
"""Payloads that wait for a slow member of a group that tells no state; the oldest give way."""
GONE: Final = -1
NOT_DIRECT: Final = -1

SendText = Callable[[str], Awaitable[None]]


class Ended(Exception):
    """Nothing more comes: the operation ends with these errors; none: it is complete."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__(errors)
        self.errors = errors


class Socket(Protocol):
    """Where whole frames are written. `on_drained` is called when it is `writable` again: not `is_slow`.

    `direct` is a descriptor that they may be written to as well; `on_blocked` is called when it is so no more.
    """

    writable: asyncio.Event
    is_slow: bool
    direct: int
    on_blocked: Callable[[], None] | None
    on_drained: Callable[[], None] | None

    def write(self, frames: bytes) -> None:
        """Sends them, or keeps them until the client reads."""


class Line:
    """A connection, as the members see it that share it."""

    __slots__ = ("members", "socket")

    def __init__(self, socket: Socket) -> None:
        self.socket = socket
        self.members: list[Pushed] = []
        socket.on_blocked = self._blocked
        socket.on_drained = self._drained

    def _blocked(self) -> None:
        for member in self.members:
            member.direct = NOT_DIRECT

    def _drained(self) -> None:
        for member in list(self.members):
            member.catch_up()


class Member(ABC):
    """One operation. `serve` is its life; `leave` takes it out at once, from wherever it is called."""

    __slots__ = ("_group", "_is_behind", "_known", "_woken", "cursor", "direct", "opening")

    def __init__(self, group: Group, operation_id: str) -> None:
        self._group = group
        self.opening = opening(orjson.dumps(operation_id))
        self.cursor = GONE
        self.direct = NOT_DIRECT
        self._known: int | None = None
        self._is_behind = False
        self._woken = Flag()

    async def serve(self, after: int | None) -> NoReturn:
        """Everything from a start to the end of the broadcast. Raises `Ended`."""
        try:
            while True:
                start = await self._group.start(after)
                for batch in start.batches:
                    await self._send(batch)
                if start.errors is not None:
                    raise Ended(start.errors)
                self._enter(start.version)
                await self._follow()
                if not self._is_behind:
                    raise Ended(self._group.errors or [])
                after = None
        finally:
            self.leave()

    def leave(self) -> None:
        """Nothing is sent from now on."""
        self.cursor = GONE
        self._group.members.pop(self, None)

    def tell(self, start: int, end: int, batch: Batch) -> None:
        """See `groups.Listening`."""
        self.catch_up()

    def write(self, frames: bytes) -> None:
        """See `groups.Listening`; only for whom `direct` is set."""
        raise AssertionError("nobody writes to this one directly")

    @abstractmethod
    def catch_up(self) -> None:
        """See `groups.Listening`."""

    @abstractmethod
    async def _send(self, batch: Batch) -> None:
        """Sends a batch, when the client can take it."""

    @abstractmethod
    async def _follow(self) -> None:
        """Returns when all was sent that will ever be, or the member is behind."""

    def _enter(self, version: int | None) -> None:
        ring = self._group.ring
        self._woken.clear()
        self._is_behind, self._known = False, None
        if version is None:
            self.cursor = max(ring.start, ring.end - 1) if self._group.begins == "with the newest" else ring.end
        elif version > ring.version:
            # The group will come to what this one was told already.
            self.cursor, self._known = ring.end, version
        else:
            place = ring.after(version)
            self._is_behind = place is None
            self.cursor = ring.end if place is None else place
        self._group.members[self] = None
        self.catch_up()

    def _next(self) -> list[bytes]:
        """What comes next, not more than a portion; then it has been read. Nothing: wait, or `_is_done`."""
        ring = self._group.ring
        if self.cursor == GONE:
            return []
        self._skip_what_is_lost()
        while not self._is_behind and self.cursor < ring.end:
            entries = ring.some(self.cursor, PORTION)
            self.cursor += len(entries)
            if self._known is None:
                return [one.payload for one in entries]
            if payloads := [one.payload for one in entries if self._is_news(one)]:
                return payloads
        return []

    def _skip_what_is_lost(self) -> None:
        ring = self._group.ring
        match self._group.begins:
            case "with the state":
                self._is_behind = self._is_behind or self.cursor < ring.start
            case "with the newest":
                self.cursor = max(self.cursor, ring.end - 1, ring.start)
            case "with the next":
                self.cursor = max(self.cursor, ring.end - KEPT_OF_THE_NEXT, ring.start)

    def _is_news(self, entry: Entry) -> bool:
        """Whether this one was not told it when it began."""
        if self._known is None:
            return True
        if entry.version > self._known or (entry.is_beat and entry.version == self._known):
            self._known = None
            return True
        return False

    @property
    def _is_done(self) -> bool:
        return self._is_behind or self.cursor == GONE or (self._group.over and self.cursor >= self._group.ring.end)


class Pushed(Member):
    """Frames are written to the socket by the group itself, or when the client has read what it had."""

    __slots__ = ("_line", "_socket")

    def __init__(self, group: Group, operation_id: str, line: Line) -> None:
        super().__init__(group, operation_id)
        self._line = line
        self._socket = line.socket
        line.members.append(self)

    def leave(self) -> None:
        """Nothing is sent from now on."""
        super().leave()
        if self in self._line.members:
            self._line.members.remove(self)

    def tell(self, start: int, end: int, batch: Batch) -> None:
        """One write, and nothing is looked up."""
        if self.cursor == start and self._known is None and not self._socket.is_slow:
            self.cursor = end
            self._socket.write(batch.frames(self.opening))
        else:
            self.catch_up()

    def write(self, frames: bytes) -> None:
        """See `groups.Listening`."""
        self._socket.write(frames)

    def catch_up(self) -> None:
        """Writes until everything is written or the client is slow: then it is called again when that has read."""
        while not self._socket.is_slow:
            payloads = self._next()
            if not payloads:
                if self._is_done:
                    self._woken.set()
                self.direct = self._socket.direct if self._known is None else NOT_DIRECT
                return
            self._socket.write(Batch(payloads).frames(self.opening))

    async def _send(self, batch: Batch) -> None:
        await self._socket.writable.wait()
        self._socket.write(batch.frames(self.opening))

    async def _follow(self) -> None:
        await self._woken.wait()


class Pulling(Member):
    """The operation's own task reads the ring and sends messages: for servers that make the frames themselves."""

    __slots__ = ("_send_text",)

    def __init__(self, group: Group, operation_id: str, send: SendText) -> None:
        super().__init__(group, operation_id)
        self._send_text = send

    def catch_up(self) -> None:
        """Wakes the task."""
        self._woken.set()

    async def _send(self, batch: Batch) -> None:
        for text in batch.messages(self.opening):
            await self._send_text(text)

    async def _follow(self) -> None:
        while True:
            self._woken.clear()
            if payloads := self._next():
                await self._send(Batch(payloads))
            elif self._is_done:
                return
            else:
                await self._woken.wait()
