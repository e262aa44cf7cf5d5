"""Redis as the bus, supervised here: its loss is noticed within a second, and nothing that it lost stays unnoticed."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Final, TypeAlias

from broadcaster import Event
from redis import asyncio as redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from app.bus.backends import Backend, BusUnavailable, Message

PING_SECONDS: Final = 0.4
"""A Redis that was silent for this long is pinged, and is taken for dead when it is silent as long again."""
REDIS_SECONDS: Final = 1.0
"""How long one attempt to connect, to subscribe or to publish may take."""
HEARD_SECONDS: Final = 2.0
"""How long a new subscription waits for Redis to confirm it; later, `None` says that messages were missed."""
RECONNECT_SECONDS: Final = 0.5
"""Between two attempts to reach a Redis that is away; and to say what it did not take."""
AWAY_SECONDS: Final = 2.0
"""While Redis is away, every subscription is told as often as this that it may have missed something."""
PUBLISHING: Final = 16
"""Messages on their way to Redis at once, each on a connection of its own; more wait, within their time."""
OWED: Final = 1000
"""Channels that lost a message which Redis did not take; where there are more, all channels count as such."""
OWN_CHANNEL: Final = "spaces"
"""Every process subscribes to it from the start: redis-py reads no connection without a subscription."""
LOST: Final = b""
"""Published in place of what Redis did not take: something is missing here. In its own channel: in any."""

Command: TypeAlias = Callable[[], Awaitable[Any]]

log = logging.getLogger(__name__)


class RedisBackend(Backend):
    """Redis pub/sub that outlives its connection.

    broadcaster's own receives nothing through redis-py 8, and stops for ever when the connection breaks once.

    Whoever subscribes is told by `None` when messages may have been lost: when Redis is lost, every `AWAY_SECONDS`
    while it is away, and when it is back; and when another process could not publish, once that can. So a process
    that looks up what it may have missed is behind by some seconds at most, with Redis or without.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._publisher = self._client()
        self._publishing = asyncio.Semaphore(PUBLISHING)
        self._subscriber = self._client()
        self._pubsub = self._subscriber.pubsub()
        self._heard: dict[str, asyncio.Event] = {}
        self._sending: asyncio.Future[None] | None = None
        self._pinged = False
        self._is_broken = False
        self._lost_at = self._doubted_at = 0.0
        self._doubtful: deque[str] = deque()
        self._owed: set[str] = set()
        self._owing = asyncio.Event()
        self._paying: asyncio.Task[None] | None = None
        self.is_up = False

    def _client(self) -> redis.Redis:
        # No socket_timeout: redis-py keeps it by asyncio.wait_for, which in Python 3.11 swallows a cancellation
        # that comes as the write ends.
        return redis.Redis.from_url(
            self._url, socket_connect_timeout=REDIS_SECONDS, socket_timeout=None, retry=Retry(NoBackoff(), 0)
        )

    async def connect(self) -> None:
        try:
            async with asyncio.timeout(REDIS_SECONDS):
                await self._pubsub.subscribe(OWN_CHANNEL)
        except (RedisError, OSError) as error:
            await self.disconnect()
            raise BusUnavailable(f"Redis at BROADCAST_URL cannot be used: {_reason(error)}.") from None
        self.is_up = True
        self._paying = asyncio.create_task(self._pay(), name="telling what Redis did not take")

    async def disconnect(self) -> None:
        if self._paying:
            self._paying.cancel()
            await asyncio.wait({self._paying})
        if self._sending:
            await self._sending
        with suppress(Exception):
            async with asyncio.timeout(REDIS_SECONDS):
                await self._pubsub.aclose()  # type: ignore[no-untyped-call]
                await self._subscriber.aclose()
                await self._publisher.aclose()

    async def subscribe(self, channel: str) -> None:
        if channel not in self._heard:
            self._heard[channel] = asyncio.Event()
            await self._send(lambda: self._pubsub.subscribe(channel))

    async def until_heard(self, channel: str) -> None:
        heard = self._heard[channel]
        with suppress(TimeoutError):
            async with asyncio.timeout(HEARD_SECONDS if self.is_up else 0):
                await heard.wait()
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
        if not self.is_up:
            return  # whoever reconnects subscribes to all there is
        try:
            async with asyncio.timeout(REDIS_SECONDS):
                await command()
        except Exception:
            # redis-py may have connected again by itself, but this command is lost.
            self._is_broken = True

    async def publish(self, channel: str, message: Any) -> None:
        try:
            if not self.is_up:
                raise ConnectionError("the connection is lost")
            async with asyncio.timeout(REDIS_SECONDS), self._publishing:
                await self._publisher.publish(channel, message)
        except (RedisError, OSError) as error:
            self._owe(channel)
            raise BusUnavailable(f"Redis did not take a message: {_reason(error)}.") from error
        except asyncio.CancelledError:
            self._owe(channel)  # perhaps it took it
            raise

    def _owe(self, channel: str) -> None:
        self._owed.add(channel if len(self._owed) < OWED else OWN_CHANNEL)
        self._owing.set()

    async def _pay(self) -> None:
        """Tells of what was not published, as soon as that works again: those who listen may have heard all else."""
        while True:
            await self._owing.wait()
            if self.is_up:
                self._owing.clear()
                owed, self._owed = self._owed, set()
                for channel in owed:
                    with suppress(BusUnavailable):
                        await self.publish(channel, LOST)
            await asyncio.sleep(RECONNECT_SECONDS)

    async def next_published(self) -> Event:
        while True:
            if self._doubtful:
                return Message(self._doubtful.popleft(), None)
            if not self.is_up:
                await self._try_again()
            else:
                try:
                    if event := await self._receive():
                        return event
                except Exception as error:
                    # Whatever redis-py raises: a RuntimeError too, where two tasks find the connection broken at once.
                    self._lose(error)

    async def _receive(self) -> Event | None:
        if self._is_broken:
            raise ConnectionError("a subscription could not be sent")
        # The bound is for what redis-py does besides reading: it connects again by itself.
        async with asyncio.timeout(PING_SECONDS + REDIS_SECONDS):
            received = await self._pubsub.get_message(timeout=PING_SECONDS)
            if received is None and self._pinged:
                # Perhaps it was this process that did nothing for so long: what came meanwhile is there.
                received = await self._pubsub.get_message(timeout=0)
                if received is None:
                    raise TimeoutError(f"no answer to a ping for {PING_SECONDS} s")
            if received is None:
                await self._pubsub.ping()
        self._pinged = received is None
        return self._event(received)

    def _event(self, received: Any) -> Event | None:
        match received:
            case {"type": "message", "channel": bytes(channel), "data": bytes(data)}:
                if data == LOST and channel.decode() == OWN_CHANNEL:
                    self._doubt_all()
                    return None
                return Message(channel.decode(), None if data == LOST else data)
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
            return Message(channel, None)
        heard.set()
        return None

    def _lose(self, error: Exception) -> None:
        log.warning("Redis is lost (%s): until it is back, processes look up what they cannot be told", error)
        self.is_up = False
        self._lost_at = _now()
        for heard in self._heard.values():
            heard.set()
        self._doubt_all()

    def _doubt_all(self) -> None:
        self._doubted_at = _now()
        self._doubtful = deque(self._heard)

    async def _try_again(self) -> None:
        """One attempt: a new connection that subscribes to all there is, and is confirmed for each."""
        try:
            async with asyncio.timeout(REDIS_SECONDS):
                await self._reconnect()
        except Exception:
            if _now() - self._doubted_at >= AWAY_SECONDS:
                self._doubt_all()
            else:
                await asyncio.sleep(RECONNECT_SECONDS)

    async def _reconnect(self) -> None:
        await self._subscriber.aclose()
        self._subscriber = self._client()
        self._pubsub, self._pinged, self._is_broken = self._subscriber.pubsub(), False, False
        subscribed = set(self._heard)
        await self._pubsub.subscribe(OWN_CHANNEL, *subscribed)
        # Having sent it proves nothing: a Redis that hangs takes it as well.
        await self._pubsub.get_message(timeout=None)
        if gone := subscribed - self._heard.keys():
            await self._pubsub.unsubscribe(*gone)
        while missing := self._heard.keys() - subscribed:
            await self._pubsub.subscribe(*missing)
            subscribed |= missing
        self.is_up = True
        log.warning("Redis is back after %.1f s", _now() - self._lost_at)


def _now() -> float:
    return asyncio.get_running_loop().time()


def _reason(error: Exception) -> str:
    return str(error) or f"no answer for {REDIS_SECONDS} s"
