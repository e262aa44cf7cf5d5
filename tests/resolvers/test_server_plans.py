"""Plans answer what graphql-core answers for the server's own schema too, of a server where something has happened."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import isawaitable
from typing import Any, Final

import pytest
from graphql import (
    ArgumentNode,
    FieldNode,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    NameNode,
    StringValueNode,
    ValueNode,
    Visitor,
    execute,
    parse,
    print_schema,
    visit,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import nodes, queries
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from resolvers.api import build_schema
from resolvers.documents import Document
from resolvers.execution import Execution
from tests.resolvers.conftest import Caller
from tests.resolvers.conversation import make_cohost, raise_hands, user_id

API: Final = build_schema()
ASKED: Final = ("node", "nodes", "space", "spaces", "timeline", "user", "users", "viewer")
"""All else is found by these, or for operators."""
DOCUMENTS: Final = queries(
    print_schema(API._schema),
    fields=ASKED,
    allow_null=False,
    custom_scalars={"DateTime": st.just(nodes.String("2031-05-01T00:00:00Z"))},
)
FOLLOW = "mutation($id: ID!) { follow(input: {userId: $id}) { userErrors { code } } }"
POST = 'mutation { createPost(input: {text: "Come and listen"}) { post { id } userErrors { code } } }'

Ids = Mapping[str, str]


@pytest.fixture
async def ids(live: str, host: Caller, guest: Caller, other: Caller) -> Ids:
    """People in a live Space: its host, a co-host, and someone who asks to speak; they follow each other, and post."""
    await make_cohost(host, guest, live)
    await raise_hands(live, other)
    for one, another in ((host, guest), (guest, host), (other, host)):
        await one.ask(FOLLOW, id=await user_id(another))
    post = (await guest.ask(POST))["post"]["id"]
    return {"Space": live, "User": await user_id(host), "Post": post}


class Meaning(Visitor):
    """Has a document made by chance ask for what there is: else all it finds is nothing."""

    def __init__(self, ids: Ids) -> None:
        super().__init__()
        self._ids = ids

    def enter_field(self, node: FieldNode, *_: Any) -> FieldNode:
        """The same field, with other arguments."""
        meant = [
            self._meant(node, one) for one in node.arguments or () if one.name.value not in {"last", "before", "after"}
        ]
        return FieldNode(
            name=node.name,
            alias=node.alias,
            directives=node.directives,
            selection_set=node.selection_set,
            arguments=tuple(meant),
        )

    def _meant(self, field: FieldNode, argument: ArgumentNode) -> ArgumentNode:
        values: dict[str, ValueNode] = {
            "id": StringValueNode(value=self._id(field)),
            "ids": ListValueNode(values=tuple(StringValueNode(value=one) for one in self._ids.values())),
            "first": IntValueNode(value="3"),
            "handle": StringValueNode(value="hannah"),
            "query": StringValueNode(value="hannah"),
        }
        name = argument.name.value
        return ArgumentNode(name=NameNode(value=name), value=values.get(name, argument.value))

    def _id(self, field: FieldNode) -> str:
        """Of the kind that is asked about."""
        asked = field.selection_set.selections if field.selection_set else ()
        parts = [one.type_condition for one in asked if isinstance(one, InlineFragmentNode)]
        kinds = [one.name.value for one in parts if one]
        return next((self._ids[one] for one in kinds if one in self._ids), self._ids["Space"])


async def told(result: Any) -> dict[str, Any]:
    """A result, in text, so that whatever is in it can be compared."""
    result = await result if isawaitable(result) else result
    return {"data": repr(result.data), "errors": [one.formatted for one in result.errors or ()]}


async def as_graphql_core(document: Document, caller: Caller) -> dict[str, Any]:
    """The result without any plan."""
    return await told(
        execute(
            API._schema,
            document.ast,
            context_value=await caller.context(),
            executor_class=StrawberryGraphQLCoreExecutionContext,
            operation_extensions=None,
        )
    )


async def as_planned(document: Document, caller: Caller) -> dict[str, Any]:
    """The result by the document's plan."""
    execution = Execution.build(
        API._schema, document.ast, context_value=await caller.context(), operation_extensions=None
    )
    assert isinstance(execution, Execution)
    execution.follow(document.plan(execution.operation, execution.variable_values.coerced))
    return await told(execution.execute_operation())


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=DOCUMENTS)
async def test_any_document_by_anyone(host: Caller, guest: Caller, anyone: Caller, ids: Ids, text: str) -> None:
    document = Document(visit(parse(text), Meaning(ids)))
    # The second and the third go by the plan that the first made.
    for caller in (host, guest, anyone):
        now = caller.world.clock.now
        expected = await as_graphql_core(document, caller)
        caller.world.clock.now = now
        assert await as_planned(document, caller) == expected
