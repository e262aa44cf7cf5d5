"""Plans: what of an operation needs no executor, because it is attributes of objects, read at once.

A plan knows only the usual: wherever something else turns up it raises, and graphql-core executes that part as if there
were no plan. So whatever is unusual, errors above all, is graphql-core's own.
"""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from graphql import (
    GraphQLAbstractType,
    GraphQLBoolean,
    GraphQLField,
    GraphQLID,
    GraphQLLeafType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLString,
    Undefined,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)
from graphql.execution import Executor
from graphql.execution.collect_fields import CollectedFields, FieldDetailsList, GroupedFieldSet
from strawberry.relay import Node
from strawberry.schema.schema_converter import CustomGraphQLEnumType, GraphQLCoreConverter
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

from resolvers.lasting import Lasting

if TYPE_CHECKING:
    from resolvers.at_hand import Roots

Convert = Callable[[Any], Any]
"""Makes of an attribute's value what is answered. Raises for what it does not know."""

MAX_SHAPES: Final = 64
"""Of one selection: which types its attributes had together."""
NONE: Final = type(None)
BACKREF: Final = GraphQLCoreConverter.DEFINITION_BACKREF


class Unplanned(Exception):
    """Something that plans know nothing of."""


@dataclass(slots=True)
class Plan:
    """What was worked out of one operation so far; it grows with what executions come upon."""

    root: GroupedFieldSet | None = None
    roots: Roots | None = None
    sub_fields: dict[tuple[GraphQLObjectType, int], tuple[FieldDetailsList, CollectedFields]] = field(
        default_factory=dict
    )
    _selections: dict[int, Selection | None] = field(default_factory=dict)
    _columns: dict[tuple[str, int], Column | None] = field(default_factory=dict)

    def selection(
        self, executor: Executor[Any], parent: GraphQLObjectType, fields: GroupedFieldSet
    ) -> Selection | None:
        """How to read all these fields of an object at once; None where some of them need a resolver."""
        key = id(fields)  # of what is kept in `root` or `sub_fields`, as long as this plan
        if key not in self._selections:
            self._selections[key] = None  # within itself: never
            self._selections[key] = self._planned(executor, parent, fields)
        return self._selections[key]

    def column(self, executor: Executor[Any], parent: GraphQLObjectType, details: FieldDetailsList) -> Column | None:
        """How to read one field of an object; None where it needs a resolver."""
        key = (parent.name, id(details))
        if key not in self._columns:
            self._columns[key] = _column(self, executor, parent, details)
        return self._columns[key]

    def _planned(self, executor: Executor[Any], parent: GraphQLObjectType, fields: GroupedFieldSet) -> Selection | None:
        columns = {}
        for name, details in fields.items():
            column = self.column(executor, parent, details)
            if column is None:
                return None
            columns[name] = column
        classes = _classes(parent)
        return Selection(classes, columns) if classes and columns else None


@dataclass(frozen=True, slots=True)
class Column:
    """One field: the attribute, the types whose values are answered as they are, and what to do with others."""

    attribute: str
    plain: frozenset[type]
    convert: Convert

    def read(self, source: Any) -> Any:
        """The field of one object. Raises what is not foreseen."""
        value = getattr(source, self.attribute)
        return value if type(value) in self.plain else self.convert(value)


class Selection:
    """Some fields of one type of object, in the order of answering."""

    def __init__(self, classes: frozenset[type], columns: dict[str, Column]) -> None:
        self._classes = classes
        self._names = tuple(columns)
        self._columns = tuple(columns.values())
        attributes = [column.attribute for column in self._columns]
        # attrgetter gives a tuple for two and more.
        self._values: Callable[[Any], Sequence[Any]] = attrgetter(*attributes, "__class__")
        self._conversions: dict[tuple[type, ...], tuple[tuple[str, Convert], ...]] = {}

    def read(self, source: Any) -> dict[str, Any]:
        """All the fields of one object. Raises what is not foreseen."""
        if source.__class__ not in self._classes:
            raise Unplanned
        values = self._values(source)
        shape = tuple(map(type, values))
        conversions = self._conversions.get(shape)
        if conversions is None:
            conversions = self._of_shape(shape)
        answer = dict(zip(self._names, values, strict=False))
        for name, convert in conversions:
            answer[name] = convert(answer[name])
        return answer

    def _of_shape(self, shape: tuple[type, ...]) -> tuple[tuple[str, Convert], ...]:
        """Those of the columns whose values are not answered as they are."""
        if len(self._conversions) >= MAX_SHAPES:
            self._conversions.clear()
        conversions = tuple(
            (name, column.convert)
            for name, column, kind in zip(self._names, self._columns, shape, strict=False)
            if kind not in column.plain
        )
        self._conversions[shape] = conversions
        return conversions


def _column(plan: Plan, executor: Executor[Any], parent: GraphQLObjectType, details: FieldDetailsList) -> Column | None:
    name = details[0].node.name.value
    if name == "__typename":
        return Column("__class__", frozenset(), lambda _: parent.name)
    definition = parent.fields.get(name)
    origin = definition and definition.extensions.get(BACKREF)
    if definition is None or not isinstance(origin, StrawberryField):
        return None
    if id_attribute := _id_attribute(parent, origin):
        return Column(id_attribute, frozenset(), _global_id(parent.name))
    if definition.args or not _is_attribute(definition):
        return None
    column = _complete(plan, executor, definition.type, details)
    return column and Column(origin.python_name, *column)


def _complete(
    plan: Plan, executor: Executor[Any], kind: GraphQLOutputType, details: FieldDetailsList
) -> tuple[frozenset[type], Convert] | None:
    """For a type of field: the types of value answered as they are (but null where it may be), and what others become.

    None where a value may need a resolver.
    """
    if is_non_null_type(kind):
        inner = _complete(plan, executor, kind.of_type, details)
        return inner and (inner[0] - {NONE}, inner[1])
    if is_list_type(kind):
        inner = _complete(plan, executor, kind.of_type, details)
        return inner and (frozenset({NONE}), _list_of(*inner))
    if is_leaf_type(kind):
        return _leaf(kind)
    if is_object_type(kind):
        return _object(plan, executor, kind, details)
    assert is_abstract_type(kind)
    return _abstract(plan, executor, kind, details)


def _leaf(kind: GraphQLLeafType) -> tuple[frozenset[type], Convert]:
    if isinstance(kind, CustomGraphQLEnumType):
        return frozenset({NONE}), _enum(kind)
    plain: frozenset[type] = frozenset({NONE})
    if kind in (GraphQLString, GraphQLID):
        plain |= {str}
    elif kind is GraphQLBoolean:
        plain |= {bool}

    def convert(value: Any) -> Any:
        if value is None or value is Undefined or isinstance(value, Exception) or hasattr(value, "__await__"):
            raise Unplanned
        answer = kind.coerce_output_value(value)
        if answer is None or answer is Undefined:
            raise Unplanned
        return answer

    return plain, convert


def _enum(kind: CustomGraphQLEnumType) -> Convert:
    # What the enum's own search through its values would answer, the first of equal ones.
    names: dict[Any, str] = {}
    for name, value in kind.values.items():
        names.setdefault(kind.wrapped_cls(value.value), name)

    def convert(value: Any) -> str:
        if type(value) is not kind.wrapped_cls:
            raise Unplanned
        return names[value]

    return convert


def _list_of(plain: frozenset[type], convert: Convert) -> Convert:
    def convert_each(values: Iterable[Any]) -> list[Any]:
        return [value if type(value) in plain else convert(value) for value in values]

    def convert_all(values: Any) -> list[Any]:
        if isinstance(values, Lasting):
            return values.answer(convert_each)
        if type(values) is not list and type(values) is not tuple:
            raise Unplanned
        return convert_each(values)

    return convert_all


def _object(
    plan: Plan, executor: Executor[Any], kind: GraphQLObjectType, details: FieldDetailsList
) -> tuple[frozenset[type], Convert] | None:
    collected = executor.collect_subfields(kind, details)
    selection = plan.selection(executor, kind, collected.grouped_field_set)
    return (frozenset({NONE}), selection.read) if selection else None


def _abstract(
    plan: Plan, executor: Executor[Any], kind: GraphQLAbstractType, details: FieldDetailsList
) -> tuple[frozenset[type], Convert] | None:
    """By the class of the value, where that says the type: no class of the others is above it."""
    possible = [(one, _classes(one)) for one in executor.schema.get_possible_types(kind)]
    reads: dict[type, Convert] = {}
    for one, classes in possible:
        planned = _object(plan, executor, one, details)
        if planned is None:
            return None
        others = {above for other, above_all in possible if other is not one for above in above_all}
        reads.update({each: planned[1] for each in classes if others.isdisjoint(each.__mro__)})
    return frozenset({NONE}), lambda value: reads[value.__class__](value)


def _classes(kind: GraphQLObjectType) -> frozenset[type]:
    """The Python classes whose objects are of this type without any further question."""
    definition = _definition(kind)
    if definition is None or definition.is_type_of:
        return frozenset()
    origins = [definition.origin, *([definition.concrete_of.origin] if definition.concrete_of else [])]
    return frozenset(origins)


def _definition(kind: GraphQLObjectType) -> StrawberryObjectDefinition | None:
    definition = kind.extensions.get(BACKREF)
    return definition if isinstance(definition, StrawberryObjectDefinition) else None


def _is_attribute(definition: GraphQLField) -> bool:
    """Whether Strawberry only reads an attribute of the source."""
    resolve = definition.resolve
    return resolve is not None and resolve.__name__ == "_get_basic_result"


def _id_attribute(parent: GraphQLObjectType, origin: StrawberryField) -> str | None:
    """The attribute that Relay's own `id` is made of; None for any other field, and where a class has its own way."""
    definition = _definition(parent)
    if definition is None or not origin.base_resolver or not issubclass(definition.origin, Node):
        return None
    ways = origin.base_resolver.wrapped_func, definition.origin.resolve_id, definition.origin.resolve_typename
    usual = Node._id, Node.resolve_id, Node.resolve_typename
    is_usual = all(_function(way) is _function(one) for way, one in zip(ways, usual, strict=True))
    return definition.origin.resolve_id_attr() if is_usual else None


def _function(method: object) -> object:
    """Of a class method what it calls."""
    return getattr(method, "__func__", method)


def _global_id(type_name: str) -> Convert:
    prefix = f"{type_name}:"

    def convert(key: Any) -> str:
        if type(key) is not str:
            raise Unplanned
        return b2a_base64((prefix + key).encode(), newline=False).decode()

    return convert
