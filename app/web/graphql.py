"""GraphQL at one address: HTTP, server-sent events, websockets, and GraphiQL for browsers."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from math import ceil
from typing import Any, cast

import orjson
from graphql import GraphQLError
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.exceptions import MissingQueryError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types.execution import ExecutionResult, PreExecutionError
from strawberry.types.graphql import OperationType

from app.services.closings import Closings
from app.services.ports import Clock, Unauthenticated
from app.web.asking import Api, Asking, Authenticate, ContextOf, Door, Recognize
from app.web.at_once import AtOnce
from app.web.broadcasts import Broadcasts
from app.web.event_stream import EventStream
from app.web.page import graphiql
from app.web.persisted import PersistedDocuments
from app.web.rates import Rates, TooFast
from app.web.requests import EVENTS, GRAPHQL, HTML, JSON, Asked, BadRequest, accepts, read
from app.web.results import never_executed, payload_of
from app.web.transport import Connection

log = logging.getLogger(__name__)

PATH = "/graphql"
CORS_SECONDS = 3600
ANSWER_HEADERS = [(b"access-control-allow-origin", b"*"), (b"vary", b"Accept")]
CODES = {401: "UNAUTHENTICATED", 413: "BODY_TOO_LARGE", 429: "TOO_MANY_REQUESTS", 500: "INTERNAL"}
ALLOWED = {"GET": OperationType.from_http("GET"), "POST": OperationType.from_http("POST")}
"""What may be asked by each method; `read` lets no other method pass."""
ANSWERED = {method: kinds - {OperationType.SUBSCRIPTION} for method, kinds in ALLOWED.items()}
"""What of it has one answer."""


def graphql_endpoint(
    schema: Api,
    *,
    authenticate: Authenticate,
    recognize: Recognize,
    context_of: ContextOf,
    closings: Closings,
    clock: Clock,
    rates: Rates,
    persisted: PersistedDocuments,
    broadcasts: Broadcasts,
) -> GraphQLEndpoint:
    """What answers at `/graphql`, for the routes and for the front."""
    door = Door(schema, authenticate, recognize, context_of, closings, clock, rates, persisted, broadcasts)
    return GraphQLEndpoint(door)


def graphql_routes(endpoint: GraphQLEndpoint) -> list[BaseRoute]:
    """`/graphql` for HTTP and websockets.

    Frontends of any origin may use it: a token is sent knowingly, never by the browser of its own accord.
    """
    app = CORSMiddleware(
        endpoint,
        allow_origins=["*"],
        allow_methods=["GET", "POST"],
        allow_headers=["Authorization", "Content-Type"],
        max_age=CORS_SECONDS,
    )
    return [Route(PATH, app), WebSocketRoute(PATH, app)]


class Front:
    """The whole site, with a short way to what is asked most: POSTs and sockets of GraphQL pass none of its middleware.

    They need nothing of it: no routing, errors are answered by the endpoint, and every answer lets other origins read.
    What is `at_once` comes by no ASGI either, where the server is ours (`http_protocol`).
    """

    def __init__(self, site: ASGIApp, graphql: GraphQLEndpoint) -> None:
        self.at_once = AtOnce(graphql.door)
        self._site = site
        self._graphql = graphql

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan" and scope["path"] == PATH and scope.get("method", "POST") == "POST":
            await self._graphql(scope, receive, send)
        else:
            await self._site(scope, receive, send)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer in JSON, which any origin may read."""

    payload: object
    status: int
    media_type: str
    headers: Mapping[str, str]

    async def send_to(self, receive: Receive, send: Send) -> None:
        """Sends it."""
        body = orjson.dumps(self.payload)
        head = [*ANSWER_HEADERS, (b"content-type", b"%b; charset=utf-8" % self.media_type.encode())]
        head += [(name.lower().encode(), value.encode()) for name, value in self.headers.items()]
        head.append((b"content-length", b"%d" % len(body)))
        await send({"type": "http.response.start", "status": self.status, "headers": head})
        await send({"type": "http.response.body", "body": body})


class GraphQLEndpoint:
    """Chooses the transport that the client speaks."""

    def __init__(self, door: Door) -> None:
        self.door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await Connection(WebSocket(scope, receive, send), self.door).serve()
            return
        request = Request(scope, receive)
        response: Response | EventStream | Answer
        try:
            response = await self._answer(request)
        except BadRequest as wrong:
            response = _problem(wrong.status, str(wrong), **wrong.headers)
        except TooFast as reason:
            response = _problem(429, str(reason), **{"Retry-After": str(ceil(reason.seconds))})
        except Unauthenticated as reason:
            response = _problem(401, str(reason), **{"WWW-Authenticate": 'Bearer error="invalid_token"'})
        except Exception:
            log.exception("a request to GraphQL failed")
            response = _problem(500, "Something went wrong on the server.")
        if isinstance(response, Response):
            await response(scope, receive, send)
        else:
            await response.send_to(receive, send)

    async def _answer(self, request: Request) -> Response | EventStream | Answer:
        if request.method == "GET" and "query" not in request.query_params and accepts(request, HTML):
            return graphiql()
        self.door.knock(request)
        asked = await read(request)
        try:
            text, wrong = self.door.persisted.text(asked.query, asked.document_id, asked.extensions), None
        except GraphQLError as unknown:
            text, wrong = "", unknown
        looks = self.door.schema.only_looks(text, asked.operation_name)
        asking = await self.door.let_in(request, request.headers.get("authorization"), looks=looks)
        self.door.allow(asking)
        if wrong:
            return _result(request, PreExecutionError(data=None, errors=[wrong]))
        if text is not asked.query:
            asked = replace(asked, query=text)
        if accepts(request, EVENTS):
            return await self._events(request, asked, asking)
        return _result(request, await self._execute(request, asked, asking))

    async def _execute(self, request: Request, asked: Asked, asking: Asking) -> ExecutionResult:
        try:
            return await self.door.schema.execute(
                asked.query,
                variable_values=asked.variables,
                context_value=asking.context(),
                operation_name=asked.operation_name,
                operation_extensions=asked.extensions,
                allowed_operation_types=ANSWERED[request.method],
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
        results = await self.door.schema.stream(
            asked.query,
            variable_values=asked.variables,
            context_value=asking.context(),
            operation_name=asked.operation_name,
            operation_extensions=asked.extensions,
            allowed_operation_types=ALLOWED[request.method],
        )
        return EventStream(
            cast("Any", results),
            ends_at=asking.ends_at,
            watching=partial(self.door.watching, asking),
            last_words=_errors(401, "The token has expired, or was logged out."),
        )


def _result(request: Request, result: ExecutionResult) -> Answer:
    if accepts(request, GRAPHQL):
        return _json(payload_of(result), 400 if never_executed(result) else 200, GRAPHQL)
    return _json(payload_of(result), 200, JSON)


def _errors(status: int, message: str) -> dict[str, object]:
    return {"errors": [{"message": message, "extensions": {"code": CODES.get(status, "BAD_REQUEST")}}]}


def _problem(status: int, message: str, **headers: str) -> Answer:
    return _json(_errors(status, message), status, JSON, **headers)


def _json(payload: object, status: int, media_type: str, **headers: str) -> Answer:
    return Answer(payload, status, media_type, headers)
