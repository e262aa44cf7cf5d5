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
    MAX_DIGITS,
    MAX_DIRECTIVES,
    MAX_FIELDS,
    MAX_LINES,
    MAX_NAME,
    MAX_OPERATIONS,
    MAX_OVERLAPS,
    MAX_PAIRS,
    MAX_ROOT_FIELDS,
    MAX_TOKENS,
)
from resolvers.operations import Api
from resolvers.variables import MAX_VALUES
from tests import hostile
from tests.resolvers.conftest import Caller

LIMITS = {
    "TOO_MANY_TOKENS": MAX_TOKENS,
    "TOO_MANY_LINES": MAX_LINES,
    "TOO_MANY_OPERATIONS": MAX_OPERATIONS,
    "DOCUMENT_TOO_DEEP": MAX_DEPTH,
    "TOO_MANY_FIELDS": MAX_FIELDS,
    "TOO_MANY_ROOT_FIELDS": MAX_ROOT_FIELDS,
    "TOO_MANY_OVERLAPS": MAX_OVERLAPS,
    "TOO_MANY_ALIASES": MAX_ALIASES,
    "TOO_MANY_DIRECTIVES": MAX_DIRECTIVES,
    "TOO_MANY_PAIRS": MAX_PAIRS,
    "NAME_TOO_LONG": MAX_NAME,
    "NUMBER_TOO_LONG": MAX_DIGITS,
    "TOO_MANY_VALUES": MAX_VALUES,
}
HOSTILE = {name: one for name, one in hostile.HOSTILE.items() if one.code in LIMITS}


def test_each_limit_is_tried() -> None:
    assert {one.code for one in HOSTILE.values()} == LIMITS.keys()


@pytest.mark.parametrize("what", HOSTILE)
async def test_a_hostile_document_is_refused_before_it_is_validated(anyone: Caller, what: str) -> None:
    one = HOSTILE[what]
    result = await anyone.api.execute(
        one.document, one.variables, context_value=await anyone.context(), operation_name=one.operation
    )
    assert result.errors
    [error] = result.errors
    assert error.extensions
    assert (error.extensions["code"], error.extensions["limit"]) == (one.code, LIMITS[one.code or ""])
    assert LIMITS[one.code or ""] < error.extensions["current"] <= 2**53 - 1


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
