"""The Spaces tab as clients ask for it: filters, orders, pages in both directions, and what is no question."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.resolvers.conftest import Caller
from tests.resolvers.conversation import user_id
from tests.resolvers.test_relationships import about

LISTED = """query($first: Int, $last: Int, $after: String, $before: String, $filter: SpaceFilter, $by: SpaceOrder) {
  spaces(first: $first, last: $last, after: $after, before: $before, filter: $filter, orderBy: $by) {
    edges { node { title } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""


async def live_space(host: Caller, title: str, **settings: Any) -> str:
    """A live Space of this title; its id."""
    space_id: str = (await host.do("createSpace", title=title, **settings))["space"]["id"]
    await host.do("startSpace", spaceId=space_id)
    return space_id


def titles(listed: Any) -> list[str]:
    return [edge["node"]["title"] for edge in listed["edges"]]


async def found(caller: Caller, by: str | None = None, **filter: Any) -> list[str]:
    return titles(await caller.ask(LISTED, first=10, filter=filter, by=by))


async def test_live_spaces_by_pages(host: Caller, anyone: Caller) -> None:
    for title in ("one", "two", "three"):
        created = await host.do("createSpace", title=title)
        await host.do("startSpace", spaceId=created["space"]["id"])
    document = """query($after: String) { spaces(first: 2, after: $after) {
      edges { cursor node { title } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
    first = await anyone.ask(document)
    assert [edge["node"]["title"] for edge in first["edges"]] == ["three", "two"]
    assert first["pageInfo"] == {
        "hasNextPage": True,
        "hasPreviousPage": False,
        "startCursor": first["edges"][0]["cursor"],
        "endCursor": first["edges"][1]["cursor"],
    }
    second = await anyone.ask(document, after=first["pageInfo"]["endCursor"])
    assert [edge["node"]["title"] for edge in second["edges"]] == ["one"]
    assert (second["pageInfo"]["hasNextPage"], second["pageInfo"]["hasPreviousPage"]) == (False, True)
    back = await anyone.ask(LISTED, last=2, before=second["pageInfo"]["startCursor"])
    assert titles(back) == ["three", "two"]
    assert (back["pageInfo"]["hasNextPage"], back["pageInfo"]["hasPreviousPage"]) == (True, False)


async def test_each_filter_and_all_together(host: Caller, guest: Caller, anyone: Caller) -> None:
    await live_space(host, "Jazz tonight", topics=["Music"], language="pt-BR")
    await live_space(guest, "Caf\u00e9 talk tonight", topics=["Art", "News"], language="en")
    await live_space(guest, "Jazz talk", topics=["Music", "Art"])
    guest_id = await user_id(guest)
    assert await found(anyone) == ["Jazz talk", "Caf\u00e9 talk tonight", "Jazz tonight"]
    assert await found(anyone, query=" JAZZ ") == ["Jazz talk", "Jazz tonight"]
    assert await found(anyone, query="tonight, cafe") == ["Caf\u00e9 talk tonight"]
    assert await found(anyone, query="jaz") == []
    assert await found(anyone, topics=["News", "Tech", "Music"]) == await found(anyone)
    assert await found(anyone, topics=["Tech"]) == []
    assert await found(anyone, language="pt") == ["Jazz tonight"]
    assert await found(anyone, hostId=guest_id) == ["Jazz talk", "Caf\u00e9 talk tonight"]
    assert await found(anyone, hostId=guest_id, query="talk", topics=["Music"]) == ["Jazz talk"]


async def test_ended_spaces_and_those_yet_to_start(host: Caller, anyone: Caller, live: str) -> None:
    await host.do("createSpace", title="Not yet")
    assert await found(anyone, state="ENDED") == []
    await host.do("endSpace", spaceId=live)
    assert (await found(anyone), await found(anyone, state="ENDED")) == ([], ["Jazz tonight"])
    assert await found(anyone, state="ENDED", query="jazz") == ["Jazz tonight"]
    assert titles(await anyone.ask("{ spaces(first: 1, state: ENDED) { edges { node { title } } } }")) == [
        "Jazz tonight"
    ]


async def test_the_fullest_first_by_pages(host: Caller, guest: Caller, other: Caller, anyone: Caller) -> None:
    for title, listeners in (("one", [guest]), ("both", [guest, other]), ("none", [])):
        space_id = await live_space(host, title)
        for person in listeners:
            await person.do("joinSpace", spaceId=space_id)
    await host.world.attendance.count_all()
    assert await found(anyone, by="LISTENERS") == ["both", "one", "none"]
    first = await anyone.ask(LISTED, first=1, by="LISTENERS")
    rest = await anyone.ask(LISTED, first=5, by="LISTENERS", after=first["pageInfo"]["endCursor"])
    assert (titles(first), titles(rest)) == (["both"], ["one", "none"])
    error = await anyone.error(LISTED, first=5, by="STARTED_AT", after=first["pageInfo"]["endCursor"])
    assert error["extensions"] == {"code": "BAD_USER_INPUT", "argument": "after"}


@pytest.mark.parametrize(
    ("filter", "by", "argument"),
    [
        ({"query": " "}, None, "query"),
        ({"query": "x" * 71}, None, "query"),
        ({"query": "?!"}, None, "query"),
        ({"topics": []}, None, "topics"),
        ({"topics": ["Music"] * 21}, None, "topics"),
        ({"hostId": "U3BhY2U6eA=="}, None, "hostId"),
        ({"state": "ENDED"}, "LISTENERS", "orderBy"),
    ],
)
async def test_what_is_no_question(anyone: Caller, filter: dict[str, Any], by: str | None, argument: str) -> None:
    error = await anyone.error(LISTED, first=5, filter=filter, by=by)
    assert error["extensions"] == {"code": "BAD_USER_INPUT", "argument": argument}


SCHEDULE = """mutation($title: String!, $start: DateTime!) {
  scheduleSpace(input: {title: $title, scheduledStart: $start, timeZone: "Europe/Berlin"}) {
    space { id } userErrors { code } } }"""


async def test_spaces_to_come_the_soonest_first(host: Caller, guest: Caller, anyone: Caller, live: str) -> None:
    for caller, title, hours in ((host, "Later", 5), (guest, "Sooner", 2), (host, "Latest", 9)):
        start = (host.world.clock() + timedelta(hours=hours)).isoformat()
        made = await caller.ask(SCHEDULE, title=title, start=start)
        assert made["userErrors"] == []
    assert await found(anyone, state="SCHEDULED") == ["Sooner", "Later", "Latest"]
    assert await found(anyone, by="SCHEDULED_START", state="SCHEDULED", query="later") == ["Later"]
    first = await anyone.ask(LISTED, first=1, filter={"state": "SCHEDULED"})
    rest = await anyone.ask(LISTED, first=9, filter={"state": "SCHEDULED"}, after=first["pageInfo"]["endCursor"])
    assert (titles(first), titles(rest)) == (["Sooner"], ["Later", "Latest"])
    assert titles(await anyone.ask(LISTED, last=1, filter={"state": "SCHEDULED"})) == ["Latest"]
    await about(host, "block", await user_id(guest))
    assert await found(guest, state="SCHEDULED") == ["Sooner"]
    error = await anyone.error(LISTED, first=5, filter={"state": "SCHEDULED"}, by="STARTED_AT")
    assert error["extensions"] == {"code": "BAD_USER_INPUT", "argument": "orderBy"}
