"""Variables: those that are plainly what they are declared to be need no coercion."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from graphql import (
    GraphQLBoolean,
    GraphQLError,
    GraphQLID,
    GraphQLNamedType,
    GraphQLSchema,
    GraphQLString,
    OperationDefinitionNode,
    Undefined,
    get_nullable_type,
)
from graphql.execution.get_variable_signature import GraphQLVariableSignature, get_variable_signature
from graphql.execution.values import VariableValues, VariableValueSource, get_variable_values

from resolvers.limits import OverLimit

MAX_ERRORS: Final = 10
"""Of the variables of one request: each looks for better names."""
MAX_VALUES: Final = 5000
"""In the variables of one request, what is in lists and objects counted; no input takes as many."""
UNCHANGED: Final[Mapping[GraphQLNamedType, type]] = {GraphQLID: str, GraphQLString: str, GraphQLBoolean: bool}
"""Types, and the values of theirs that coercion leaves as they are."""


class Variables:
    """What an operation declares."""

    def __init__(self, schema: GraphQLSchema, operation: OperationDefinitionNode) -> None:
        self._schema = schema
        self._declared = operation.variable_definitions or ()
        signatures = [get_variable_signature(schema, one) for one in self._declared]
        self._plain = [(one.name, one, _plain(one)) for one in signatures if not isinstance(one, GraphQLError)]

    def values(self, given: Mapping[str, Any]) -> VariableValues | list[GraphQLError]:
        """The values for an execution, or what is wrong with what was given: both are graphql-core's."""
        sources: dict[str, VariableValueSource] = {}
        coerced: dict[str, Any] = {}
        for name, signature, plain in self._plain:
            value = given.get(name, Undefined)
            if type(value) is not plain:
                if (values := _count(given)) > MAX_VALUES:
                    return [OverLimit("TOO_MANY_VALUES", "too many values", MAX_VALUES, values, "The variables have")]
                return get_variable_values(self._schema, self._declared, dict(given), max_errors=MAX_ERRORS)
            sources[name] = VariableValueSource(signature, value)
            coerced[name] = value
        return VariableValues(sources, coerced)


def _count(given: Mapping[str, Any]) -> int:
    count = 0
    left: list[Collection[Any]] = [given.values()]
    while left:
        some = left.pop()
        count += len(some)
        left += [one.values() if isinstance(one, dict) else one for one in some if isinstance(one, dict | list)]
    return count


def _plain(signature: GraphQLVariableSignature) -> type | None:
    kind = get_nullable_type(signature.type)
    return next((plain for unchanged, plain in UNCHANGED.items() if kind is unchanged), None)
