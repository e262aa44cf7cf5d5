"""Variables have the values, and the errors, that graphql-core gives them."""

from __future__ import annotations

from typing import Any

from graphql import GraphQLError, OperationDefinitionNode, build_schema, parse
from graphql.execution.values import VariableValues, get_variable_values
from hypothesis import given
from hypothesis import strategies as st

from resolvers.variables import MAX_ERRORS, Variables

SCHEMA = build_schema(
    """
    type Query { found(text: String, id: ID, flag: Boolean, count: Int, size: Float, ids: [ID!], by: By, how: How): ID }
    input By { id: ID!, text: String = "any" }
    enum How { WELL ILL }
    """
)
TYPES = ["String", "ID", "Boolean", "Int", "Float", "[ID!]", "By", "How"]
DECLARED = st.sampled_from([*TYPES, *(f"{one}!" for one in TYPES), "String = null", 'ID = "1"', "Boolean = false"])
GIVEN = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=3),
    st.sampled_from(["WELL", [], ["1"], [None], {}, {"id": "1"}, {"id": 1, "text": None}]),
)  # fmt: skip
NAMES = ["a", "b", "c"]


def told(values: VariableValues | list[GraphQLError]) -> Any:
    """What can be compared: True is not 1."""
    if isinstance(values, list):
        return [one.formatted for one in values]
    sources = {name: (str(one.signature.type), repr(one.value)) for name, one in values.sources.items()}
    return repr(values.coerced), sources


@given(declared=st.lists(DECLARED, max_size=3), given=st.dictionaries(st.sampled_from([*NAMES, "more"]), GIVEN))
def test_whatever_is_declared_and_given(declared: list[str], given: dict[str, Any]) -> None:
    head = ", ".join(f"${name}: {kind}" for name, kind in zip(NAMES, declared, strict=False))
    operation = parse(f"query{f'({head})' if head else ''} {{ found }}").definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    expected = get_variable_values(SCHEMA, operation.variable_definitions or (), given, max_errors=MAX_ERRORS)
    variables = Variables(SCHEMA, operation)
    for _ in range(2):
        assert told(variables.values(given)) == told(expected)
