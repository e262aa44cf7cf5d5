"""Shareable: whether a document's subscription is the same for all who may follow it, decided from the marks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    NonNullTypeNode,
    NullValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    Visitor,
    get_named_type,
    is_abstract_type,
    visit,
)
from graphql.execution.collect_fields import FieldDetailsList
from strawberry.schema.schema_converter import GraphQLCoreConverter

from schema.marks import MARK, TIMED

AFTER: Final = "after"
"""The argument by which a stream continues where it was lost."""
RELAYS_OWN: Final = {("Node", "id"), *(("PageInfo", name) for name in ("hasNextPage", "hasPreviousPage"))} | {
    ("PageInfo", name) for name in ("startCursor", "endCursor")
}
"""Fields that Strawberry defines; they depend on nobody."""

Fragments = Mapping[str, FragmentDefinitionNode]
Fits = Callable[[GraphQLSchema, str, str], bool]
"""Whether a field of a type is of a kind."""


@dataclass(frozen=True, slots=True)
class Shareable:
    """A subscription whose every event is the same for all. `resumed_by` is the variable given as `after`."""

    operation: OperationDefinitionNode
    root: FieldNode
    resumed_by: str | None


@lru_cache(maxsize=1024)
def is_for_all(schema: GraphQLSchema, type_name: str, field_name: str) -> bool:
    """Whether the field is marked so, in this type and in every type that may stand for it."""
    if field_name == "__typename":
        return True
    possible = _possible(schema, type_name)
    return bool(possible) and all(mark_of(one, field_name) is True for one in possible)


@lru_cache(maxsize=1024)
def _lasts(schema: GraphQLSchema, type_name: str, field_name: str) -> bool:
    """Whether the field is the same for all, and time alone does not change it."""
    timed = any(_metadata(one, field_name).get(TIMED) for one in _possible(schema, type_name))
    return is_for_all(schema, type_name, field_name) and not timed


def is_lasting(schema: GraphQLSchema, of: GraphQLNamedType, details: FieldDetailsList, fragments: Fragments) -> bool:
    """Whether what a field's object is asked for is the same for all, and stays so as long as nothing happens.

    Decided at the cost of reading the selection once; the document is valid.
    """
    selected = tuple(one for field in details if (below := field.node.selection_set) for one in below.selections)
    return _all_fit(_lasts, schema, of, selected, fragments, set())


def _possible(schema: GraphQLSchema, type_name: str) -> list[GraphQLNamedType]:
    """The type, and every type that may stand for it."""
    named = schema.get_type(type_name)
    possible: list[GraphQLNamedType] = [named] if named else []
    if is_abstract_type(named):
        possible += schema.get_possible_types(named)
    return possible


def mark_of(named: GraphQLNamedType, field_name: str) -> bool | None:
    """How the field is marked where it is defined: the same for all, or not; None: neither."""
    field = getattr(named, "fields", {}).get(field_name)
    if field is None:
        return None
    owners = [named.name, *(one.name for one in getattr(named, "interfaces", ()))]
    if any((owner, field_name) in RELAYS_OWN for owner in owners):
        return True
    mark = _metadata(named, field_name).get(MARK)
    return mark if isinstance(mark, bool) else None


def _metadata(named: GraphQLNamedType, field_name: str) -> Mapping[Any, Any]:
    field = getattr(named, "fields", {}).get(field_name)
    definition = field and field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    return (definition and definition.metadata) or {}


def shareable(schema: GraphQLSchema, document: DocumentNode, operation_name: str | None) -> Shareable | None:
    """Decides it, at the cost of reading the text once; the document is valid. None: each viewer's own."""
    operation = _operation(document, operation_name)
    if operation is None or operation.operation is not OperationType.SUBSCRIPTION or operation.directives:
        return None
    fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
    roots = list(_roots(operation.selection_set, fragments))
    if len(roots) != 1 or roots[0] is None or schema.subscription_type is None:
        return None
    root = roots[0]
    if not _all_fit(is_for_all, schema, schema.subscription_type, (root,), fragments, set()):
        return None
    after = next((one for one in root.arguments or () if one.name.value == AFTER), None)
    resumed_by = _variable(after, operation, document)
    if after is not None and resumed_by is None and not isinstance(after.value, NullValueNode):
        return None
    return Shareable(operation, root, resumed_by)


def _operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode | None:
    found = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    if name is None:
        return found[0] if len(found) == 1 else None
    return next((one for one in found if one.name and one.name.value == name), None)


def _roots(selected: SelectionSetNode, fragments: Fragments) -> Iterator[FieldNode | None]:
    """The fields at the root; None for what may or may not be one of them."""
    for one in selected.selections:
        if one.directives:
            yield None
        elif isinstance(one, FieldNode):
            yield one
        elif isinstance(one, InlineFragmentNode):
            yield from _roots(one.selection_set, fragments)
        elif isinstance(one, FragmentSpreadNode):
            yield from _roots(fragments[one.name.value].selection_set, fragments)


def _all_fit(
    fits: Fits,
    schema: GraphQLSchema,
    of: GraphQLNamedType,
    selections: tuple[SelectionNode, ...],
    fragments: Fragments,
    seen: set[str],
) -> bool:
    """Each fragment is looked at once, by the type that it is on."""
    for one in selections:
        inner: GraphQLNamedType | None = of
        if isinstance(one, FieldNode):
            if not fits(schema, of.name, one.name.value):
                return False
            field = getattr(of, "fields", {}).get(one.name.value)
            inner = get_named_type(field.type) if field else None
            below = one.selection_set
        elif isinstance(one, InlineFragmentNode):
            inner = schema.get_type(one.type_condition.name.value) if one.type_condition else of
            below = one.selection_set
        elif isinstance(one, FragmentSpreadNode):
            if one.name.value in seen:
                continue
            seen.add(one.name.value)
            fragment = fragments[one.name.value]
            inner, below = schema.get_type(fragment.type_condition.name.value), fragment.selection_set
        else:
            return False
        if below and (inner is None or not _all_fit(fits, schema, inner, below.selections, fragments, seen)):
            return False
    return True


def _variable(after: ArgumentNode | None, operation: OperationDefinitionNode, document: DocumentNode) -> str | None:
    """The variable that says where to continue, if that is all it does and it may be null."""
    if after is None or not isinstance(after.value, VariableNode):
        return None
    name = after.value.name.value
    [defined] = [one for one in operation.variable_definitions or () if one.variable.name.value == name]
    if isinstance(defined.type, NonNullTypeNode) or _uses(document, name) != 2:
        return None
    return name


def _uses(document: DocumentNode, name: str) -> int:
    """How often a document names a variable, its definition counted."""
    counter = _Counter(name)
    visit(document, counter)
    return counter.found


class _Counter(Visitor):
    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.found = 0

    def enter_variable(self, node: VariableNode, *_: object) -> None:
        self.found += node.name.value == self._name
