"""Documents: each query text is parsed, held against the limits and validated once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    VariableNode,
    parse,
    specified_rules,
    validate,
)
from graphql.execution.collect_fields import FragmentDetails
from graphql.language import DirectiveNode, Visitor, visit
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from resolvers.costs import Pricing, sizing_variables
from resolvers.limits import MAX_TOKENS, OverLimit, check, too_many_tokens
from resolvers.plans import Plan
from resolvers.variables import Variables

MAX_SEEN: Final = 256
"""Texts that came once; the oldest give way to new ones."""
MAX_KEPT: Final = 1024
"""Texts that came again: those that come once cannot drive them out."""
MAX_CHARS: Final = 1 << 20
"""Of the texts in each of the two together; what is made of a text takes about a hundred times its room."""
MAX_PLANS: Final = 8
"""Of one document: there is one for each choice of its conditions, which are variables."""
MAX_COSTS: Final = 32
"""Of one document, for as many sizes of pages."""
MAX_ERRORS: Final = 20
"""After so many validation gives up: each of them may quote much of the text, and look for better names."""
RULES: Final = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)
NOTHING: Final = DocumentNode(definitions=())
TOO_LONG: Final = f"more than {MAX_TOKENS} tokens"


@dataclass
class Document:
    """A text, what is wrong with it, and all that is worked out of it once."""

    ast: DocumentNode
    errors: Sequence[GraphQLError] = ()
    _plans: OrderedDict[Any, Plan] = field(default_factory=OrderedDict)
    _costs: OrderedDict[Any, int] = field(default_factory=OrderedDict)
    _variables: dict[str | None, Variables] = field(default_factory=dict)

    @cached_property
    def operations(self) -> dict[str | None, OperationDefinitionNode]:
        """By name."""
        found = (one for one in self.ast.definitions if isinstance(one, OperationDefinitionNode))
        return {one.name.value if one.name else None: one for one in found}

    @property
    def is_readable(self) -> bool:
        """Whether the text could be parsed."""
        return self.ast is not NOTHING

    def is_ambiguous(self, name: str | None) -> bool:
        """Whether a name is needed to say which operation, and there is none (6.1)."""
        return name is None and self.count > 1

    @cached_property
    def count(self) -> int:
        """How many operations there are; more than `operations` has where some have one name."""
        return sum(isinstance(one, OperationDefinitionNode) for one in self.ast.definitions)

    def operation(self, name: str | None) -> OperationDefinitionNode | None:
        """The one of this name, or the only one there is."""
        if name is None and self.count == 1:
            return next(iter(self.operations.values()))
        return self.operations.get(name)

    def subscribes(self, name: str | None) -> bool:
        """Whether it holds a valid subscription of this name."""
        operation = self.operation(name)
        return operation is not None and operation.operation is OperationType.SUBSCRIPTION and not self.errors

    def plan(self, operation: OperationDefinitionNode, variables: dict[str, Any]) -> Plan:
        """How to execute the operation; the same for all variables that choose the same fields."""
        key = (operation.name.value if operation.name else None, *map(variables.get, self._conditions))
        plan = self._plans.get(key)
        if plan is None:
            plan = self._plans[key] = Plan()
            if len(self._plans) > MAX_PLANS:
                self._plans.popitem(last=False)
        return plan

    def cost(self, schema: GraphQLSchema, operation: OperationDefinitionNode, variables: dict[str, Any]) -> int:
        """What the operation costs; the same for all variables that ask for as much."""
        key = (operation.name.value if operation.name else None, *map(variables.get, self._sizes))
        cost = self._costs.get(key)
        if cost is None:
            cost = self._costs[key] = Pricing(schema, self.fragments, variables).price(operation)
            if len(self._costs) > MAX_COSTS:
                self._costs.popitem(last=False)
        return cost

    def variables(self, schema: GraphQLSchema, operation: OperationDefinitionNode) -> Variables:
        """What the operation declares."""
        name = operation.name.value if operation.name else None
        found = self._variables.get(name)
        if found is None:
            found = self._variables[name] = Variables(schema, operation)
        return found

    @cached_property
    def details(self) -> dict[str, FragmentDetails]:
        """The fragments as executions want them; none has variables of its own."""
        return {name: FragmentDetails(one, None) for name, one in self.fragments.items()}

    @cached_property
    def fragments(self) -> dict[str, FragmentDefinitionNode]:
        """By name."""
        return {one.name.value: one for one in self.ast.definitions if isinstance(one, FragmentDefinitionNode)}

    @cached_property
    def _sizes(self) -> list[str]:
        return sizing_variables(self.ast)

    @cached_property
    def _conditions(self) -> list[str]:
        """The variables that decide which fields are selected."""
        conditions = _Conditions()
        visit(self.ast, conditions)
        return sorted(conditions.names)


class _Conditions(Visitor):
    """Collects the variables in `@skip(if:)` and `@include(if:)`."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_directive(self, node: DirectiveNode, *_: object) -> None:
        for argument in node.arguments or ():
            if isinstance(argument.value, VariableNode):
                self.names.add(argument.value.name.value)


class Cache:
    """The documents of the texts used last, bounded by their number and their letters.

    A text is kept with those that came once until it comes again: whoever sends ever new ones drives out only those.
    """

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._seen = _Shelf(MAX_SEEN, MAX_CHARS)
        self._kept = _Shelf(MAX_KEPT, MAX_CHARS)

    def known(self, text: str) -> Document | None:
        """The document of a text that came several times; None says nothing."""
        return self._kept.get(text)

    def read(self, text: str) -> Document:
        """The document of a text, whatever is wrong with it. Never raises."""
        document = self._kept.get(text)
        if document is None:
            document = self._seen.pop(text)
            shelf = self._kept if document else self._seen
            document = document or _read(self._schema, text)
            shelf.put(text, document)
        return document


class _Shelf:
    """So many texts, the one used last at the end."""

    def __init__(self, texts: int, chars: int) -> None:
        self._room = texts, chars
        self._chars = 0
        self._documents: OrderedDict[str, Document] = OrderedDict()

    def get(self, text: str) -> Document | None:
        document = self._documents.get(text)
        if document is not None:
            self._documents.move_to_end(text)
        return document

    def pop(self, text: str) -> Document | None:
        document = self._documents.pop(text, None)
        if document is not None:
            self._chars -= len(text)
        return document

    def put(self, text: str, document: Document) -> None:
        self._documents[text] = document
        self._chars += len(text)
        texts, chars = self._room
        while len(self._documents) > texts or self._chars > chars:
            dropped, _ = self._documents.popitem(last=False)
            self._chars -= len(dropped)


def _read(schema: GraphQLSchema, text: str) -> Document:
    try:
        ast = parse(text, max_tokens=MAX_TOKENS)
    except GraphQLError as error:
        return Document(NOTHING, [too_many_tokens() if TOO_LONG in error.message else error])
    try:
        check(ast)
        return Document(ast, validate(schema, ast, RULES, max_errors=MAX_ERRORS))
    except OverLimit as error:
        return Document(ast, [error])
