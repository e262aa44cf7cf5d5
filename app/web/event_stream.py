"""GraphQL over server-sent events: the protocol graphql-sse in its distinct connections mode.

https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, aclosing
from datetime import timedelta

import orjson
from starlette.types import Message, Receive, Send
from strawberry.types.execution import ExecutionResult

from app.services.ports import Unauthenticated
from app.web.requests import EVENTS
from app.web.results import payload_of

PING_INTERVAL = timedelta(seconds=15)
"""Proxies cut connections that are silent for longer."""
SEND_TIMEOUT = timedelta(seconds=10)
"""How long one event may wait for a client that does not read."""

HEADERS = [
    (b"content-type", f"{EVENTS}; charset=utf-8".encode()),
    (b"access-control-allow-origin", b"*"),
    (b"cache-control", b"no-cache, no-transform"),
    (b"x-accel-buffering", b"no"),
]


class Gone(Exception):
    """The client is not there any more, or does not read what it is sent."""


class Done(Exception):
    """Everything was sent."""


class EventStream:
    """One operation's results, until they end, the client goes, `ends_at` (by the loop's clock) has come, or what is
    given to `watching` is called: that may be at once, and it may raise `Unauthenticated`.
    """

    def __init__(
        self,
        results: AsyncGenerator[ExecutionResult, None],
        *,
        ends_at: float | None,
        watching: Callable[[Callable[[], None]], AbstractAsyncContextManager[None]],
        last_words: object,
    ) -> None:
        self._results = results
        self._ends_at = ends_at
        self._watching = watching
        self._last_words = last_words

    async def send_to(self, receive: Receive, send: Send) -> None:
        """Streams; the results are closed when it returns."""
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        try:
            async with aclosing(self._results), asyncio.TaskGroup() as group:
                group.create_task(_until_gone(receive), name="listening for the client's end")
                group.create_task(_ping(send), name="pinging")
                await self._stream(send)
                raise Done
        except* Done:
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except* Gone:
            pass

    async def _stream(self, send: Send) -> None:
        try:
            async with asyncio.timeout_at(self._ends_at) as deadline, self._watching(lambda: _expire(deadline)):
                async for result in self._results:
                    await _send(send, _event("next", payload_of(result)))
        except (TimeoutError, Unauthenticated):
            await _send(send, _event("next", self._last_words))
        await _send(send, b"event: complete\ndata:\n\n")


def _expire(deadline: asyncio.Timeout) -> None:
    if not deadline.expired():
        deadline.reschedule(asyncio.get_running_loop().time())


def _event(name: str, payload: object) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (name.encode(), orjson.dumps(payload))


async def _send(send: Send, body: bytes) -> None:
    message: Message = {"type": "http.response.body", "body": body, "more_body": True}
    try:
        async with asyncio.timeout(SEND_TIMEOUT.total_seconds()):
            await send(message)
    except TimeoutError:
        raise Gone from None


async def _ping(send: Send) -> None:
    while True:
        await asyncio.sleep(PING_INTERVAL.total_seconds())
        await _send(send, b": ping\n\n")


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    raise Gone
