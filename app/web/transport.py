"""GraphQL over websockets, by the protocol graphql-transport-ws.

https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, aclosing, suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, NoReturn

import orjson
from graphql import GraphQLError
from starlette.websockets import WebSocket, WebSocketDisconnect
from strawberry.types.execution import ExecutionResult

from app.services.ports import Unauthenticated
from app.web.asking import Asking, Door
from app.web.groups import Group
from app.web.members import Ended, Line, Member, Pulling, Pushed
from app.web.rates import TooFast
from app.web.results import never_executed, payload_of
from app.web.sockets import EXTENSION, Socket
from app.web.transport_messages import Complete, ConnectionInit, Malformed, Message, Ping, Pong, Subscribe, read

log = logging.getLogger(__name__)

PROTOCOL = "graphql-transport-ws"
INIT_TIMEOUT = timedelta(seconds=8)
"""How long a client may take to say who it is."""
SEND_TIMEOUT = timedelta(seconds=10)
"""How long one message may wait for a client that does not read."""
MAX_OPERATIONS = 100
"""Operations under way on one connection."""
REASON_BYTES = 123
"""What fits into a close frame besides the code (RFC 6455, 5.5)."""


class Close(Exception):
    """Ends the connection with one of the protocol's codes."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason.encode()[:REASON_BYTES].decode(errors="ignore")


class Gone(Exception):
    """The client is not there any more, or does not read what it is sent."""


class Connection:
    """One client. Every operation is a task of the connection's, and has ended when `serve` returns."""

    def __init__(self, socket: WebSocket, door: Door) -> None:
        self._socket = socket
        self._door = door
        self._asking: Asking | None = None
        self._operations: dict[str, asyncio.Task[None]] = {}
        self._members: dict[str, Member] = {}
        self._raw: Socket | None = None
        self._line: Line | None = None
        self._group = asyncio.TaskGroup()
        self._deadline = asyncio.timeout(INIT_TIMEOUT.total_seconds())
        self._watching: AbstractAsyncContextManager[None] | None = None
        self._logged_out = False

    async def serve(self) -> None:
        """Serves until the client goes, breaks the protocol, or its token ends."""
        if PROTOCOL not in self._socket.scope["subprotocols"]:
            await self._socket.accept()
            await self._socket.close(4406, "Subprotocol not acceptable: use graphql-transport-ws")
            return
        await self._socket.accept(subprotocol=PROTOCOL)
        self._raw = self._raw_socket()
        closing: Close | None = None
        try:
            async with self._group:
                closing = await self._listen()
                for task in self._operations.values():
                    task.cancel()
        except* (Gone, WebSocketDisconnect):
            closing = None
        finally:
            # What these hold holds this: it would all wait for the collector of cycles.
            self._operations.clear()
            self._members.clear()
        if closing:
            await self._close(closing)

    async def _close(self, closing: Close) -> None:
        with suppress(TimeoutError, WebSocketDisconnect):
            async with asyncio.timeout(SEND_TIMEOUT.total_seconds()):
                await self._socket.close(closing.code, closing.reason)

    async def _listen(self) -> Close | None:
        """Returns when there is no more to hear: with what the connection is closed, None if the client is gone."""
        try:
            async with self._deadline:
                while message := await self._received():
                    await self._obey(message)
                return None
        except Close as closing:
            return closing
        except TimeoutError:
            if self._asking is None:
                return Close(4408, "Connection initialisation timeout")
            return Close(4403, "Logged out" if self._logged_out else "The token has expired")
        finally:
            if self._watching is not None:
                await self._watching.__aexit__(None, None, None)

    async def _received(self) -> Message | None:
        """What the client says; None: it is gone."""
        event = await self._socket.receive()
        if event["type"] == "websocket.disconnect":
            return None
        text = event.get("text")
        if text is None:
            raise Close(4400, "Messages are text frames")
        try:
            return read(text)
        except Malformed as malformed:
            raise Close(4400, str(malformed)) from None

    async def _obey(self, message: Message) -> None:
        match message:
            case ConnectionInit(payload):
                await self._let_in(payload)
            case Ping():
                await self._send({"type": "pong"})
            case Pong():
                pass
            case Subscribe():
                await self._start(message)
            case Complete(operation_id):
                if task := self._operations.pop(operation_id, None):
                    task.cancel()
                # At once: the id may have another meaning before the task has ended.
                if member := self._members.pop(operation_id, None):
                    member.leave()

    async def _let_in(self, payload: Mapping[str, Any]) -> None:
        if self._asking is not None:
            raise Close(4429, "Too many initialisation requests")
        authorization = payload.get("authorization", payload.get("Authorization"))
        if not isinstance(authorization, str | None):
            raise Close(4400, "The payload's authorization is not a string")
        try:
            asking = await self._door.let_in(self._socket, authorization)
            self._deadline.reschedule(asking.ends_at)
            if asking.viewer is not None:
                watching = self._door.watching(asking, self._log_out)
                await watching.__aenter__()
                self._watching = watching
        except Unauthenticated as reason:
            raise Close(4403, str(reason)) from None
        except Exception:
            log.exception("a client could not be let in")
            raise Close(4500, "Internal server error") from None
        self._asking = asking
        await self._send({"type": "connection_ack"})

    def _log_out(self) -> None:
        self._logged_out = True
        if not self._deadline.expired():
            self._deadline.reschedule(asyncio.get_running_loop().time())

    async def _start(self, operation: Subscribe) -> None:
        if self._asking is None:
            raise Close(4401, "Unauthorized")
        if operation.id in self._operations:
            raise Close(4409, f"Subscriber for {operation.id} already exists")
        if len(self._operations) >= MAX_OPERATIONS:
            await self._send_errors(operation.id, [_too_many()])
            return
        try:
            operation = self._allowed(operation, self._asking)
        except GraphQLError as error:
            await self._send_errors(operation.id, [error])
            return
        self._operations[operation.id] = self._group.create_task(
            self._run(operation, self._asking), name=f"operation {operation.id[:40]}"
        )

    def _allowed(self, operation: Subscribe, asking: Asking) -> Subscribe:
        """The operation with its text. Raises `GraphQLError` for a text that is not known, and for too many."""
        try:
            self._door.knock(self._socket)
            self._door.allow(asking)
        except TooFast as reason:
            raise GraphQLError(str(reason), extensions={"code": "TOO_MANY_REQUESTS"}) from None
        text = self._door.persisted.text(operation.query, operation.document_id, operation.extensions)
        return replace(operation, query=text)

    async def _run(self, operation: Subscribe, asking: Asking) -> None:
        try:
            errors = await self._share(operation, asking)
            if errors is None:
                errors = await self._stream(operation, asking)
        except (Gone, WebSocketDisconnect):
            raise
        except Exception:
            log.exception("an operation over a websocket failed")
            errors = [_fault()]
        # The id is free again for a client that has read the message.
        self._operations.pop(operation.id, None)
        if errors:
            await self._send_errors(operation.id, errors)
        else:
            await self._send({"id": operation.id, "type": "complete"})

    async def _share(self, operation: Subscribe, asking: Asking) -> list[GraphQLError] | None:
        """Follows with all who follow the same. Answers with what errors it ends; None: they need their own."""
        broadcasts = self._door.broadcasts
        if set(operation.extensions or ()) - {"persistedQuery"}:
            return None
        broadcast = broadcasts.find(operation.query, operation.variables, operation.operation_name)
        if broadcast is None:
            return None
        try:
            async with broadcast.admitted(asking.viewer) as gate:
                if gate is None:
                    return None
                async with self._door.groups.holding(broadcast, broadcasts.errors_of) as group:
                    await gate.during(partial(self._serve, group, operation.id, broadcast.after))
        except Ended as end:
            return end.errors
        except (Gone, WebSocketDisconnect):
            raise
        except Exception as reason:
            return broadcasts.errors_of(reason)

    async def _serve(self, group: Group, operation_id: str, after: int | None) -> NoReturn:
        member = self._members[operation_id] = self._member(group, operation_id)
        try:
            await member.serve(after)
        finally:
            # The id may be another operation's by now.
            if self._members.get(operation_id) is member:
                del self._members[operation_id]

    def _member(self, group: Group, operation_id: str) -> Member:
        if self._raw is None:
            return Pulling(group, operation_id, self._send_text)
        if self._line is None:
            self._line = Line(self._raw)
        return Pushed(group, operation_id, self._line)

    def _raw_socket(self) -> Socket | None:
        """Where frames are written, if the server has such a socket."""
        socket = self._socket.scope.get("extensions", {}).get(EXTENSION)
        return socket if isinstance(socket, Socket) and socket.takes_frames else None

    async def _stream(self, operation: Subscribe, asking: Asking) -> list[GraphQLError]:
        """Strawberry's own execution. Answers with what errors it ends."""
        results = await self._door.schema.stream(
            operation.query,
            variable_values=operation.variables,
            context_value=asking.context(),
            operation_name=operation.operation_name,
            operation_extensions=operation.extensions,
        )
        async with aclosing(results):
            async for result in results:
                assert isinstance(result, ExecutionResult)
                if never_executed(result) and result.errors:
                    return result.errors
                await self._send({"id": operation.id, "type": "next", "payload": payload_of(result)})
        return []

    async def _send_errors(self, operation_id: str, errors: list[GraphQLError]) -> None:
        await self._send({"id": operation_id, "type": "error", "payload": [one.formatted for one in errors]})

    async def _send(self, message: Mapping[str, object]) -> None:
        await self._send_text(orjson.dumps(message).decode())

    async def _send_text(self, text: str) -> None:
        if self._raw is not None and not self._raw.is_slow:
            self._raw.tell(text.encode())
            return
        try:
            async with asyncio.timeout(SEND_TIMEOUT.total_seconds()):
                await self._socket.send_text(text)
        except TimeoutError:
            raise Gone from None


def _too_many() -> GraphQLError:
    return GraphQLError(
        f"At most {MAX_OPERATIONS} operations at once on one connection.", extensions={"code": "TOO_MANY_OPERATIONS"}
    )


def _fault() -> GraphQLError:
    return GraphQLError("Something went wrong on the server.", extensions={"code": "INTERNAL"})
