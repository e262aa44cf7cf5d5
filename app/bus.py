"""The doorbell between server processes: one channel for each Space, through memory or Redis."""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager, suppress
from types import TracebackType
from typing import Any, Final, Self, TypeAlias
from urllib.parse import urlsplit

from broadcaster import Broadcast, BroadcastBackend, Event
from redis import asyncio as redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

MAILBOX_SIZE: Final = 256
"""Messages that wait for one subscriber; where more come, all of them give way to one `None`."""
HEARD_SECONDS: Final = 2.0
"""How long a new subscription waits for Redis to confirm it; later, `None` says that messages were missed."""
REDIS_SECONDS: Final = 2.0
"""How long connecting to Redis, or publishing, may take."""
RECONNECT_SECONDS: Final = 0.5
PING_SECONDS: Final = 5.0
"""A Redis that was silent for this long is pinged, and is taken for dead when it is silent as long again."""
OWN_CHANNEL: Final = "spaces"
"""Subscribed from the start and never published to: redis-py reads no connection without a subscription."""

Command: TypeAlias = Callable[[], Awaitable[Any]]

log = logging.getLogger(__name__)


class BusUnavailable(Exception):
    """The bus cannot be reached; the message is one sentence for people."""


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
        self._broadcast = _Broadcast(_MemoryBackend() if scheme == "memory" else _RedisBackend(url))

    async def __aenter__(self) -> Self:
        """Connects. Raises `BusUnavailable`."""
        await self._broadcast.connect()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._broadcast.disconnect()

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


class _Message(Event):
    """A message as broadcaster passes it on; `data` is None where messages were lost."""

    def __init__(self, channel: str, data: bytes | None) -> None:
        super().__init__(channel, "")
        self.data = data


class _Mailbox(asyncio.Queue[Event | None]):
    """A subscriber's queue with a bound, and a rule for what happens there; broadcaster's own has none."""

    def __init__(self, channel: str) -> None:
        super().__init__(MAILBOX_SIZE)
        self._channel = channel

    async def put(self, item: Event | None) -> None:
        if self.full():
            while not self.empty():
                self.get_nowait()
            item = _Message(self._channel, None)
        self.put_nowait(item)

    async def messages(self) -> AsyncGenerator[bytes | None, None]:
        while True:
            item = await self.get()
            assert isinstance(item, _Message)
            yield item.data


class _Broadcast(Broadcast):
    """broadcaster, with the subscribing made safe.

    Its own `subscribe` loses messages and raises KeyError when two come first at once, or when one is cancelled.
    """

    def __init__(self, backend: "_Backend") -> None:
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

    async def disconnect(self) -> None:
        self._listener_task.cancel()
        await asyncio.wait({self._listener_task})
        await self._backend.disconnect()


class _Backend(BroadcastBackend, ABC):
    """What is asked of a backend besides: `subscribe` only sends, any number of times, and never fails."""

    @abstractmethod
    async def until_heard(self, channel: str) -> None:
        """Returns once messages of a subscribed channel arrive, or once `None` is sure to come before they do."""


class _MemoryBackend(_Backend):
    """Within one process."""

    def __init__(self) -> None:
        self._published: asyncio.Queue[Event] = asyncio.Queue(MAILBOX_SIZE)

    async def connect(self) -> None: ...

    async def disconnect(self) -> None: ...

    async def subscribe(self, channel: str) -> None: ...

    async def unsubscribe(self, channel: str) -> None: ...

    async def until_heard(self, channel: str) -> None: ...

    async def publish(self, channel: str, message: Any) -> None:
        await self._published.put(_Message(channel, message))

    async def next_published(self) -> Event:
        return await self._published.get()


class _RedisBackend(_Backend):
    """Redis pub/sub that outlives its connection.

    broadcaster's own receives nothing through redis-py 8, and stops for ever when the connection breaks once.
    """

    def __init__(self, url: str) -> None:
        # No socket_timeout: redis-py keeps it by asyncio.wait_for, which in Python 3.11 swallows a cancellation
        # that comes as the write ends.
        self._redis = redis.Redis.from_url(
            url, socket_connect_timeout=REDIS_SECONDS, socket_timeout=None, retry=Retry(NoBackoff(), 0)
        )
        self._pubsub = self._redis.pubsub()
        self._heard: dict[str, asyncio.Event] = {}
        self._sending: asyncio.Future[None] | None = None
        self._pinged = False

    async def connect(self) -> None:
        try:
            async with asyncio.timeout(REDIS_SECONDS):
                await self._pubsub.subscribe(OWN_CHANNEL)
        except (RedisError, OSError) as error:
            await self.disconnect()
            raise BusUnavailable(f"Redis at BROADCAST_URL cannot be used: {_reason(error)}.") from None

    async def disconnect(self) -> None:
        if self._sending:
            await self._sending
        await self._pubsub.aclose()  # type: ignore[no-untyped-call]
        await self._redis.aclose()

    async def subscribe(self, channel: str) -> None:
        if channel not in self._heard:
            self._heard[channel] = asyncio.Event()
            await self._send(lambda: self._pubsub.subscribe(channel))

    async def until_heard(self, channel: str) -> None:
        heard = self._heard[channel]
        try:
            async with asyncio.timeout(HEARD_SECONDS):
                await heard.wait()
        except TimeoutError:
            heard.set()  # from now on a confirmation ends a gap

    async def unsubscribe(self, channel: str) -> None:
        self._heard.pop(channel, None)
        await self._send(lambda: self._pubsub.unsubscribe(channel))

    async def _send(self, command: Command) -> None:
        """Sends to the end even if its caller is cancelled: redis-py drops a connection that it half wrote to."""
        self._sending = asyncio.ensure_future(self._sent(command, after=self._sending))
        await asyncio.shield(self._sending)

    async def _sent(self, command: Command, *, after: asyncio.Future[None] | None) -> None:
        if after:
            await after
        with suppress(Exception):  # the listener finds the broken connection, and subscribes again
            async with asyncio.timeout(REDIS_SECONDS):
                await command()

    async def publish(self, channel: str, message: Any) -> None:
        try:
            async with asyncio.timeout(REDIS_SECONDS):
                await self._redis.publish(channel, message)
        except (RedisError, OSError) as error:
            raise BusUnavailable(f"Redis did not take a message: {_reason(error)}.") from error

    async def next_published(self) -> Event:
        while True:
            try:
                if event := await self._receive():
                    return event
            except Exception as error:
                # Whatever redis-py raises: a RuntimeError too, where two tasks find the connection broken at once.
                log.warning("the connection to Redis is lost (%s): connecting again", error)
                await self._reconnect()

    async def _receive(self) -> Event | None:
        received = await self._pubsub.get_message(timeout=PING_SECONDS)
        if received is None:
            if self._pinged:
                raise TimeoutError(f"no answer to a ping for {PING_SECONDS} s")
            await self._pubsub.ping()
        self._pinged = received is None
        match received:
            case {"type": "message", "channel": bytes(channel), "data": bytes(data)}:
                return _Message(channel.decode(), data)
            case {"type": "subscribe", "channel": bytes(channel)}:
                return self._subscribed(channel.decode())
            case _:
                return None

    def _subscribed(self, channel: str) -> Event | None:
        """Redis confirms a subscription: somebody waits for that, or else there was a gap before it."""
        heard = self._heard.get(channel)
        if heard is None:
            return None
        if heard.is_set():
            return _Message(channel, None)
        heard.set()
        return None

    async def _reconnect(self) -> None:
        """Until it worked: a new connection that subscribes to all there is, and is confirmed for each."""
        while True:
            with suppress(Exception):
                async with asyncio.timeout(REDIS_SECONDS):
                    await self._pubsub.aclose()  # type: ignore[no-untyped-call]
                    self._pubsub = self._redis.pubsub()
                    self._pinged = False
                    await self._pubsub.subscribe(OWN_CHANNEL, *self._heard)
                    return
            await asyncio.sleep(RECONNECT_SECONDS)


def _reason(error: Exception) -> str:
    return str(error) or f"no answer for {REDIS_SECONDS} s"
