"""Broadcasts: subscriptions that are executed once for all who follow the same."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Literal, cast

import orjson
from graphql import GraphQLError
from graphql.execution.values import get_argument_values, get_variable_values
from strawberry.relay import GlobalID
from strawberry.types.execution import ExecutionResult

from app.domain import refusals
from app.domain.actions import View
from app.domain.permissions import may
from app.domain.standing import ANONYMOUS
from app.services.closings import Gate
from app.services.ports import FeedItem
from app.services.streams import Streams
from app.services.viewers import Viewer
from resolvers.arguments import key
from resolvers.context import RequestContext
from resolvers.documents import MAX_KEPT
from resolvers.faults import Refused, errors_of
from resolvers.operations import Api
from resolvers.shareable import AFTER, Shareable, shareable
from schema.spaces import Space

Begins = Literal["with the state", "with the newest", "with the next"]
BEGINS: Final[Mapping[str, Begins]] = {
    "spaceEvents": "with the state",
    "speaking": "with the newest",
    "reactions": "with the next",
    "captions": "with the next",
}
"""What whoever joins a stream gets first; it decides too what becomes of who is slow."""

MAX_FOUND: Final = 256
"""Streams that are found again without reading what was asked; the oldest give way."""

ContextOfEveryone = Callable[[], RequestContext]
"""A context of nobody in particular."""


class Broadcasts:
    """Finds them in what clients ask."""

    def __init__(self, api: Api, streams: Streams, context: ContextOfEveryone) -> None:
        self._api = api
        self._streams = streams
        self._context = context
        self._found: OrderedDict[tuple[str, str | None, bytes], SharedStream] = OrderedDict()

    def find(self, query: str, variables: Mapping[str, Any] | None, operation_name: str | None) -> SharedStream | None:
        """The stream that this operation follows, where that is the same for all who may; None: each has their own.

        Also None for whatever is wrong with it: let the schema say so.
        """
        try:
            asked = (query, operation_name, orjson.dumps(variables))
        except TypeError:
            return None
        stream = self._found.get(asked)
        if stream is None:
            stream = self._find(query, dict(variables or {}), operation_name)
            if stream is not None:
                # Of those who join most ask the same in the same words.
                self._found[asked] = stream
                if len(self._found) > MAX_FOUND:
                    self._found.popitem(last=False)
        return stream

    def _find(self, query: str, given: dict[str, Any], operation_name: str | None) -> SharedStream | None:
        found = _shareable(self._api, query, operation_name)
        if found is None:
            return None
        try:
            arguments = _arguments(self._api, found, given)
            space_id = key(Space, GlobalID.from_id(arguments["spaceId"]), "spaceId")
        except (ValueError, GraphQLError, KeyError):
            return None
        if found.resumed_by is not None:
            given[found.resumed_by] = None
        # Decoded, as the bytes keep orjson's whole buffer.
        same = orjson.dumps(given, option=orjson.OPT_SORT_KEYS).decode()
        execution = _Execution(self._api, query, given, operation_name, found.resumed_by, self._streams, self._context)
        return SharedStream(
            (query, operation_name, same),
            BEGINS[found.root.name.value],
            arguments.get(AFTER),
            space_id,
            execution,
        )

    def errors_of(self, reason: Exception) -> list[GraphQLError]:
        """What a client is told who was not let in, or whose stream ended for this reason."""
        return errors_of(reason)


@dataclass(frozen=True, slots=True)
class _Execution:
    api: Api
    query: str
    variables: Mapping[str, Any]
    operation_name: str | None
    resumed_by: str | None
    streams: Streams
    context: ContextOfEveryone


@dataclass(frozen=True, slots=True)
class SharedStream:
    """One subscription, by everyone to whom this `key` is said. `after` is where this one of them continues."""

    key: tuple[str, str | None, str]
    begins: Begins
    after: int | None
    space_id: str
    execution: _Execution

    @asynccontextmanager
    async def admitted(self, viewer: Viewer | None) -> AsyncIterator[Gate | None]:
        """Lets a viewer in, as their own execution would: the gate that shuts on them when they may follow no longer.

        None: not everyone may see the Space, so let them have their own. Raises what that would end with.
        """
        present = self.begins == "with the state"
        try:
            async with self.execution.streams.open_to(
                viewer.person.id if viewer else None, self.space_id, present=present
            ) as (gate, space):
                yield gate if may(ANONYMOUS, View.SPACE, space) else None
        except refusals.Refusal as refusal:
            raise Refused(refusal) from None

    async def results(self, after: int | None) -> AsyncGenerator[tuple[ExecutionResult, FeedItem | None], None]:
        """Strawberry's own execution, by nobody in particular; with each result of a Space's events what it is of."""
        how, context = self.execution, self.execution.context()
        context.streams = opened = how.streams.opened()
        results = await how.api.stream(
            how.query,
            variable_values={**how.variables, how.resumed_by: after} if how.resumed_by else dict(how.variables),
            context_value=context,
            operation_name=how.operation_name,
        )
        async with aclosing(cast("AsyncGenerator[ExecutionResult, None]", results)) as each:
            async for result in each:
                yield result, opened.newest


def _arguments(api: Api, found: Shareable, variables: dict[str, Any]) -> dict[str, Any]:
    """The root field's arguments Raises `GraphQLError`."""
    schema = api._schema
    assert schema.subscription_type is not None
    coerced = get_variable_values(schema, found.operation.variable_definitions or (), variables)
    if isinstance(coerced, list):
        raise coerced[0]
    field = schema.subscription_type.fields[found.root.name.value]
    return get_argument_values(field, found.root, coerced)


@lru_cache(maxsize=MAX_KEPT)
def _shareable(api: Api, text: str, operation_name: str | None) -> Shareable | None:
    document = api.documents.read(text)
    if document.errors or not document.is_readable:
        return None
    return shareable(api._schema, document.ast, operation_name)
