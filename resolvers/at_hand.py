"""At hand: root fields whose answer this process has, read without executing anything and without waiting.

A field says by `at_hand(...)` in its metadata how it is found. What is not found that way, or is not as usual, is
executed as if there were no such way: so errors and nulls are always those of an execution.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson
from graphql import ArgumentNode, GraphQLObjectType, StringValueNode, ValueNode, VariableNode, get_nullable_type
from graphql.execution import Executor
from graphql.execution.collect_fields import FieldDetailsList, GroupedFieldSet

from resolvers.plans import BACKREF, Plan, Selection, Unplanned
from resolvers.shareable import is_lasting

AT_HAND: Final = "at_hand"
MAX_BYTES: Final = 8 << 20
"""Of the answers that are kept; the ones used longest ago give way."""
MAX_ANSWERS: Final = 4096
LARGE: Final = 64 * 1024
"""An answer of more bytes is not kept."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a field is answered with. `of` is equal for two of them only if all that lasts in their values is equal."""

    of: object
    show: Callable[[], Any]


Find = Callable[..., Found | None]
"""Looks for a field's value, by the context and the arguments as the client sent them, each a string; never waits.

None says nothing. What it finds is what the viewer of the context may see.
"""


def at_hand(find: Find) -> dict[str, Find]:
    """The metadata of a root field that may be found at hand."""
    return {AT_HAND: find}


class Answers:
    """Answers in JSON that last until what they are made of changes: asked by thousands, they are made once."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._kept: OrderedDict[Hashable, tuple[object, bytes]] = OrderedDict()

    def get(self, key: Hashable, of: object) -> bytes | None:
        """The answer, if it is made of exactly this."""
        kept = self._kept.get(key)
        if kept is None or kept[0] != of:
            return None
        self._kept.move_to_end(key)
        return kept[1]

    def put(self, key: Hashable, of: object, answer: bytes) -> None:
        """Keeps it in the place of an older one."""
        self._drop(self._kept.pop(key, None))
        if len(answer) > LARGE:
            return
        self._kept[key] = (of, answer)
        self._bytes += len(answer)
        while self._bytes > self._max_bytes or len(self._kept) > MAX_ANSWERS:
            self._drop(self._kept.popitem(last=False)[1])

    def _drop(self, kept: tuple[object, bytes] | None) -> None:
        if kept is not None:
            self._bytes -= len(kept[1])


class Root:
    """One root field of an operation: how it is found, and what is read of it."""

    def __init__(self, find: Find, arguments: Mapping[str, ValueNode], selection: Selection, *, lasts: bool) -> None:
        self._find = find
        self._given = {name: one.value for name, one in arguments.items() if isinstance(one, StringValueNode)}
        self._named = [(name, one.name.value) for name, one in arguments.items() if isinstance(one, VariableNode)]
        self._selection = selection
        self._lasts = lasts

    def read(self, context: Any, variables: Mapping[str, Any]) -> dict[str, Any]:
        """The field as it is answered. Raises `Unplanned`, and what is not foreseen."""
        return self._selection.read(self._found(context, self._arguments(variables)).show())

    def json(self, context: Any, variables: Mapping[str, Any], answers: Answers) -> orjson.Fragment:
        """The same in JSON, which is kept where it is the same for all and at any time. Raises as `read` does."""
        arguments = self._arguments(variables)
        found = self._found(context, arguments)
        if not self._lasts:
            return orjson.Fragment(orjson.dumps(self._selection.read(found.show())))
        key = (self, *arguments.values())
        answer = answers.get(key, found.of)
        if answer is None:
            answer = orjson.dumps(self._selection.read(found.show()))
            answers.put(key, found.of, answer)
        return orjson.Fragment(answer)

    def _arguments(self, variables: Mapping[str, Any]) -> dict[str, str]:
        arguments = dict(self._given)
        for name, variable in self._named:
            value = variables.get(variable)
            if type(value) is not str:
                raise Unplanned
            arguments[name] = value
        return arguments

    def _found(self, context: Any, arguments: dict[str, str]) -> Found:
        found = self._find(context, **arguments)
        if found is None:
            raise Unplanned
        return found


Roots = Mapping[str, Root]


def roots_of(plan: Plan, executor: Executor[Any], query: GraphQLObjectType, fields: GroupedFieldSet) -> Roots | None:
    """All root fields of a query by their names in the answer; None where one of them cannot be at hand."""
    roots = {}
    for name, details in fields.items():
        root = _root(plan, executor, query, details)
        if root is None:
            return None
        roots[name] = root
    return roots


def _root(plan: Plan, executor: Executor[Any], query: GraphQLObjectType, details: FieldDetailsList) -> Root | None:
    node = details[0].node
    definition = query.fields.get(node.name.value)
    origin = definition and definition.extensions.get(BACKREF)
    find = ((origin and origin.metadata) or {}).get(AT_HAND)
    if definition is None or find is None:
        return None
    kind = get_nullable_type(definition.type)
    arguments = _arguments(node.arguments or ())
    if arguments is None or arguments.keys() != definition.args.keys() or not isinstance(kind, GraphQLObjectType):
        return None
    fields = executor.collect_subfields(kind, details).grouped_field_set
    selection = plan.selection(executor, kind, fields)
    if selection is None:
        return None
    return Root(
        find, arguments, selection, lasts=is_lasting(executor.schema, kind, details, executor.fragment_definitions)
    )


def _arguments(given: tuple[ArgumentNode, ...]) -> dict[str, ValueNode] | None:
    """By name; None where one is written in the document and is no string."""
    if not all(isinstance(one.value, StringValueNode | VariableNode) for one in given):
        return None
    return {one.name.value: one.value for one in given}
