"""Faults: what a client did wrong gets a code, what the server did wrong an id and no details."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable, Iterator
from typing import Any

from graphql import ExecutionResult as CoreResult
from graphql import GraphQLError, GraphQLSyntaxError
from strawberry.exceptions import MissingQueryError
from strawberry.extensions import SchemaExtension
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionResult, StreamExecutionResult
from strawberry.types.execution import PreExecutionError

from app.domain.refusals import Refusal

log = logging.getLogger(__name__)


class NotAuthenticated(GraphQLError):
    """The field is for people with an account, and the request carries no token."""

    def __init__(self) -> None:
        super().__init__(
            "Log in first: this needs `Authorization: Bearer TOKEN`.", extensions={"code": "UNAUTHENTICATED"}
        )


class BadInput(GraphQLError):
    """An argument that no rule of the domain is about; names the argument and what it must be."""

    def __init__(self, argument: str, rule: str) -> None:
        super().__init__(f"`{argument}`: {rule}", extensions={"code": "BAD_USER_INPUT", "argument": argument})


class Refused(GraphQLError):
    """A broken rule where there is no payload to put it in: in a query or a subscription."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.text, extensions={"code": refusal.code})


def coded(errors: Iterable[GraphQLError], *, before_execution: bool = False) -> list[GraphQLError]:
    """Each with its `extensions.code`. Faults are logged with an id, which is all the client gets to see."""
    return [_coded(error, before_execution=before_execution) for error in errors]


class Faults(SchemaExtension):
    """Gives every error of a subscription its code, one result after the other."""

    def on_stream_result(self, result: StreamExecutionResult) -> Iterator[None]:
        """Covers refused subscriptions too."""
        if isinstance(result, CoreResult | ExecutionResult) and result.errors:
            result.errors = coded(result.errors, before_execution=isinstance(result, PreExecutionError))
        yield


def errors_of(reason: Exception) -> list[GraphQLError]:
    """The errors of a request that ended for this reason before, or without, anything being executed."""
    error = reason if isinstance(reason, GraphQLError) else GraphQLError(str(reason), original_error=reason)
    return coded([error])


def _coded(error: GraphQLError, *, before_execution: bool) -> GraphQLError:
    cause = error.original_error
    if error.extensions and "code" in error.extensions:
        return error
    if isinstance(error, GraphQLSyntaxError) or isinstance(cause, GraphQLSyntaxError):
        return _with_code(error, "GRAPHQL_PARSE_FAILED")
    if cause is None and before_execution:
        return _with_code(error, "GRAPHQL_VALIDATION_FAILED")
    if cause is None or isinstance(cause, GraphQLError):
        return _with_code(error, "BAD_USER_INPUT")
    if isinstance(cause, MissingQueryError | CannotGetOperationTypeError | InvalidOperationTypeError):
        return _with_code(error, "BAD_REQUEST")
    return _masked(error, cause)


def _with_code(error: GraphQLError, code: str, message: str | None = None, **more: Any) -> GraphQLError:
    return GraphQLError(
        message or error.message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions={**(error.extensions or {}), "code": code, **more},
    )


def _masked(error: GraphQLError, cause: Exception) -> GraphQLError:
    fault_id = secrets.token_hex(8)
    log.error("fault %s at %s", fault_id, error.path, exc_info=cause)
    message = f"Something went wrong on the server; its operator finds it in the log as {fault_id}."
    return _with_code(error, "INTERNAL", message, faultId=fault_id)
