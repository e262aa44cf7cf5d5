"""The bus: one channel for each Space, through memory or Redis."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from broadcaster import Broadcast, Event

from app.bus.backends import MAILBOX_SIZE, Backend, BusUnavailable, MemoryBackend, Message
from app.bus.redis import RedisBackend

log = logging.getLogger(__name__)


class Bus:
    """Messages between all server processes that share a broadcast URL (memory:// or redis://).

    Inside `async with Bus(url) as bus:` a message reaches every subscription of its Space that exists when it is
    published, those of the publisher's own process included, and in order for each publisher. Messages get lost
    where Redis fails or a subscriber falls behind: each subscription that may have missed some is given `None`.
    """

    def __init__(self, url: str) -> None:
        scheme = urlsplit(url).scheme
        if scheme not in {"memory", "redis", "rediss", "unix"}:
            raise BusUnavailable(f"BROADCAST_URL must start with memory:// or redis://, not with {scheme!r}.")
        self._broadcast = _Broadcast(MemoryBackend() if scheme == "memory" else RedisBackend(url))

    async def __aenter__(self) -> Self:
        """Connects. Raises `BusUnavailable`."""
        await self._broadcast.connect()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._broadcast.disconnect()

    @property
    def is_up(self) -> bool:
        """Whether messages pass, as far as is known: the loss of Redis is known within a second."""
        return self._broadcast.is_up

    async def publish(self, space_id: str, message: bytes) -> None:
        """Hands a message to everyone who is subscribed now. Raises `BusUnavailable` within `REDIS_SECONDS`."""
        await self._broadcast.publish(_channel(space_id), message)

    def subscribe(self, space_id: str) -> AbstractAsyncContextManager[AsyncIterator[bytes | None]]:
        """The messages of one Space from now on, without end; `None` where some may have been missed. Cancel-safe.

        Entering waits until messages are heard, so that a state read afterwards lacks nothing.
        """
        return self._broadcast.messages(_channel(space_id))


def _channel(space_id: str) -> str:
    return f"spaces:{space_id}"


class _Mailbox(asyncio.Queue[Event | None]):
    """A subscriber's queue with a bound, and a rule for what happens there; broadcaster's own has none."""

    def __init__(self, channel: str) -> None:
        super().__init__(MAILBOX_SIZE)
        self._channel = channel

    async def put(self, item: Event | None) -> None:
        if self.full():
            while not self.empty():
                self.get_nowait()
            item = Message(self._channel, None)
        self.put_nowait(item)

    async def messages(self) -> AsyncGenerator[bytes | None, None]:
        while True:
            item = await self.get()
            assert isinstance(item, Message)
            yield item.data


class _Broadcast(Broadcast):
    """broadcaster, with the subscribing made safe.

    Its own `subscribe` loses messages and raises KeyError when two come first at once, or when one is cancelled.
    """

    def __init__(self, backend: Backend) -> None:
        super().__init__(backend=backend)
        self._reliable = backend
        self._changing = asyncio.Lock()

    @asynccontextmanager
    async def messages(self, channel: str) -> AsyncIterator[AsyncIterator[bytes | None]]:
        mailbox = _Mailbox(channel)
        self._subscribers.setdefault(channel, set()).add(mailbox)
        try:
            async with self._changing:
                await self._reliable.subscribe(channel)
            await self._reliable.until_heard(channel)
            async with aclosing(mailbox.messages()) as messages:
                yield messages
        finally:
            self._subscribers[channel].discard(mailbox)
            async with self._changing:
                if not self._subscribers.get(channel, True):
                    del self._subscribers[channel]
                    await self._backend.unsubscribe(channel)

    @property
    def is_up(self) -> bool:
        return self._reliable.is_up and not self._listener_task.done()

    async def disconnect(self) -> None:
        self._listener_task.cancel()
        await asyncio.wait({self._listener_task})
        await self._backend.disconnect()
