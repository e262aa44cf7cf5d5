"""A whole conversation by keys alone: nobody touches a mouse, and nothing is pressed that has no focus."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2
import pytest

from tests.browser.browsers import ChromiumPage, chromium
from tests.browser.keys import press_key, type_text
from tests.browser.visitor import LOOK_EVERY, SEEN_SECONDS, Visitor
from tests.server.running import RunningServer, running
from tests.waiting import until
from tests.whole.people import Person
from tests.whole.rooms import ask_for_seat

MOST_TABS = 80
FOCUSED = """(() => {
  const one = document.activeElement;
  const label = one.labels?.[0] ?? one;
  return [visitor.nameOf(label), getComputedStyle(one).outlineStyle !== "none" || one.matches("[type=range]")];
})()"""


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningServer]:
    """The server, as `make run` starts it."""
    async with running(tmp_path_factory.mktemp("keyboard") / "data", MEDIA_ADDRESSES="127.0.0.1") as one:
        yield one


@pytest.fixture(scope="module")
async def hanna(server: RunningServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Visitor]:
    """At a browser, not logged in yet."""
    async with chromium(tmp_path_factory.mktemp("hanna"), 440.0) as page:
        yield Visitor(page)


async def test_a_host_by_keys_alone(server: RunningServer, hanna: Visitor) -> None:
    page = hanna.page
    assert isinstance(page, ChromiumPage)
    async with httpx2.AsyncClient(timeout=30) as http:
        people = {}
        for handle in ("hanna", "lisa"):
            made = await Person(http, server.url).do(
                "signUp", handle=handle, displayName=handle.title(), password="password"
            )
            people[handle] = Person(http, server.url, made["token"], made["user"]["id"])
        await hanna.goto(f"{server.url}/log-in")
        await to(page, "Handle")
        await type_text(page, "hanna")
        await to(page, "Password")
        await type_text(page, "password")
        await press_key(page, "Enter")
        await hanna.sees("Your profile, Hanna")
        await use(page, "Open a Space")
        await hanna.sees("What do you want to talk about?")
        await to(page, "What do you want to talk about?")
        await type_text(page, "Keys")
        await use(page, "Go live")
        await hanna.sees("Hosted by Hanna")
        await use(page, "Connect the sound")
        await hanna.sees("Unmute")
        await press_key(page, "m")
        await hanna.sees("Level of your microphone")
        await press_key(page, "m")
        await hanna.sees("Unmute")
        # However fast: what was pressed last counts.
        for _ in range(3):
            await press_key(page, "m")
        await hanna.sees("Mute")
        for _ in range(3):
            await press_key(page, "m")
        await hanna.sees("Unmute")
        space_id = await page.run("btoa('Space:' + location.pathname.split('/')[2])")
        await ask_for_seat(space_id, people["lisa"])
        await hanna.sees("Raised hands")
        await use(page, "Accept Lisa")
        await hanna.sees("Lisa, Speaker, microphone off")
        await hanna.read("watchReactions")
        await use(page, "React with 🔥", key=" ")

        async def flew() -> bool:
            return "🔥" in await hanna.read("flew")

        await until(flew, "the reaction flies", deadline=SEEN_SECONDS, look_every=LOOK_EVERY)
        await use(page, "End")
        await hanna.sees("End the Space")
        # What is open keeps the focus, and Escape gives it back to what opened it.
        assert await page.run("Boolean(document.activeElement.closest('dialog'))")
        await press_key(page, "Escape")
        await hanna.sees_no("End the Space")
        assert (await page.run(FOCUSED))[0] == "End"
        await use(page, "Leave")
        await hanna.sees_no("Hosted by Hanna")
        assert await page.run("location.pathname") == "/"


async def to(page: ChromiumPage, name: str) -> None:
    """Goes on by Tab until what has the focus is called so, and is seen to have it."""
    passed = []
    for _ in range(MOST_TABS):
        await press_key(page, "Tab")
        focused, is_seen = await page.run(FOCUSED)
        if focused == name:
            assert is_seen, f"{name} does not show that it has the focus"
            return
        passed.append(focused)
    raise AssertionError(f"{name} is not reached by Tab, but {passed}")


async def use(page: ChromiumPage, name: str, key: str = "Enter") -> None:
    """Goes there, and presses it."""
    await to(page, name)
    await press_key(page, key)
