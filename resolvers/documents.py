"""Documents: parsing, limiting and validating each query text once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
    specified_rules,
)
from strawberry import Schema
from strawberry.extensions import SchemaExtension
from strawberry.schema.schema import validate_document

MAX_TOKENS = 2000
MAX_DEPTH = 16
"""Fields within fields; what GraphiQL asks of the schema itself takes 14."""
MAX_DOCUMENTS = 128


class Document(NamedTuple):
    """A parsed text, and what is wrong with it."""

    ast: DocumentNode
    operations: int
    errors: list[GraphQLError]


class Documents(SchemaExtension):
    """Remembers the 128 texts used last. Texts beyond `MAX_TOKENS` or `MAX_DEPTH` are refused, at linear cost."""

    def __init__(self) -> None:
        self._document: Document | None = None

    def on_operation(self) -> Iterator[None]:
        """Bounds Strawberry's own parser too."""
        self.execution_context.parse_options["max_tokens"] = MAX_TOKENS
        yield

    def on_parse(self) -> Iterator[None]:
        """Leaves a text that cannot be parsed to Strawberry, whose error then takes the usual way to the client."""
        context = self.execution_context
        self._document = known(context.schema, context.query or "")
        context.graphql_document = self._document.ast if self._document else None
        yield

    def on_validate(self) -> Iterator[None]:
        """Strawberry validates only what has no verdict yet."""
        if self._document:
            context = self.execution_context
            context.pre_execution_errors = self._document.errors
            if self._document.operations > 1 and context._provided_operation_name is None:
                # Strawberry would take the first one; the specification says no (6.1).
                context.pre_execution_errors = [_unnamed()]
        yield


@lru_cache(maxsize=MAX_DOCUMENTS)
def known(schema: Schema, text: str) -> Document | None:
    """What there is to know of a text; None where it cannot be parsed."""
    try:
        ast = parse(text, max_tokens=MAX_TOKENS)
    except GraphQLError:
        return None
    operations = sum(isinstance(one, OperationDefinitionNode) for one in ast.definitions)
    return Document(ast, operations, _errors(schema, ast))


def _errors(schema: Schema, ast: DocumentNode) -> list[GraphQLError]:
    # Depth first: some of the other rules recurse.
    try:
        if depth(ast) <= MAX_DEPTH:
            return validate_document(schema._schema, ast, tuple(specified_rules))
    except RecursionError:
        pass
    text = f"The document nests more than {MAX_DEPTH} levels deep."
    return [GraphQLError(text, extensions={"code": "DOCUMENT_TOO_DEEP"})]


def _unnamed() -> GraphQLError:
    return GraphQLError("Of several operations `operationName` must name one.", extensions={"code": "BAD_REQUEST"})


def depth(document: DocumentNode) -> int:
    """How many fields are nested at most. Each fragment is measured once, so the cost is that of reading the text."""
    fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
    measured: dict[str, int] = {}
    return max(
        (
            _depth(one.selection_set, fragments, measured)
            for one in document.definitions
            if isinstance(one, OperationDefinitionNode | FragmentDefinitionNode)
        ),
        default=0,
    )


def _depth(
    selected: SelectionSetNode | None, fragments: Mapping[str, FragmentDefinitionNode], measured: dict[str, int]
) -> int:
    deepest = 0
    for one in selected.selections if selected else ():
        match one:
            case FieldNode():
                deepest = max(deepest, 1 + _depth(one.selection_set, fragments, measured))
            case InlineFragmentNode():
                deepest = max(deepest, _depth(one.selection_set, fragments, measured))
            case FragmentSpreadNode():
                deepest = max(deepest, _fragment_depth(one.name.value, fragments, measured))
            case _:
                raise TypeError(f"a selection of an unknown kind: {one.kind}")
    return deepest


def _fragment_depth(name: str, fragments: Mapping[str, FragmentDefinitionNode], measured: dict[str, int]) -> int:
    if name not in measured:
        # Zero while it is being measured: a fragment within itself is refused by the validation that follows.
        measured[name] = 0
        fragment = fragments.get(name)
        measured[name] = _depth(fragment.selection_set, fragments, measured) if fragment else 0
    return measured[name]
