"""Hostile operations: documents and variables of up to 64 KiB that are made to cost much, and what refuses each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

ROOM: Final = 64_000
"""Bytes for a document or its variables: 64 KiB with what JSON and a websocket's message put around it."""
NESTED: Final = "clips(first: 1) { edges { node { space { "
NOWHERE: Final = "U3BhY2U6eA=="
PLAIN: Final = (
    "id version title language url recordingEnabled isRecording clippingAllowed scheduledStart timeZone isOverdue "
    "icsUrl createdAt startedAt endedAt listenerCount anonymousListenerCount participantCount speakRequestCount"
)
CREATE: Final = "mutation($input: CreateSpaceInput!) { createSpace(input: $input) { space { id } } }"


@dataclass(frozen=True, slots=True)
class Hostile:
    """An operation, and the code by which it is refused; None: it is not, as it costs little enough."""

    document: str
    code: str | None = "GRAPHQL_VALIDATION_FAILED"
    variables: dict[str, Any] = field(default_factory=dict)
    operation: str | None = None


def numbered(each: str, how_many: int) -> str:
    """One text after the other, `%d` in each being its number."""
    return " ".join(each.replace("%d", str(number)) for number in range(how_many))


def doubling(how_many: int, last: str) -> str:
    """Fragments that each spread the next one twice."""
    chain = "".join(f" fragment f{n} on Query {{ ...f{n + 1} ...f{n + 1} }}" for n in range(how_many))
    return f"{{ ...f0 }} {chain} fragment f{how_many} on Query {{ {last} }}"


def filled(each: str) -> str:
    """As often as there is room."""
    return each * (ROOM // len(each.encode()))


def within(user: str) -> str:
    """A selection of a user's fields."""
    return f"{{ viewer {{ user {{ {user} }} }} }}"


def nested(opening: str, closing: str, times: int, inner: str = "") -> Any:
    """One in the other."""
    return opening * times + inner + closing * times


def _list(depth: int) -> Any:
    value: Any = "x"
    for _ in range(depth):
        value = [value]
    return value


def _object(depth: int) -> Any:
    value: Any = "x"
    for _ in range(depth):
        value = {"a": value}
    return value


DOCUMENTS: Final = {
    "tokens": Hostile("{" + filled("topics ")[:-2] + "}", "TOO_MANY_TOKENS"),
    "punctuators": Hostile(filled("{"), "GRAPHQL_PARSE_FAILED"),
    "depth": Hostile('{ space(id: "x") { ' + NESTED * 5 + "id" + " } } } }" * 5 + "} }", "DOCUMENT_TOO_DEEP"),
    "depth of braces": Hostile(nested("{a", "}", 640), "GRAPHQL_PARSE_FAILED"),
    "depth of inline fragments": Hostile("{" + nested("...{", "}", 640, "topics") + "}", "GRAPHQL_PARSE_FAILED"),
    "depth of lists": Hostile(f"{{ nodes(ids: {nested('[', ']', 980)}) {{ id }} }}", "GRAPHQL_PARSE_FAILED"),
    "depth of objects": Hostile(
        f"mutation {{ createSpace(input: {nested('{a:', '}', 480, '1')}) {{ space {{ id }} }} }}",
        "GRAPHQL_PARSE_FAILED",
    ),
    "depth of types": Hostile(f"query($a: {nested('[', ']', 980, 'Int')}) {{ topics }}", "GRAPHQL_PARSE_FAILED"),
    "one field again and again": Hostile("{" + "__typename " * 900 + "}", "TOO_MANY_ROOT_FIELDS"),
    "one field further in": Hostile(within("id " * 900), "TOO_MANY_OVERLAPS"),
    "one field by fragments": Hostile(
        within(numbered("...f%d", 300)) + numbered("fragment f%d on User { id }", 150), "TOO_MANY_OVERLAPS"
    ),
    "fields": Hostile(within("id " * 1500), "TOO_MANY_FIELDS"),
    "doubling fragments": Hostile(doubling(60, "topics"), "TOO_MANY_FIELDS"),
    "doubling fragments of nothing": Hostile(doubling(60, "...missing"), "TOO_MANY_FIELDS"),
    "doubling fragments in a circle": Hostile(doubling(60, "...f0 ...f0"), "TOO_MANY_FIELDS"),
    "aliases": Hostile(within(numbered("a%d: id", 150)), "TOO_MANY_ALIASES"),
    "root fields": Hostile("{" + numbered("a%d: topics", 80) + "}", "TOO_MANY_ROOT_FIELDS"),
    "directives": Hostile("{ topics" + " @skip(if: false)" * 250 + "}", "TOO_MANY_DIRECTIVES"),
    "ten thousand directives": Hostile("{ topics" + " @a" * 10_000 + "}", "TOO_MANY_TOKENS"),
    "a long object": Hostile(
        "mutation { createSpace(input: {" + numbered("a%d: 1", 600) + "}) { space { id } } }", "TOO_MANY_PAIRS"
    ),
    "a long name": Hostile("{ " + "x" * (ROOM - 4) + " }", "NAME_TOO_LONG"),
    "as much as is allowed": Hostile("{" + numbered(f'a%d: space(id: "{NOWHERE}") {{ {PLAIN} }}', 24) + "}", None),
    "circles of fragments": Hostile(
        within("...f0") + numbered("fragment f%d on User { ...f0 ...f1 ...f2 ...f3 ...f4 ...f5 }", 60),
        "TOO_MANY_FIELDS",
    ),
    "a ring of fragments": Hostile(
        within("...f0") + " ".join(f"fragment f{n} on User {{ id ...f{(n + 1) % 120} }}" for n in range(120)),
        "TOO_MANY_FIELDS",
    ),
    "unknown fields": Hostile(within(numbered("displayNam%d", 850))),
    "unknown fields with long names": Hostile(within(numbered("displayName" * 11 + "%d", 430))),
    "unknown arguments": Hostile("{ spaces(" + numbered("firs%d: 1", 390) + ") { edges { node { id } } } }"),
    "unknown types": Hostile("query(" + numbered("$a%d: SpaceEven%d", 380) + ") { topics }"),
    "unknown type conditions": Hostile(within(numbered("... on SpaceSnapsho%d { x%d }", 300))),
    "unknown types like many": Hostile(within(numbered("... on CreateSpacePayloadInpu%d { x%d }", 300))),
    "unknown types with long names": Hostile(within(numbered(f"... on {'SpaceSnapshot' * 9}%d {{ x%d }}", 300))),
    "unknown arguments with long names": Hostile(
        "mutation { createSpace(" + numbered(f"{'input' * 24}%d: 1", 390) + ") { space { id } } }"
    ),
    "unknown fields of an input in the text": Hostile(
        "mutation { createSpace(input: {" + numbered(f"{'initialSpeakerIds' * 7}%d: 1", 390) + "}) { space { id } } }"
    ),
    "unknown directives": Hostile("{ topics " + numbered("@skp%d", 99) + "}"),
    "unknown enum values": Hostile(
        "{" + numbered("a%d: spaces(first: 1, order: NEWES) { edges { node { id } } }", 24) + "}"
    ),
    "unknown fragments": Hostile(within(numbered("...f%d", 900))),
    "unused variables": Hostile("query(" + numbered("$a%d: Int", 395) + ") { topics }"),
    "undefined variables": Hostile("{" + " ".join(f"a{n}: space(id: $v{n}) {{ id }}" for n in range(24)) + "}"),
    "operations of one name": Hostile("query q0 { topics } " * 390, "TOO_MANY_OPERATIONS", operation="q0"),
    "operations": Hostile(numbered("query q%d { topics }", 390), "TOO_MANY_OPERATIONS", operation="q0"),
    "conflicts": Hostile(
        within(
            " ".join(f'a: clips(first: {n}, after: "{"x" * 600}") {{ edges {{ node {{ id }} }} }}' for n in range(40))
        ),
        "TOO_MANY_OVERLAPS",
    ),
    "conflicts of long lists": Hostile(
        "{" + " ".join("a: nodes(ids: [" + numbered(f'"{n}-%d"', 70) + "]) { id }" for n in range(24)) + "}"
    ),
    "conflicts by fragments": Hostile(
        within(numbered("...f%d", 38))
        + " ".join(f"fragment f{n} on User {{ a: follows(first: {n}) {{ x }} }}" for n in range(38))
    ),
    "a long string": Hostile('{ space(id: "' + "x" * (ROOM - 30) + '") { id } }', "BAD_USER_INPUT"),
    "a string of escapes": Hostile('{ space(id: "' + "\\u00e9" * 8_000 + '") { id } }', "BAD_USER_INPUT"),
    "a string beyond ASCII": Hostile('{ space(id: "' + "\N{FIRE}" * 15_000 + '") { id } }', "BAD_USER_INPUT"),
    "a block string of lines": Hostile('{ space(id: """' + "\n " * 20_000 + '""") { id } }', "TOO_MANY_LINES"),
    "a block string of quotes": Hostile('{ space(id: """' + '\\"""' * 8_000 + '""") { id } }', "BAD_USER_INPUT"),
    "strings": Hostile("{ nodes(ids: [" + '"x" ' * 1_900 + "]) { id } }", "BAD_USER_INPUT"),
    "a long integer": Hostile(
        "{ spaces(first: " + "9" * (ROOM - 60) + ") { edges { node { id } } } }", "NUMBER_TOO_LONG"
    ),
    "a long fraction": Hostile(
        "{ spaces(first: 0." + "9" * (ROOM - 60) + ") { edges { node { id } } } }", "NUMBER_TOO_LONG"
    ),
    "a large exponent": Hostile(
        "{ spaces(first: 1e" + "9" * 20_000 + ") { edges { node { id } } } }", "NUMBER_TOO_LONG"
    ),
    "a long comment": Hostile("#" + "x" * (ROOM - 20) + "\n{ nothing }"),
    "comments": Hostile("#\n" * 20_000 + "{ nothing }", "TOO_MANY_LINES"),
    "commas": Hostile("," * (ROOM - 20) + "{ nothing }"),
    "empty lines, and then errors": Hostile("\n" * 28_000 + within(numbered("n%d", 850)), "TOO_MANY_LINES"),
    "byte order marks": Hostile("\ufeff" * 20_000 + "{ nothing }"),
    "letters beyond ASCII": Hostile("{ " + "\N{FIRE}" * 15_000 + " }", "GRAPHQL_PARSE_FAILED"),
    "nothing but spaces": Hostile(" " * ROOM, "GRAPHQL_PARSE_FAILED"),
    "the schema, deep": Hostile(
        "{ __schema { types { fields { type { fields { type { fields { args { type { name } } } } } } } } } }",
        "GRAPHQL_VALIDATION_FAILED",
    ),
    "the schema, again and again": Hostile(
        "{" + numbered("a%d: __schema { types { fields { args { type { name } } } } }", 24) + "}", "QUERY_TOO_COSTLY"
    ),
    "a type, again and again": Hostile(
        "{" + numbered('a%d: __type(name: "Space") { fields { type { fields { type { name } } } } }', 24) + "}",
        None,
    ),
    "pages of pages": Hostile(
        "{ spaces(first: 100) { edges { node { "
        + "clips(first: 100) { edges { node { space { " * 2
        + "id"
        + " } } } }" * 2
        + " } } } }",
        "QUERY_TOO_COSTLY",
    ),
}
VARIABLES: Final[dict[str, tuple[str, Any]]] = {
    "unknown fields of an input": ("BAD_USER_INPUT", {f"titl{n}": 1 for n in range(4_000)}),
    "very many unknown fields of an input": ("TOO_MANY_VALUES", {f"t{n}": 1 for n in range(6_000)}),
    "a field of an input with a long name": ("BAD_USER_INPUT", {"title" * 12_000: 1}),
    "fields of an input with long names": ("BAD_USER_INPUT", {f"{'initialSpeakerIds' * 10}{n}": 1 for n in range(300)}),
    "a long list of wrong things": ("TOO_MANY_VALUES", {"title": "x", "topics": [1] * 20_000}),
    "a list of wrong things": ("BAD_USER_INPUT", {"title": "x", "topics": [1] * 4_900}),
    "a long list of topics": ("TOO_MANY_VALUES", {"title": "x", "topics": ["Music"] * 6_000}),
    "lists in lists": ("BAD_USER_INPUT", {"title": "x", "topics": _list(250)}),
    "objects in objects": ("BAD_USER_INPUT", {"title": "x", "topics": _object(250)}),
    "a long title": ("UNAUTHENTICATED", {"title": "x" * 60_000}),
    "a title of emoji": ("UNAUTHENTICATED", {"title": "\N{FIRE}" * 15_000}),
    "an unknown value of an enum": ("BAD_USER_INPUT", {"title": "x", "speakPolicy": "EVERYON" * 8_000}),
    "a number for a title": ("BAD_USER_INPUT", {"title": 10**18}),
    "a list for an input": ("TOO_MANY_VALUES", [{}] * 15_000),
}
"""Inputs of a mutation, each with the code by which it is refused."""

HOSTILE: Final = DOCUMENTS | {
    name: Hostile(CREATE, code, {"input": value}) for name, (code, value) in VARIABLES.items()
}
