"""Operations: what comes of a text, with variables, for one request."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping
from inspect import isawaitable
from typing import Any

import orjson
import strawberry
from graphql import GraphQLError, OperationDefinitionNode
from graphql.execution.values import VariableValues
from strawberry.exceptions import MissingQueryError
from strawberry.extensions import SchemaExtension
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionContext, ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType

from resolvers.at_hand import Answers, Roots
from resolvers.costs import MAX_COST, mark, too_costly
from resolvers.documents import Cache, Document
from resolvers.execution import Execution
from resolvers.faults import Faults, coded

Variables = dict[str, Any]


class Api(strawberry.Schema):
    """The schema, with documents that are read once and plans that are made once.

    Strawberry's own `execute` makes anew for each request what its extensions work with. Here only subscriptions have
    extensions; everything else goes a shorter way to the same results.
    """

    def __init__(self, **parts: Any) -> None:
        super().__init__(**parts, extensions=[Faults, _Read], execution_context_class=Execution)
        mark(self._schema)
        self.documents = Cache(self._schema)
        self.answers = Answers()

    async def execute(
        self,
        query: str | None,
        variable_values: Variables | None = None,
        context_value: Any | None = None,
        root_value: Any | None = None,
        operation_name: str | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
        operation_extensions: dict[str, Any] | None = None,
    ) -> ExecutionResult:
        """A query or a mutation. Every error has its code; `cost: true` in its extensions asks what it costs.

        Raises `MissingQueryError`, `CannotGetOperationTypeError` and `InvalidOperationTypeError`, as Strawberry's does.
        """
        if not query:
            raise MissingQueryError
        document = self.documents.read(query)
        if not document.is_readable:
            return _refused(document.errors)
        if document.is_ambiguous(operation_name):
            return _refused([_unnamed()])
        operation = document.operation(operation_name)
        if operation is None:
            raise CannotGetOperationTypeError(operation_name)
        kind = OperationType(operation.operation.value)
        if allowed_operation_types is not None and kind not in allowed_operation_types:
            raise InvalidOperationTypeError(kind)
        if document.errors:
            return _refused(document.errors)
        values = document.variables(self._schema, operation).values(variable_values or {})
        if isinstance(values, list):
            return ExecutionResult(data=None, errors=coded(values))
        if (cost := document.cost(self._schema, operation, values.coerced)) > MAX_COST:
            return _refused([too_costly(cost)])
        result = await self._answered(document, operation, values, root_value, context_value, operation_extensions)
        if operation_extensions and operation_extensions.get("cost") is True:
            result.extensions = {"cost": {"cost": cost, "limit": MAX_COST}}
        return result

    async def _answered(
        self,
        document: Document,
        operation: OperationDefinitionNode,
        values: VariableValues,
        root: Any,
        context: Any,
        extensions: dict[str, Any] | None,
    ) -> ExecutionResult:
        plan = document.plan(operation, values.coerced)
        found = _found(plan.roots, context, values.coerced) if plan.roots else None
        if found is not None:
            return found
        execution = Execution.of(
            self._schema, operation, document.details, values, root=root, context=context, extensions=extensions
        )
        execution.follow(plan)
        return await _result(execution)

    def only_looks(self, query: str, operation_name: str | None) -> bool:
        """Whether it is known to be a query, which changes nothing and has one answer."""
        document = self.documents.known(query)
        operation = document.operation(operation_name) if document else None
        return operation is not None and operation.operation.value == OperationType.QUERY.value

    def at_hand(
        self, query: str, variables: Variables | None, operation_name: str | None, context: Any
    ) -> bytes | None:
        """The whole answer of a known query, in JSON, where all that it asks for is at hand; None: execute it.

        Never waits, and never raises. What is the same for all is made once, however many ask for it.
        """
        document = self.documents.known(query)
        operation = document.operation(operation_name) if document else None
        if document is None or operation is None or document.errors:
            return None
        values = document.variables(self._schema, operation).values(variables or {})
        if isinstance(values, list):
            return None
        roots = document.plan(operation, values.coerced).roots
        if not roots or document.cost(self._schema, operation, values.coerced) > MAX_COST:
            return None
        try:
            return orjson.dumps(
                {"data": {name: one.json(context, values.coerced, self.answers) for name, one in roots.items()}}
            )
        except Exception:
            return None  # graphql-core finds the same, and says so

    async def stream(
        self,
        query: str | None,
        variable_values: Variables | None = None,
        context_value: Any | None = None,
        root_value: Any | None = None,
        operation_name: str | None = None,
        operation_extensions: dict[str, Any] | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
    ) -> AsyncGenerator[Any, None]:
        """An operation of any type: the results of a subscription, the one result of another."""
        asked = (query, variable_values, context_value, root_value, operation_name)
        kinds = set(OperationType) if allowed_operation_types is None else set(allowed_operation_types)
        if query and (errors := self.documents.read(query).errors):
            return _once(_refusal(*errors))
        if OperationType.SUBSCRIPTION in kinds and query and self.documents.read(query).subscribes(operation_name):
            if (cost := self._cost(query, operation_name, variable_values or {})) > MAX_COST:
                return _once(_refusal(too_costly(cost)))
            return await super().stream(*asked, operation_extensions, kinds)
        return _once(self.execute(*asked, kinds - {OperationType.SUBSCRIPTION}, operation_extensions))

    def _cost(self, query: str, operation_name: str | None, variables: Variables) -> int:
        document = self.documents.read(query)
        operation = document.operation(operation_name)
        return document.cost(self._schema, operation, variables) if operation else 0

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Logs nothing here: `coded` knows a client's mistake from a fault of the server."""


class _Read(SchemaExtension):
    """Gives Strawberry the document of a subscription that has been read, and was found to be valid."""

    def on_parse(self) -> Iterator[None]:
        context = self.execution_context
        assert isinstance(context.schema, Api)
        context.graphql_document = context.schema.documents.read(context.query or "").ast
        yield

    def on_validate(self) -> Iterator[None]:
        """Strawberry validates only what has no verdict yet."""
        self.execution_context.pre_execution_errors = []
        yield


async def _once(executed: Any) -> AsyncGenerator[ExecutionResult, None]:
    try:
        yield await executed
    except (MissingQueryError, CannotGetOperationTypeError, InvalidOperationTypeError) as error:
        yield _refused([GraphQLError(str(error), original_error=error)])


def _found(roots: Roots, context: Any, variables: Mapping[str, Any]) -> ExecutionResult | None:
    """The result of a query, where all that it asks for is at hand."""
    try:
        return ExecutionResult(data={name: one.read(context, variables) for name, one in roots.items()}, errors=None)
    except Exception:
        return None  # graphql-core finds the same, and says so


async def _result(execution: Execution) -> ExecutionResult:
    try:
        result: Any = execution.execute_operation()
        if isawaitable(result):
            result = await result
    except Exception as error:
        return ExecutionResult(data=None, errors=coded([GraphQLError(str(error), original_error=error)]))
    return ExecutionResult(data=result.data, errors=coded(result.errors) if result.errors else None)


async def _refusal(*errors: GraphQLError) -> PreExecutionError:
    return _refused(errors)


def _refused(errors: Iterable[GraphQLError]) -> PreExecutionError:
    return PreExecutionError(data=None, errors=coded(errors, before_execution=True))


def _unnamed() -> GraphQLError:
    return GraphQLError("Of several operations `operationName` must name one.", extensions={"code": "BAD_REQUEST"})
