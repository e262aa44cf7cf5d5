"""Costs: how much an operation asks for, worked out from the schema's directives before it is executed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_introspection_type,
    is_list_type,
    print_ast,
)
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

from resolvers.limits import OverLimit
from schema.costs import CONVENTIONAL_SIZE, PAGE, PASSWORD, STAGE, Cost, ListSize

MAX_COST: Final = 10_000
"""Objects, by and large: some 50 ms of the server."""
DESCRIPTIONS: Final = {"types": 300, "fields": 7, "directives": 12, "enumValues": 4, "args": 2}
"""Of the lists that describe the schema itself; others have `FEW`."""
FEW: Final = 2
DESCRIPTION_WEIGHT: Final = 0.5
"""Of an entry of one of these lists: what GraphiQL asks for, once, is within the limit."""
PASSWORDS: Final = {"signUp", "logIn"}

Sizes = Mapping[str, int]


def mark(schema: GraphQLSchema) -> None:
    """Puts the directives where they belong: to all pages, to stages, and to what asks for a password."""
    for kind in schema.type_map.values():
        for name, definition in getattr(kind, "fields", {}).items():
            origin = definition.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
            if not isinstance(origin, StrawberryField) or not isinstance(definition, GraphQLField):
                continue
            if "first" in definition.args:
                _put(origin, PAGE)
            elif (kind.name, name) == ("Space", "stage"):
                _put(origin, STAGE)
            elif kind.name == "Mutation" and name in PASSWORDS:
                _put(origin, PASSWORD)


def _put(origin: StrawberryField, directive: object) -> None:
    if directive not in origin.directives:
        origin.directives = [*origin.directives, directive]


@lru_cache(maxsize=4096)
def _said(origin: StrawberryField) -> tuple[float | None, ListSize | None]:
    weight, size = None, None
    for one in origin.directives:
        if isinstance(one, Cost):
            weight = float(one.weight)
        elif isinstance(one, ListSize):
            size = one
    return weight, size


@dataclass
class Pricing:
    """Prices one operation for one choice of variables, each fragment once for each place it is spread in.

    An object costs 1 and a leaf nothing; a list as much as all its entries.
    """

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, Any]
    _priced: dict[tuple[str, str, tuple[tuple[str, int], ...]], float] = field(default_factory=dict)

    def price(self, operation: OperationDefinitionNode) -> int:
        """What the operation costs."""
        root = self.schema.get_root_type(operation.operation)
        return round(self._selection(root, operation.selection_set, {})) if root else 0

    def _selection(self, parent: GraphQLNamedType | None, selected: SelectionSetNode, sized: Sizes) -> float:
        total = 0.0
        for one in selected.selections:
            match one:
                case FieldNode():
                    total += self._field(parent, one, sized)
                case InlineFragmentNode(type_condition=None):
                    total += self._selection(parent, one.selection_set, sized)
                case InlineFragmentNode():
                    on = one.type_condition
                    inner = self.schema.get_type(on.name.value) if on else parent
                    total += self._selection(inner, one.selection_set, sized)
                case FragmentSpreadNode():
                    total += self._fragment(one.name.value, parent, sized)
        return total

    def _fragment(self, name: str, parent: GraphQLNamedType | None, sized: Sizes) -> float:
        key = (name, parent.name if parent else "", tuple(sized.items()))
        if key not in self._priced:
            fragment = self.fragments[name]
            on = self.schema.get_type(fragment.type_condition.name.value)
            self._priced[key] = self._selection(on, fragment.selection_set, sized)
        return self._priced[key]

    def _field(self, parent: GraphQLNamedType | None, node: FieldNode, sized: Sizes) -> float:
        name = node.name.value
        definition = self.schema.get_field(parent, name) if parent else None  # type: ignore[arg-type]
        if definition is None:
            return 0
        kind = get_named_type(definition.type)
        origin = definition.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
        weight, size = _said(origin) if isinstance(origin, StrawberryField) else (None, None)
        if node.selection_set is None:
            return weight or 0
        many = sized.get(name) or self._size(definition, kind, name, size)
        inner = {one: self._asked(node, size) for one in size.sized_fields or ()} if size else {}
        if is_introspection_type(kind):
            own = DESCRIPTION_WEIGHT if is_list_type(get_nullable_type(definition.type)) else 0
        else:
            own = 1 if weight is None else weight
        return many * (own + self._selection(kind, node.selection_set, inner))

    def _size(self, definition: GraphQLField, kind: GraphQLNamedType, name: str, size: ListSize | None) -> int:
        if not is_list_type(get_nullable_type(definition.type)):
            return 1
        if is_introspection_type(kind):
            return DESCRIPTIONS.get(name, FEW)
        return size.assumed_size or CONVENTIONAL_SIZE if size else CONVENTIONAL_SIZE

    def _asked(self, node: FieldNode, size: ListSize) -> int:
        """How many entries the arguments ask for."""
        for argument in node.arguments or ():
            if argument.name.value in (size.slicing_arguments or ()):
                match argument.value:
                    case IntValueNode(value=digits):
                        return max(1, int(digits))
                    case VariableNode() as variable:
                        asked = self.variables.get(variable.name.value)
                        if isinstance(asked, int):
                            return max(1, asked)
        return size.assumed_size or CONVENTIONAL_SIZE


def sizing_variables(document: DocumentNode) -> list[str]:
    """The variables of type Int: the only ones that say how long a list is to be."""
    return sorted(
        {
            variable.variable.name.value
            for one in document.definitions
            if isinstance(one, OperationDefinitionNode)
            for variable in one.variable_definitions or ()
            if print_ast(variable.type).rstrip("!") == "Int"
        }
    )


def too_costly(cost: int) -> OverLimit:
    """Why an operation is not executed."""
    return OverLimit("QUERY_TOO_COSTLY", "a cost that is too high", MAX_COST, cost)
