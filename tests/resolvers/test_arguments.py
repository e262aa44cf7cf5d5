"""Arguments that GraphQL itself cannot check."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers.arguments import after_id, after_moment, cursor, moment_cursor, slice_after
from resolvers.faults import BadInput
from schema.pages import Page
from tests.resolvers.conftest import Caller

MOMENTS = st.datetimes(timezones=st.just(UTC))
IDS = st.text("abcdef0123456789", min_size=1, max_size=24)


@given(MOMENTS, IDS)
def test_a_cursor_is_read_as_it_was_written(moment: datetime, item_id: str) -> None:
    assert after_moment(Page(1, moment_cursor(moment, item_id))) == (moment, item_id)
    assert after_id(Page(1, cursor(item_id))) == item_id


@given(st.text())
def test_anything_else_is_refused_by_name(text: str) -> None:
    with pytest.raises(BadInput, match="`after`"):
        after_moment(Page(1, text))


@given(st.lists(st.tuples(MOMENTS, IDS), unique=True), st.integers(1, 100), st.booleans())
def test_pages_put_together_are_the_list(items: list[tuple[datetime, str]], first: int, newest_first: bool) -> None:
    read: list[tuple[datetime, str]] = []
    after = None
    while True:
        found = slice_after(items, Page(first, after), key_of=lambda one: one, newest_first=newest_first)
        read += found[:first]
        if len(found) <= first:
            break
        after = moment_cursor(*read[-1])
    assert read == sorted(items, reverse=newest_first)


@pytest.mark.parametrize("first", [0, -1, 101])
async def test_a_page_has_1_to_100_entries(anyone: Caller, first: int) -> None:
    error = await anyone.error("query($n: Int!) { spaces(first: $n) { edges { cursor } } }", n=first)
    assert error["message"] == f"`first`: is {first}, but must be 1 to 100."
    assert error["extensions"] == {"code": "BAD_USER_INPUT", "argument": "first"}


async def test_a_page_needs_its_size(anyone: Caller) -> None:
    error = await anyone.error("{ spaces { edges { cursor } } }")
    assert error["extensions"] == {"code": "GRAPHQL_VALIDATION_FAILED"}
    assert "(first:)' of type 'Int!' is required" in error["message"]


async def test_a_broken_cursor(anyone: Caller) -> None:
    error = await anyone.error('{ spaces(first: 1, after: "@") { edges { cursor } } }')
    assert error["message"] == "`after`: is not a cursor of this list."


async def test_the_id_of_something_else(host: Caller) -> None:
    user_id = (await host.ask("{ viewer { user { id } } }"))["user"]["id"]
    error = await host.error("query($id: ID!) { space(id: $id) { id } }", id=user_id)
    assert error["message"] == "`id`: expected the id of a Space, got that of a User."
    error = await host.error("mutation($id: ID!) { joinSpace(input: {spaceId: $id}) { space { id } } }", id=user_id)
    assert error["message"].startswith("`spaceId`: expected the id of a Space")


@pytest.mark.parametrize("text", ["", "x", "%%%", "U3BhY2U6", "w7zDvA==", "é"])
async def test_a_broken_id(anyone: Caller, text: str) -> None:
    result = await anyone.execute("query($id: ID!) { space(id: $id) { id } node(id: $id) { id } }", id=text)
    codes = {(one.extensions or {}).get("code") for one in result.errors or ()}
    assert codes <= {"BAD_USER_INPUT"}
    assert not result.data or not any(result.data.values())


async def test_too_many_nodes_at_once(anyone: Caller) -> None:
    document = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    error = await anyone.error(document, ids=["U3BhY2U6eA=="] * 101)
    assert error["extensions"] == {"code": "BAD_USER_INPUT", "argument": "ids"}
