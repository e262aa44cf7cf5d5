"""Every page on small screens and magnified, with names nobody thought of; nothing moves for whom motion troubles."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from tests.browser.browsers import ChromiumPage, chromium
from tests.browser.test_access import address
from tests.browser.visitor import LOOK_EVERY, SEEN_SECONDS, Visitor
from tests.server.running import RunningServer, running
from tests.waiting import until
from tests.whole.people import Person
from tests.whole.rooms import ask_for_seat, live_space, seat

SIZES = {"phone": (390, 844), "small phone": (320, 568), "desk at 200 %": (640, 400)}
"""A desk of 1280 x 800 that is magnified twice has 640 x 400 of these pixels."""
NAMES = {
    "hanna": "Wolfeschlegelsteinhausenbergerdorff" + "x" * 15,
    "sam": "👩‍👩‍👧‍👦🏳️‍🌈🔥" * 3,
    "lisa": "مرحبا بالعالم שלום",
    "visitor": "V",
}
WORD = "Donaudampfschifffahrt" * 24
TITLE = "W" * 70
RIGHT_TO_LEFT = "محادثة طويلة عن الموسيقى والمدينة والتاريخ"
TOO_WIDE = """(() => {
  const wide = document.documentElement.clientWidth;
  const ofItsOwn = (one) => /auto|scroll|hidden/.test(getComputedStyle(one).overflowX);
  const scrolls = (one) => one && (ofItsOwn(one) || scrolls(one.parentElement));
  return [
    document.documentElement.scrollWidth > wide ? ["the page", document.documentElement.scrollWidth] : [],
    ...[...document.querySelectorAll("body *")]
      .filter((one) => one.checkVisibility() && !scrolls(one.parentElement) && !one.closest(".sr-only, .skip"))
      .filter((one) => one.getBoundingClientRect().right > wide + 1 || one.getBoundingClientRect().left < -1)
      .map((one) => [one.tagName + "." + one.className, Math.round(one.getBoundingClientRect().right)]),
  ].filter((one) => one.length);
})()"""
TOO_SMALL = """[...document.querySelectorAll("button, a, input, select, textarea, summary")]
  .filter((one) => one.checkVisibility() && !one.closest(".skip, .sr-only"))
  .filter((one) => getComputedStyle(one).display !== "inline")
  .map((one) => [one, (one.matches("[type=checkbox], [type=radio]") && one.closest("label")) || one])
  .map(([one, target]) => [one.outerHTML.slice(0, 120), target.getBoundingClientRect()])
  .filter(([, {width, height}]) => width < 24 || height < 24)
  .map(([what, {width, height}]) => [what, Math.round(width), Math.round(height)])"""


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningServer]:
    """The server, as `make run` starts it."""
    async with running(
        tmp_path_factory.mktemp("layout") / "data", OPERATORS="visitor", PRESENCE_GRACE_SECONDS="600"
    ) as one:
        yield one


@pytest.fixture(scope="module")
async def addresses(server: RunningServer) -> AsyncIterator[dict[str, str]]:
    """What there is to be seen, of people with such names; by the name of the page."""
    async with httpx2.AsyncClient(timeout=30) as http:
        people = {}
        for handle, name in NAMES.items():
            made = await Person(http, server.url).do("signUp", handle=handle, displayName=name, password="password")
            people[handle] = Person(http, server.url, made["token"], made["user"]["id"])
        hanna, visitor = people["hanna"], people["visitor"]
        bio = '"' + "b" * 160 + '"'
        await hanna.ask(f"mutation {{ updateProfile(input: {{bio: {bio}}}) {{ userErrors {{ code }} }} }}")
        live = await live_space(hanna, title=TITLE, topics=["Music", "Business", "Education"], recordingEnabled=True)
        await seat(live, hanna, people["sam"], people["lisa"])
        await visitor.do("follow", userId=hanna.id)
        post = await hanna.do("createPost", text=WORD[:280], card={"spaceId": live})
        await hanna.do("sharePostToSpace", spaceId=live, postId=post["post"]["id"])
        own = await live_space(visitor, title=RIGHT_TO_LEFT)
        for handle in ("hanna", "sam", "lisa"):
            await ask_for_seat(own, people[handle])
        await people["lisa"].do("reportSpace", spaceId=live, category="SPAM", text=WORD)
        ended = await live_space(hanna, title="🔥" * 35, recordingEnabled=True)
        await hanna.do("endSpace", spaceId=ended)
        await hanna.do("sendDirectMessage", userIds=[visitor.id], text=WORD)
        await visitor.do("block", userId=people["lisa"].id)
        spaces = {"live": live, "own": own, "ended": ended}
        yield {
            "home": "/",
            "explore": "/spaces",
            "new": "/new",
            "settings": "/settings",
            "reports": "/reports",
            "profile": "/people/hanna",
            "messages": "/messages",
            "thread": "/messages/hanna",
            "nowhere": "/spaces/none",
            "log-in": "/log-in",
            "sign-up": "/sign-up",
            **{name: await address(hanna, id) for name, id in spaces.items()},
        }


@pytest.fixture(scope="module")
async def visitor(
    server: RunningServer, addresses: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Visitor]:
    """Someone who is logged in."""
    async with chromium(tmp_path_factory.mktemp("visitor"), 440.0) as page:
        one = Visitor(page)
        await one.goto(f"{server.url}/log-in")
        await one.fill(Handle="visitor", Password="password")
        await one.press("Log in")
        await one.sees("Your profile, V")
        yield one


@pytest.mark.parametrize("size", SIZES)
async def test_nothing_is_too_wide_or_too_small(
    server: RunningServer, addresses: dict[str, str], visitor: Visitor, size: str
) -> None:
    page = visitor.page
    assert isinstance(page, ChromiumPage)
    await page.look(*SIZES[size], scheme="light")
    found = {}
    for name, path in addresses.items():
        await visitor.goto(server.url + path)
        await visitor.settled()
        found[name] = await page.run(TOO_WIDE) + await page.run(TOO_SMALL)
    await visitor.goto(server.url + addresses["own"])
    await visitor.press("Connect the sound")
    await visitor.sees("Unmute")
    found["inside"] = await page.run(TOO_WIDE) + await page.run(TOO_SMALL)
    for dialog in ("Settings", "Moderation", "Invite to speak", "Show a Post", "Share", "End", "Show listeners"):
        await visitor.press(dialog)
        await visitor.settled()
        found[dialog] = await page.run(TOO_WIDE) + await page.run(TOO_SMALL)
        await visitor.press("Close")
        await visitor.sees_no("Close")
    assert not any(found.values()), "\n".join(f"{name}: {one}" for name, some in found.items() for one in some)


async def test_nothing_moves_for_whom_motion_troubles(
    server: RunningServer, addresses: dict[str, str], visitor: Visitor
) -> None:
    page = visitor.page
    assert isinstance(page, ChromiumPage)
    await visitor.goto(server.url + addresses["own"])
    await visitor.press("Connect the sound")
    assert await how_many_move(visitor, page, "no-preference") > 0
    assert await how_many_move(visitor, page, "reduce") == 0


async def how_many_move(visitor: Visitor, page: ChromiumPage, motion: str) -> Any:
    """Animations that run once a reaction has come, for who prefers this."""
    features = [{"name": "prefers-reduced-motion", "value": motion}]
    await page.command("Emulation.setEmulatedMedia", features=features)
    await visitor.press("React with 🔥")

    async def flies() -> bool:
        return bool(await page.run("document.querySelectorAll('.flying').length > 0"))

    await until(flies, "the reaction is there", look_every=LOOK_EVERY)
    moving = await page.run("document.getAnimations().filter((one) => one.playState === 'running').length")

    async def landed() -> bool:
        return not await flies()

    await until(landed, "it is gone", deadline=SEEN_SECONDS, look_every=LOOK_EVERY)
    return moving
