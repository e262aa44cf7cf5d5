"""Limits: what a document may be, worked out before validation and at the cost of reading it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    Token,
    TokenKind,
)

MAX_TOKENS: Final = 2000
MAX_LINES: Final = 5000
"""Of the text; each error counts them anew up to where it is."""
MAX_DEPTH: Final = 16
"""Fields within fields; what GraphiQL asks of the schema itself takes 14."""
MAX_FIELDS: Final = 1000
"""Fields and fragments of all operations and fragments together, each fragment counted wherever it is spread."""
MAX_ALIASES: Final = 100
MAX_ROOT_FIELDS: Final = 25
MAX_OPERATIONS: Final = 50
"""In one document; some rules of validation begin anew for each."""
MAX_DIRECTIVES: Final = 100
MAX_PAIRS: Final = 400
"""Arguments, fields of input objects, variables and aliases in the text; an error about an object quotes all of it."""
MAX_NAME: Final = 128
"""Letters of a name; the suggestion of a better one takes the square of it."""
MAX_DIGITS: Final = 400
"""Of a number, which has its sign among them; what is longer no type can take, and Python will not read."""
MAX_OVERLAPS: Final = 1500
"""Pairs of fields that come together under one name: validation compares each pair."""
MOST: Final = 2**53 - 1
"""The largest number that every client can read; what came may be beyond any."""


class OverLimit(GraphQLError):
    """A document beyond a limit: the code says which, and the extensions what was allowed and what came."""

    def __init__(self, code: str, what: str, limit: int, current: int, of: str = "The document has") -> None:
        current = min(current, MOST)
        text = f"{of} {what}: {limit} at most, and here it is {current}."
        super().__init__(text, extensions={"code": code, "limit": limit, "current": current})


def too_many_tokens() -> OverLimit:
    """Parsing stopped at the first token that was too much."""
    return OverLimit("TOO_MANY_TOKENS", "too many tokens", MAX_TOKENS, MAX_TOKENS + 1)


def check_text(text: str) -> None:
    """Raises `OverLimit` for what would be too much even to be told what is wrong with it."""
    lines = text.count("\n") + text.count("\r")
    _bound("TOO_MANY_LINES", "too many lines", MAX_LINES, lines)


def check(document: DocumentNode) -> None:
    """Raises `OverLimit`. Linear in the text: each fragment is measured once, however often it is spread."""
    _check_tokens(document)
    operations = sum(isinstance(one, OperationDefinitionNode) for one in document.definitions)
    _bound("TOO_MANY_OPERATIONS", "too many operations", MAX_OPERATIONS, operations)
    measures = Measures(document)
    try:
        whole = measures.all()
    except RecursionError:
        whole = Measure(depth=sys.getrecursionlimit())
    _bound("DOCUMENT_TOO_DEEP", "too many fields within fields", MAX_DEPTH, whole.depth)
    _bound("TOO_MANY_FIELDS", "too many fields and fragments", MAX_FIELDS, whole.fields)
    _bound("TOO_MANY_ALIASES", "too many aliases, fragments spread", MAX_ALIASES, whole.aliases)
    _bound("TOO_MANY_ROOT_FIELDS", "an operation with too many root fields", MAX_ROOT_FIELDS, measures.roots())
    # At most MAX_FIELDS steps, as what was counted above is walked.
    _bound("TOO_MANY_OVERLAPS", "too many fields of one name in one place", MAX_OVERLAPS, measures.overlaps())


def _bound(code: str, what: str, limit: int, current: int) -> None:
    if current > limit:
        raise OverLimit(code, what, limit, current)


def _check_tokens(document: DocumentNode) -> None:
    directives, pairs, longest, digits = 0, 0, 0, 0
    token: Token | None = document.loc.start_token if document.loc else None
    while token:
        if token.kind is TokenKind.AT:
            directives += 1
        elif token.kind is TokenKind.COLON:
            pairs += 1
        elif token.kind is TokenKind.NAME:
            longest = max(longest, len(token.value or ""))
        elif token.kind in (TokenKind.INT, TokenKind.FLOAT):
            digits = max(digits, len(token.value or ""))
        token = token.next
    _bound("TOO_MANY_DIRECTIVES", "too many directives", MAX_DIRECTIVES, directives)
    _bound("TOO_MANY_PAIRS", "too many names with a value", MAX_PAIRS, pairs)
    _bound("NAME_TOO_LONG", "a name with too many letters", MAX_NAME, longest)
    _bound("NUMBER_TOO_LONG", "a number with too many digits", MAX_DIGITS, digits)


class Measure(NamedTuple):
    """The size of a selection, with what its fragments hold."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0

    def beside(self, other: Measure) -> Measure:
        """Of two selections in one place."""
        return Measure(max(self.depth, other.depth), self.fields + other.fields, self.aliases + other.aliases)


@dataclass
class Measures:
    """The sizes of a document's selections. A fragment within itself counts once: validation refuses it."""

    document: DocumentNode
    fragments: Mapping[str, FragmentDefinitionNode] = field(init=False)
    _measured: dict[str, Measure] = field(default_factory=dict)
    _top: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.fragments = {
            one.name.value: one for one in self.document.definitions if isinstance(one, FragmentDefinitionNode)
        }

    def all(self) -> Measure:
        """Of all operations and fragments together."""
        whole = Measure()
        for one in self._definitions():
            whole = whole.beside(self._of(one.selection_set))
        return whole

    def roots(self) -> int:
        """The fields of the widest operation at its root."""
        operations = (one for one in self.document.definitions if isinstance(one, OperationDefinitionNode))
        return max((self._roots(one.selection_set) for one in operations), default=0)

    def overlaps(self) -> int:
        """Pairs of fields that come together under one name."""
        return sum(self._overlaps([one.selection_set]) for one in self._definitions())

    def _definitions(self) -> Iterator[OperationDefinitionNode | FragmentDefinitionNode]:
        for one in self.document.definitions:
            if isinstance(one, OperationDefinitionNode | FragmentDefinitionNode):
                yield one

    def _of(self, selected: SelectionSetNode | None) -> Measure:
        total = Measure()
        for one in selected.selections if selected else ():
            match one:
                case FieldNode():
                    depth, fields, aliases = self._of(one.selection_set)
                    total = total.beside(Measure(depth + 1, fields + 1, aliases + (one.alias is not None)))
                case InlineFragmentNode():
                    total = total.beside(Measure(fields=1)).beside(self._of(one.selection_set))
                case FragmentSpreadNode():
                    total = total.beside(Measure(fields=1)).beside(self._of_fragment(one.name.value))
                case _:
                    raise TypeError(f"a selection of an unknown kind: {one.kind}")
        return total

    def _of_fragment(self, name: str) -> Measure:
        if name not in self._measured:
            self._measured[name] = Measure()
            fragment = self.fragments.get(name)
            self._measured[name] = self._of(fragment.selection_set) if fragment else Measure()
        return self._measured[name]

    def _roots(self, selected: SelectionSetNode) -> int:
        roots = 0
        for one in selected.selections:
            match one:
                case FieldNode():
                    roots += 1
                case InlineFragmentNode():
                    roots += self._roots(one.selection_set)
                case FragmentSpreadNode():
                    roots += self._roots_of_fragment(one.name.value)
        return roots

    def _roots_of_fragment(self, name: str) -> int:
        if name not in self._top:
            self._top[name] = 0
            fragment = self.fragments.get(name)
            self._top[name] = self._roots(fragment.selection_set) if fragment else 0
        return self._top[name]

    def _overlaps(self, merged: Iterable[SelectionSetNode]) -> int:
        by_name: dict[str, list[FieldNode]] = {}
        for selected in merged:
            for one in self._spread(selected, frozenset()):
                by_name.setdefault((one.alias or one.name).value, []).append(one)
        return sum(
            len(fields) * (len(fields) - 1) // 2
            + self._overlaps([one.selection_set for one in fields if one.selection_set])
            for fields in by_name.values()
        )

    def _spread(self, selected: SelectionSetNode, inside: frozenset[str]) -> Iterator[FieldNode]:
        for one in selected.selections:
            match one:
                case FieldNode():
                    yield one
                case InlineFragmentNode():
                    yield from self._spread(one.selection_set, inside)
                case FragmentSpreadNode() if (name := one.name.value) in self.fragments and name not in inside:
                    yield from self._spread(self.fragments[name].selection_set, inside | {name})
