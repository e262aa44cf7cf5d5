"""GraphQL at one address: HTTP, server-sent events, websockets, and GraphiQL for browsers."""

from __future__ import annotations

import logging
from functools import partial
from typing import Any, cast

import orjson
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry import Schema
from strawberry.exceptions import MissingQueryError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types.execution import ExecutionResult
from strawberry.types.graphql import OperationType

from app.services.closings import Closings
from app.services.ports import Clock, Unauthenticated
from app.web.asking import Asking, Authenticate, ContextOf, Door
from app.web.event_stream import EventStream
from app.web.page import graphiql
from app.web.requests import EVENTS, GRAPHQL, HTML, JSON, Asked, BadRequest, accepts, read
from app.web.results import never_executed, payload_of
from app.web.transport import Connection

log = logging.getLogger(__name__)

PATH = "/graphql"
CORS_SECONDS = 3600
CODES = {401: "UNAUTHENTICATED", 413: "BODY_TOO_LARGE", 500: "INTERNAL"}


def graphql_routes(
    schema: Schema, *, authenticate: Authenticate, context_of: ContextOf, closings: Closings, clock: Clock
) -> list[BaseRoute]:
    """`/graphql` for HTTP and websockets.

    Frontends of any origin may use it: a token is sent knowingly, never by the browser of its own accord.
    """
    app = CORSMiddleware(
        GraphQLEndpoint(Door(schema, authenticate, context_of, closings, clock)),
        allow_origins=["*"],
        allow_methods=["GET", "POST"],
        allow_headers=["Authorization", "Content-Type"],
        max_age=CORS_SECONDS,
    )
    return [Route(PATH, app), WebSocketRoute(PATH, app)]


class GraphQLEndpoint:
    """Chooses the transport that the client speaks."""

    def __init__(self, door: Door) -> None:
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await Connection(WebSocket(scope, receive, send), self._door).serve()
            return
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except BadRequest as wrong:
            response = _problem(wrong.status, str(wrong), **wrong.headers)
        except Unauthenticated as reason:
            response = _problem(401, str(reason), **{"WWW-Authenticate": 'Bearer error="invalid_token"'})
        except Exception:
            log.exception("a request to GraphQL failed")
            response = _problem(500, "Something went wrong on the server.")
        if isinstance(response, EventStream):
            await response.send_to(receive, send)
        else:
            await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response | EventStream:
        if request.method == "GET" and "query" not in request.query_params and accepts(request, HTML):
            return graphiql()
        asked = await read(request)
        asking = await self._door.let_in(request, request.headers.get("authorization"))
        if accepts(request, EVENTS):
            return await self._events(request, asked, asking)
        result = await self._execute(request, asked, asking)
        if accepts(request, GRAPHQL):
            return _json(payload_of(result), 400 if never_executed(result) else 200, GRAPHQL)
        return _json(payload_of(result), 200, JSON)

    async def _execute(self, request: Request, asked: Asked, asking: Asking) -> ExecutionResult:
        try:
            return await self._door.schema.execute(
                asked.query,
                variable_values=asked.variables,
                context_value=asking.context(),
                operation_name=asked.operation_name,
                operation_extensions=asked.extensions,
                allowed_operation_types=_allowed(request) - {OperationType.SUBSCRIPTION},
            )
        except InvalidOperationTypeError as wrong:
            if wrong.operation_type is OperationType.SUBSCRIPTION:
                raise BadRequest(
                    400, f"Subscriptions are streamed: use graphql-transport-ws, or accept {EVENTS}."
                ) from None
            raise BadRequest(405, "Mutations are sent by POST.", Allow="POST") from None
        except CannotGetOperationTypeError as wrong:
            raise BadRequest(400, wrong.as_http_error_reason()) from None
        except MissingQueryError:
            raise BadRequest(400, "`query` must be a string with a GraphQL document.") from None

    async def _events(self, request: Request, asked: Asked, asking: Asking) -> EventStream:
        results = await self._door.schema.stream(
            asked.query,
            variable_values=asked.variables,
            context_value=asking.context(),
            operation_name=asked.operation_name,
            operation_extensions=asked.extensions,
            allowed_operation_types=_allowed(request),
        )
        return EventStream(
            cast("Any", results),
            ends_at=asking.ends_at,
            watching=partial(self._door.watching, asking),
            last_words=_errors(401, "The token has expired, or was logged out."),
        )


def _allowed(request: Request) -> set[OperationType]:
    return OperationType.from_http("GET" if request.method == "GET" else "POST")


def _errors(status: int, message: str) -> dict[str, object]:
    return {"errors": [{"message": message, "extensions": {"code": CODES.get(status, "BAD_REQUEST")}}]}


def _problem(status: int, message: str, **headers: str) -> Response:
    return _json(_errors(status, message), status, JSON, **headers)


def _json(payload: object, status: int, media_type: str, **headers: str) -> Response:
    return Response(
        orjson.dumps(payload),
        status,
        headers={**headers, "Content-Type": f"{media_type}; charset=utf-8", "Vary": "Accept"},
    )
