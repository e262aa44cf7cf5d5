"""Limits: what is refused is refused before it costs anything, and says what was allowed and what came."""

from __future__ import annotations

from itertools import count

import pytest
from graphql import get_introspection_query

from resolvers.costs import MAX_COST
from resolvers.documents import MAX_KEPT, MAX_SEEN, Cache
from resolvers.limits import (
    MAX_ALIASES,
    MAX_DEPTH,
    MAX_DIRECTIVES,
    MAX_FIELDS,
    MAX_NAME,
    MAX_OVERLAPS,
    MAX_PAIRS,
    MAX_ROOT_FIELDS,
    MAX_TOKENS,
)
from resolvers.operations import Api
from tests.resolvers.conftest import Caller


def numbered(each: str, how_many: int) -> str:
    """One text after the other, `%d` in each being its number."""
    return " ".join(each.replace("%d", str(number)) for number in range(how_many))


def doubling(how_many: int, last: str) -> str:
    """Fragments that each spread the next one twice."""
    chain = "".join(f" fragment f{n} on Query {{ ...f{n + 1} ...f{n + 1} }}" for n in range(how_many))
    return f"{{ ...f0 }} {chain} fragment f{how_many} on Query {{ {last} }}"


NESTED = "clips(first: 1) { edges { node { space { "
HOSTILE = {
    "tokens": ("{" + "topics " * 30_000 + "}", "TOO_MANY_TOKENS", MAX_TOKENS),
    "depth": ('{ space(id: "x") { ' + NESTED * 5 + "id" + " } } } }" * 5 + "} }", "DOCUMENT_TOO_DEEP", MAX_DEPTH),
    "one field again and again": ("{" + "__typename " * 900 + "}", "TOO_MANY_ROOT_FIELDS", MAX_ROOT_FIELDS),
    "the same further in": ("{ viewer { user {" + "id " * 900 + "} } }", "TOO_MANY_OVERLAPS", MAX_OVERLAPS),
    "the same by fragments": (
        "{ viewer { user {" + numbered("...f%d", 300) + "} } }" + numbered("fragment f%d on User { id }", 150),
        "TOO_MANY_OVERLAPS",
        MAX_OVERLAPS,
    ),
    "fields": ("{ viewer { user {" + "id " * 1500 + "} } }", "TOO_MANY_FIELDS", MAX_FIELDS),
    "doubling fragments": (doubling(60, "topics"), "TOO_MANY_FIELDS", MAX_FIELDS),
    "doubling fragments of nothing": (doubling(60, "...missing"), "TOO_MANY_FIELDS", MAX_FIELDS),
    "doubling fragments in a circle": (doubling(60, "...f0 ...f0"), "TOO_MANY_FIELDS", MAX_FIELDS),
    "aliases": ("{ viewer { user {" + numbered("a%d: id", 150) + "} } }", "TOO_MANY_ALIASES", MAX_ALIASES),
    "root fields": ("{" + numbered("a%d: topics", 80) + "}", "TOO_MANY_ROOT_FIELDS", MAX_ROOT_FIELDS),
    "directives": ("{ topics" + " @skip(if: false)" * 250 + "}", "TOO_MANY_DIRECTIVES", MAX_DIRECTIVES),
    "a long object": (
        "mutation { createSpace(input: {" + numbered("a%d: 1", 600) + "}) { space { id } } }",
        "TOO_MANY_PAIRS",
        MAX_PAIRS,
    ),
    "a long name": ("{ " + "x" * 60_000 + " }", "NAME_TOO_LONG", MAX_NAME),
}


@pytest.mark.parametrize("what", HOSTILE)
async def test_a_hostile_document_is_refused_before_it_is_validated(anyone: Caller, what: str) -> None:
    document, code, limit = HOSTILE[what]
    extensions = (await anyone.error(document))["extensions"]
    assert (extensions["code"], extensions["limit"]) == (code, limit)
    assert extensions["current"] > limit


async def test_graphiql_is_within_all_limits(anyone: Caller) -> None:
    document = get_introspection_query(specified_by_url=True, input_value_deprecation=True, schema_description=True)
    assert (await anyone.ask(document))["queryType"]["name"] == "Query"


async def test_describing_the_schema_twice_is_too_much(anyone: Caller) -> None:
    of_all = "__schema { types { fields { args { type { name } } type { name } } inputFields { name } } }"
    assert (await anyone.execute("{ %s }" % of_all)).errors is None  # noqa: UP031
    error = await anyone.error("{ %s }" % " ".join(f"a{n}: {of_all}" for n in range(9)))  # noqa: UP031
    assert error["extensions"]["code"] == "QUERY_TOO_COSTLY"


PAGES = """
query($n: Int) {
  spaces(first: $n) { edges { node { stage { user { id } } listeners(first: 100) { edges { node { id } } } } } }
}"""


async def test_the_cost_goes_with_the_size_of_the_pages(anyone: Caller) -> None:
    assert (await anyone.execute(PAGES, n=1)).errors is None
    error = await anyone.error(PAGES, n=100)
    assert error["extensions"]["code"] == "QUERY_TOO_COSTLY"
    assert error["extensions"]["limit"] == MAX_COST < error["extensions"]["current"]


async def test_who_asks_is_told_the_cost(anyone: Caller) -> None:
    for size, cost in ((1, 230), (2, 459)):
        result = await anyone.api.execute(
            PAGES,
            variable_values={"n": size},
            context_value=await anyone.context(),
            operation_extensions={"cost": True},
        )
        assert result.extensions == {"cost": {"cost": cost, "limit": MAX_COST}}


async def test_a_subscription_has_a_cost_too(anyone: Caller) -> None:
    deep = "clips(first: 100) { edges { node { space { clips(first: 100) { edges { node { id } } } } } } }"
    document = 'subscription { spaceEvents(spaceId: "U3BhY2U6eA==") { ... on SpaceSnapshot { space { %s } } } }' % deep  # noqa: UP031
    results = await anyone.api.stream(document, context_value=await anyone.context())
    [result] = [one async for one in results]
    assert result.errors
    assert [one.extensions["code"] for one in result.errors] == ["QUERY_TOO_COSTLY"]


def test_ever_new_texts_do_not_drive_out_those_that_came_again(api: Api) -> None:
    cache = Cache(api._schema)
    text = "query Kept { topics }"
    kept = cache.read(text)
    assert cache.read(text) is kept
    for number in range(MAX_SEEN + MAX_KEPT):
        cache.read(f"query New{number} {{ topics }}")
    assert cache.read(text) is kept


def test_the_cache_is_bounded_by_letters_too(api: Api) -> None:
    cache = Cache(api._schema)
    padding, numbers = " " * 60_000, count()
    first = cache.read(f"query N{next(numbers)} {{ topics }}{padding}")
    for _ in range(20):
        cache.read(f"query N{next(numbers)} {{ topics }}{padding}")
    assert cache.read(f"query N0 {{ topics }}{padding}") is not first
