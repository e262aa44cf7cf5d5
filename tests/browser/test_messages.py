"""Direct messages in two browsers, and in two tabs of one person: they come in live, and their marks go where read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.browser.browsers import ChromiumPage, chromium, firefox
from tests.browser.test_access import SIZES, address, violations, violations_here
from tests.browser.visitor import LOOK_EVERY, SEEN_SECONDS, Visitor
from tests.server.running import RunningServer, running
from tests.waiting import until
from tests.whole.people import Person
from tests.whole.rooms import live_space

CONVERSATIONS = """query { viewer { unreadConversationCount conversations(first: 9) {
  edges { node { user { handle } unreadCount lastMessage { text card { __typename } } readUpTo { text } } } } } }"""
LISTED = """Object.fromEntries([...document.querySelectorAll(".inbox li")].map((one) =>
  [one.querySelector("a").pathname.split("/")[2], one.querySelector(".mark")?.textContent ?? ""]))"""
MARK = "document.querySelector('.top .mark')?.dataset.count ?? ''"


@dataclass(frozen=True)
class People:
    """Ann and Ben, whom browsers are opened for, and Cem, who writes by the API."""

    ann: Person
    ben: Person
    cem: Person


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningServer]:
    """The server, as `make run` starts it."""
    async with running(tmp_path_factory.mktemp("messages") / "data", TRANSCRIBER="off") as one:
        yield one


@pytest.fixture(scope="module")
async def people(server: RunningServer) -> AsyncIterator[People]:
    async with httpx2.AsyncClient(timeout=30) as http:
        made = [
            await Person(http, server.url).do("signUp", handle=one, displayName=one.title(), password="password")
            for one in ("ann", "ben", "cem")
        ]
        yield People(*(Person(http, server.url, one["token"], one["user"]["id"]) for one in made))


@pytest.fixture(scope="module")
async def ann(people: People, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Visitor]:
    """At Chromium, on a desk."""
    async with chromium(tmp_path_factory.mktemp("ann"), 440.0) as page:
        yield await logged_in(Visitor(page), people.ann.url, "ann")


async def logged_in(visitor: Visitor, url: str, handle: str) -> Visitor:
    await visitor.goto(f"{url}/log-in")
    await visitor.fill(Handle=handle, Password="password")
    await visitor.press("Log in")
    await visitor.sees(f"Your profile, {handle.title()}")
    return visitor


async def marked(visitor: Visitor, mark: str) -> None:
    """Waits until the navigation has this mark, or none for ''."""

    async def right() -> bool:
        return bool(await visitor.page.run(MARK) == mark)

    await until(right, f"the mark is {mark!r}", deadline=SEEN_SECONDS, look_every=LOOK_EVERY)


async def listed(visitor: Visitor, **marks: str) -> None:
    """Waits until the list of conversations has these people, with these marks."""

    async def right() -> bool:
        return bool(await visitor.page.run(LISTED) == marks)

    await until(right, f"the list is {marks}", deadline=SEEN_SECONDS, look_every=LOOK_EVERY)


async def conversations(person: Person) -> dict[str, Any]:
    """The person's conversations by the other's handle."""
    found = (await person.read(CONVERSATIONS))["conversations"]["edges"]
    return {one["node"]["user"]["handle"]: one["node"] for one in found}


async def test_a_message_comes_in_live_and_its_marks_go_in_every_tab(
    people: People, ann: Visitor, tmp_path: Path
) -> None:
    url = people.ann.url
    assert isinstance(ann.page, ChromiumPage)
    behind = await ann.page.tab()
    list_of_ann = Visitor(behind)
    await list_of_ann.goto(f"{url}/messages")
    await list_of_ann.sees("None yet.")
    await ann.page.come_to_front()
    await ann.goto(url)
    async with firefox(tmp_path, 880.0) as page:
        ben = await logged_in(Visitor(page), url, "ben")
        await ben.goto(f"{url}/messages/ann")
        for text in ("Are you on tonight?", "At eight?"):
            await ben.fill(Message_to_Ann=text)
            await ben.press("Send")
            await ben.sees(text)
        await ann.sees("Ben: Are you on tonight?")
        for tab in (ann, list_of_ann):
            await marked(tab, "1")
        await listed(list_of_ann, ben="2")
        await people.cem.do("sendDirectMessage", userIds=[people.ann.id], text="And I?")
        await marked(list_of_ann, "2")
        await ann.press("Messages")
        await listed(ann, ben="2", cem="1")
        await ann.page.run("document.querySelector('.inbox a[href=\"/messages/ben\"]').click()")
        await ann.sees("At eight?")
        for tab in (ann, list_of_ann):
            await marked(tab, "1")
        await listed(list_of_ann, ben="", cem="1")

        # What comes in behind another tab is not read until one comes back.
        await behind.come_to_front()
        await ben.fill(Message_to_Ann="Or nine?")
        await ben.press("Send")
        await ann.sees("Or nine?")
        for tab in (ann, list_of_ann):
            await marked(tab, "2")
        await ann.page.come_to_front()
        for tab in (ann, list_of_ann):
            await marked(tab, "1")
        await ann.fill(Message_to_Ben="Nine.")
        await ann.press("Send")
        await ben.sees("Nine.")
        await list_of_ann.sees("You: Nine.")
        await listed(list_of_ann, ben="", cem="1")
    assert (await conversations(people.ann))["ben"]["unreadCount"] == 0
    await ann.goto(f"{url}/messages/cem")
    await marked(list_of_ann, "")


async def test_a_message_and_a_space_go_to_several_people(people: People, ann: Visitor) -> None:
    url = people.ann.url
    await ann.goto(f"{url}/messages")
    await ann.press("New message")
    await choose(ann, "To", "Ben @ben", "Cem @cem")
    await ann.press("Take Ben off")
    await choose(ann, "To", "Ben @ben")
    await ann.fill(Message="Tonight at nine.")
    await ann.press("Send to 2 people")
    await ann.sees("Sent to 2 people")
    space_id = await live_space(people.ann, title="The city")
    await ann.goto(url + await address(people.ann, space_id))
    await ann.press("Share")
    await choose(ann, "Send_it_to_people", "Cem @cem", "Ben @ben")
    await ann.fill(What_to_say_of_it="Come!")
    await ann.press("Send")
    await ann.sees("Sent to 2 people")
    for one in (people.ben, people.cem):
        found = (await conversations(one))["ann"]
        assert (found["unreadCount"] >= 2, found["lastMessage"]) == (
            True,
            {"text": "Come!", "card": {"__typename": "Space"}},
        )


async def choose(visitor: Visitor, field: str, *names: str) -> None:
    """Finds each by the beginning of their name, and takes them."""
    for name in names:
        await visitor.fill(**{field: name[:2]})
        await visitor.press(name)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_no_violation_where_something_is_unread(people: People, ann: Visitor, scheme: str) -> None:
    assert isinstance(ann.page, ChromiumPage)
    space_id = await live_space(people.ann, title=f"By {scheme}")
    found: list[Any] = []
    for size in SIZES.values():
        await people.cem.do("sendDirectMessage", userIds=[people.ann.id], text="Are you there?")
        await ann.page.look(*size, scheme=scheme)
        found += await violations(ann, f"{people.ann.url}/messages")
        assert await ann.page.run(MARK) == "1"
        await ann.press("New message")
        await choose(ann, "To", "Ben @ben")
        await ann.fill(To="ce")
        await ann.sees("@cem")
        found += await violations_here(ann)
        found += await violations(ann, f"{people.ann.url}/messages/cem")
        await ann.sees("New")
        await marked(ann, "")
        await ann.goto(people.ann.url + await address(people.ann, space_id))
        await ann.press("Share")
        await choose(ann, "Send_it_to_people", "Ben @ben")
        found += await violations_here(ann)
        assert await ann.page.run("document.documentElement.scrollWidth <= innerWidth")
    assert found == []
