"""Arguments that GraphQL itself cannot check."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.pages import part
from resolvers.arguments import connection, cursor, found_key, moment_key, number_key, window
from resolvers.faults import BadInput
from schema.pages import Connection, Page
from tests.resolvers.conftest import Caller

MOMENTS = st.datetimes(timezones=st.just(UTC))
IDS = st.text("abcdef0123456789", min_size=1, max_size=24)


@given(MOMENTS, IDS)
def test_a_cursor_is_read_as_it_was_written(moment: datetime, item_id: str) -> None:
    assert window(Page(1, cursor(moment, item_id)), moment_key).after == (moment, item_id)
    assert window(Page(last=1, before=cursor(moment, item_id)), moment_key).before == (moment, item_id)


@given(st.integers(-(2**63) + 1, 2**63 - 1), st.text(st.characters(codec="utf-8")))
def test_so_are_those_of_numbers_and_of_people(number: int, text: str) -> None:
    assert window(Page(1, cursor(number)), number_key).after == (number,)
    assert window(Page(1, cursor("name", text, "id")), found_key).after == ("name", text, "id")


@given(st.text())
def test_anything_else_is_refused_by_name(text: str) -> None:
    for read_key in (moment_key, number_key, found_key):
        with pytest.raises(BadInput, match="`after`"):
            window(Page(1, text), read_key)


@pytest.mark.parametrize(
    "parts", ["5", "[]", "[5]", '["\\ud800"]', f'["{2**63}"]', '["2031-05-01T00:00:00", "x"]', "[" * 9999]
)
def test_so_is_what_only_looks_like_a_cursor(parts: str) -> None:
    text = base64.urlsafe_b64encode(parts.encode()).decode()
    for read_key in (moment_key, number_key, found_key):
        with pytest.raises(BadInput, match="`before`"):
            window(Page(last=1, before=text), read_key)


@given(st.lists(st.tuples(MOMENTS, IDS), unique=True), st.integers(1, 100), st.booleans())
def test_pages_put_together_are_the_list(items: list[tuple[datetime, str]], size: int, newest_first: bool) -> None:
    def read(page: Page) -> Connection[str]:
        found = part(items, window(page, moment_key), key_of=lambda one: one, newest_first=newest_first)
        return connection(found, page, node=lambda one: one[1], cursor_of=lambda one: cursor(*one))

    forwards, backwards = [read(Page(size))], [read(Page(last=size))]
    while forwards[-1].page_info.has_next_page:
        forwards.append(read(Page(size, forwards[-1].page_info.end_cursor)))
    while backwards[0].page_info.has_previous_page:
        backwards.insert(0, read(Page(last=size, before=backwards[0].page_info.start_cursor)))
    expected = [item_id for _, item_id in sorted(items, reverse=newest_first)]
    for pages in (forwards, backwards):
        assert [edge.node for page in pages for edge in page.edges] == expected


@pytest.mark.parametrize("first", [0, -1, 101])
async def test_a_page_has_1_to_100_entries(anyone: Caller, first: int) -> None:
    error = await anyone.error("query($n: Int!) { spaces(first: $n) { edges { cursor } } }", n=first)
    assert error["message"] == f"`first`: is {first}, but must be 1 to 100."
    assert error["extensions"] == {"code": "BAD_USER_INPUT", "argument": "first"}


async def test_a_page_needs_its_size(anyone: Caller) -> None:
    error = await anyone.error("{ spaces { edges { cursor } } }")
    assert error["message"] == "`first`: is missing: give `first` or `last`, 1 to 100."
    error = await anyone.error("{ spaces(first: 1, last: 1) { edges { cursor } } }")
    assert error["message"] == "`last`: was given together with `first`: give one of the two."
    error = await anyone.error("{ spaces(last: 0) { edges { cursor } } }")
    assert error["message"] == "`last`: is 0, but must be 1 to 100."


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
