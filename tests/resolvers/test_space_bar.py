"""The space bar as its viewer sees it, asked for and live, and the setting that lets others see where one listens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from strawberry.types.execution import ExecutionResult

from tests.resolvers.conftest import Caller
from tests.resolvers.conversation import make_cohost, user_id
from tests.resolvers.test_relationships import about
from tests.resolvers.test_streams import streaming

ENTRY = "space { id title viewerRole } reasons { user { handle viewerFollows } role } followedCount"
BAR = f"""query($first: Int, $after: String, $last: Int, $before: String) {{ viewer {{
  spaceBar(first: $first, after: $after, last: $last, before: $before) {{
    edges {{ node {{ {ENTRY} }} }} pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }} }}"""
UPDATED = f"subscription($first: Int! = 20) {{ spaceBarUpdated(first: $first) {{ {ENTRY} }} }}"
SETTINGS = """mutation($input: UpdateSettingsInput!) { updateSettings(input: $input) {
  viewer { settings { listeningVisibility } user { handle } } userErrors { code } } }"""


async def bar(caller: Caller, **page: Any) -> Any:
    return (await caller.ask(BAR, **page))["spaceBar"]


def reasons(entry: Any) -> list[tuple[str, str]]:
    return [(one["user"]["handle"], one["role"]) for one in entry["reasons"]]


@asynccontextmanager
async def at_work(caller: Caller) -> AsyncIterator[None]:
    """While this is open the server tells of people on the move, and hears of them."""
    use_cases = caller.world.use_cases
    watch = use_cases.bar_watch
    async with asyncio.TaskGroup() as group:
        works = (use_cases.whereabouts.run, watch.run_hearing, watch.run_rounds)
        tasks = [group.create_task(work()) for work in works]
        yield
        for task in tasks:
            task.cancel()


async def test_the_bar_by_pages_with_its_reasons(host: Caller, guest: Caller, other: Caller, live: str) -> None:
    await about(other, "follow", await user_id(host))
    await about(other, "follow", await user_id(guest))
    await make_cohost(host, guest, live)
    created = await guest.do("createSpace", title="Blues")
    await guest.do("startSpace", spaceId=created["space"]["id"])
    first = await bar(other, first=1)
    [edge] = first["edges"]
    assert edge["node"] == {
        "space": {"id": created["space"]["id"], "title": "Blues", "viewerRole": "LISTENER"},
        "reasons": [{"user": {"handle": "gustav", "viewerFollows": True}, "role": "HOST"}],
        "followedCount": 1,
    }
    assert first["pageInfo"]["hasNextPage"]
    [edge] = (await bar(other, first=5, after=first["pageInfo"]["endCursor"]))["edges"]
    assert (edge["node"]["space"]["id"], edge["node"]["followedCount"]) == (live, 2)
    assert reasons(edge["node"]) == [("hannah", "HOST"), ("gustav", "COHOST")]
    [edge] = (await bar(other, last=1))["edges"]
    assert edge["node"]["space"]["id"] == live
    assert (await bar(host, first=5))["edges"] == []


async def test_where_one_listens_is_seen_by_followers_if_one_lets_it(
    host: Caller, guest: Caller, other: Caller, live: str
) -> None:
    await about(other, "follow", await user_id(guest))
    await guest.do("joinSpace", spaceId=live)
    assert (await guest.ask("{ viewer { settings { listeningVisibility } } }"))["settings"] == {
        "listeningVisibility": False
    }
    assert (await bar(other, first=5))["edges"] == []
    changed = await guest.ask(SETTINGS, input={"listeningVisibility": True})
    assert changed == {
        "viewer": {"settings": {"listeningVisibility": True}, "user": {"handle": "gustav"}},
        "userErrors": [],
    }
    [edge] = (await bar(other, first=5))["edges"]
    assert reasons(edge["node"]) == [("gustav", "LISTENER")]
    assert (await guest.ask(SETTINGS, input={}))["viewer"]["settings"] == {"listeningVisibility": True}
    await guest.ask(SETTINGS, input={"listeningVisibility": False})
    assert (await bar(other, first=5))["edges"] == []


def streamed(result: ExecutionResult) -> Any:
    assert not result.errors, result.errors
    assert result.data
    return result.data["spaceBarUpdated"]


async def test_the_bar_is_streamed_whole_and_whenever_it_changes(host: Caller, guest: Caller, live: str) -> None:
    await about(guest, "follow", await user_id(host))
    async with at_work(guest), streaming(guest, UPDATED, first=1) as results:
        [entry] = streamed(await anext(results))
        assert (entry["space"]["id"], reasons(entry)) == (live, [("hannah", "HOST")])
        created = await host.do("createSpace", title="Blues")
        await host.do("startSpace", spaceId=created["space"]["id"])
        [entry] = streamed(await anext(results))
        assert entry["space"]["title"] == "Blues"


async def test_a_bar_is_for_people_with_an_account(anyone: Caller, host: Caller) -> None:
    assert await anyone.ask(BAR, first=1) is None
    assert (await anyone.error(SETTINGS, input={}))["extensions"]["code"] == "UNAUTHENTICATED"
    async with streaming(anyone, UPDATED) as results:
        refused = await anext(results)
    assert [(one.extensions or {})["code"] for one in refused.errors or []] == ["UNAUTHENTICATED"]


@pytest.mark.parametrize("first", [0, 101])
async def test_so_much_of_a_bar_is_not_streamed(host: Caller, first: int) -> None:
    async with streaming(host, UPDATED, first=first) as results:
        refused = await anext(results)
    assert [one.extensions for one in refused.errors or []] == [{"code": "BAD_USER_INPUT", "argument": "first"}]
