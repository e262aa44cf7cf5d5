"""Calls: sound over a WebSocket by the protocol `spaces-audio.v1`, where UDP is blocked. README describes it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from contextlib import suppress
from http import HTTPStatus
from typing import Final

import orjson
from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from app.services.calls import Call, Calls
from app.services.media_engine import MediaRefused, MediaUnavailable
from app.web.call_messages import Hello, Malformed, Message, Ping, Pong, read
from app.web.transport import Close, Gone

PROTOCOL: Final = "spaces-audio.v1"
REFUSED: Final = 4000
"""Refusals are close codes: this, and the status that WHIP would answer."""
HELLO_SECONDS: Final = 8.0
"""How long a client may take until its first word."""
LOOK_SECONDS: Final = 0.25
"""How often a client's microphone is looked at, and whether it keeps up."""
PING_SECONDS: Final = 1.0
"""Between a pong and the next ping."""
BEHIND_SECONDS: Final = 1.0
"""Who has not answered a ping for so long gets no sound until then: it would wait in the network and come late."""
SILENT_SECONDS: Final = 7.0
"""Who has not answered for so long is gone, as by WHIP."""
CLOSE_SECONDS: Final = 2.0

log = logging.getLogger(__name__)


def call_routes(calls: Calls) -> list[BaseRoute]:
    """`/audio/{token}/socket`, or `/audio/socket` with the token in `Authorization: Bearer`."""

    async def endpoint(socket: WebSocket) -> None:
        await CallSocket(socket, calls).serve()

    return [WebSocketRoute(path, endpoint) for path in ("/audio/{token}/socket", "/audio/socket")]


class CallSocket:
    """One client. Every task of it has ended when `serve` returns."""

    def __init__(self, socket: WebSocket, calls: Calls) -> None:
        self._socket = socket
        self._calls = calls
        self._loop = asyncio.get_running_loop()
        self._pings = 0
        self._ponged_at = self._loop.time()
        self._pinged_at: float | None = None

    async def serve(self) -> None:
        """Serves until the client goes, breaks the protocol, or the call is over."""
        if PROTOCOL not in self._socket.scope["subprotocols"]:
            # Browsers learn why a socket is closed, and nothing of a handshake that is refused.
            await self._socket.accept()
            await self._close(_refusal(HTTPStatus.NOT_ACCEPTABLE, f"Subprotocol not acceptable: use {PROTOCOL}"))
            return
        await self._socket.accept(subprotocol=PROTOCOL)
        try:
            await self._serve()
        except Close as close:
            await self._close(close)
        except (Gone, WebSocketDisconnect):
            pass
        except Exception:
            log.exception("a call had a fault")
            await self._close(_refusal(HTTPStatus.INTERNAL_SERVER_ERROR, "Internal server error"))

    async def _serve(self) -> None:
        call = await self._join()
        try:
            await self._send(
                type="welcome",
                speaks=call.line.microphone_id is not None,
                hears=call.line.listener_id is not None,
            )
            await self._talk(call)
        finally:
            await self._calls.leave(call)

    async def _join(self) -> Call:
        hello = await self._hello()
        try:
            return await self._calls.join(self._token(), speaks=hello.speaks, hears=hello.hears)
        except (MediaRefused, MediaUnavailable) as error:
            raise _close_for(error) from None

    def _token(self) -> str:
        scheme, _, bearer = self._socket.headers.get("authorization", "").partition(" ")
        return self._socket.path_params.get("token") or (bearer.strip() if scheme.lower() == "bearer" else "")

    async def _hello(self) -> Hello:
        try:
            async with asyncio.timeout(HELLO_SECONDS):
                message = await self._received()
        except TimeoutError:
            raise _refusal(HTTPStatus.REQUEST_TIMEOUT, "The first message did not come") from None
        if not isinstance(message, Hello):
            raise _refusal(HTTPStatus.BAD_REQUEST, "The first message is a hello")
        return message

    async def _talk(self, call: Call) -> None:
        """Never returns: raises what ends the call."""
        works = [self._listen(call), self._end(call), self._look(call)]
        if call.line.listener_id:
            works.append(self._play(call))
        tasks = [asyncio.create_task(work, name="call") for work in works]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            next(iter(done)).result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _listen(self, call: Call) -> None:
        """Takes what the client says."""
        while True:
            received = await self._received()
            match received:
                case bytes() if call.line.microphone_id is None:
                    raise _refusal(HTTPStatus.FORBIDDEN, "This call does not speak")
                case bytes():
                    try:
                        call.line.speak(received)
                    except MediaRefused as refused:
                        raise _close_for(refused) from None
                case Ping(number):
                    await self._send(type="pong", number=number)
                case Pong(number) if number == self._pings and self._pinged_at is not None:
                    self._pinged_at, self._ponged_at = None, self._loop.time()
                case Hello():
                    raise _refusal(HTTPStatus.BAD_REQUEST, "There was a hello before")

    async def _play(self, call: Call) -> None:
        """Sends the client what it hears, while it keeps up."""
        while True:
            frame = await call.line.hear()
            if self._unanswered < BEHIND_SECONDS:
                await self._within(self._socket.send_bytes(frame))

    async def _end(self, call: Call) -> None:
        raise _close_for(await self._calls.end_of(call))

    async def _look(self, call: Call) -> None:
        """Pings the client, and tells it of its microphone: whether that is open, as the server has it, or gone."""
        silenced = asyncio.create_task(self._calls.until_silenced(call)) if call.line.microphone_id else None
        told = ""
        try:
            while True:
                if silenced is not None:
                    now = "gone" if silenced.done() else "open" if self._calls.is_open(call) else "closed"
                    if now != told:
                        told = now
                        await self._send(type="microphone", state=now)
                await self._ping()
                await asyncio.sleep(LOOK_SECONDS)
        finally:
            if silenced is not None:
                silenced.cancel()

    async def _ping(self) -> None:
        if self._unanswered > SILENT_SECONDS:
            raise _refusal(HTTPStatus.REQUEST_TIMEOUT, "A ping was not answered")
        if self._pinged_at is None and self._loop.time() - self._ponged_at >= PING_SECONDS:
            self._pings += 1
            self._pinged_at = self._loop.time()
            await self._send(type="ping", number=self._pings)

    @property
    def _unanswered(self) -> float:
        """For how long the client has owed a pong, in seconds."""
        return 0.0 if self._pinged_at is None else self._loop.time() - self._pinged_at

    async def _received(self) -> Message | bytes:
        event = await self._socket.receive()
        if event["type"] == "websocket.disconnect":
            raise Gone
        if (data := event.get("bytes")) is not None:
            return bytes(data)
        try:
            return read(event["text"])
        except Malformed as malformed:
            raise _refusal(HTTPStatus.BAD_REQUEST, str(malformed)) from None

    async def _send(self, **message: object) -> None:
        await self._within(self._socket.send_text(orjson.dumps(message).decode()))

    async def _within(self, sending: Awaitable[None]) -> None:
        """A client that does not read is gone at some time."""
        try:
            async with asyncio.timeout(SILENT_SECONDS):
                await sending
        except TimeoutError:
            raise Gone from None

    async def _close(self, close: Close) -> None:
        with suppress(TimeoutError, WebSocketDisconnect):
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._socket.close(close.code, close.reason)


def _close_for(error: Exception) -> Close:
    status = error.status if isinstance(error, MediaRefused) else HTTPStatus.SERVICE_UNAVAILABLE
    return _refusal(status, str(error))


def _refusal(status: int, text: str) -> Close:
    return Close(REFUSED + status, text)
