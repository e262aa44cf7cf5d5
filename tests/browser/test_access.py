"""Every page by axe-core: no violation, by day and by night, on a desk and on a phone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from strawberry.relay import GlobalID

from tests.browser.browsers import ChromiumPage, chromium
from tests.browser.visitor import Visitor
from tests.server.running import RunningServer, running
from tests.whole.people import Person
from tests.whole.rooms import ask_for_seat, live_space, seat
from tests.whole.test_recording import clip_when_recorded

AXE = Path(__file__).parents[2] / "app" / "web" / "client" / "node_modules" / "axe-core" / "axe.min.js"
SCHEMES = ("light", "dark")
SIZES = {"phone": (390, 844), "desk": (1200, 800)}
FOUND = """axe.run(document, {resultTypes: ["violations"]}).then(({violations}) =>
  violations.map(({id, nodes}) => `${id}: ${nodes.map((one) => `${one.target} ${one.failureSummary}`)}`))"""


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningServer]:
    """The server, as `make run` starts it."""
    async with running(tmp_path_factory.mktemp("access") / "data", OPERATORS="visitor") as one:
        yield one


@pytest.fixture(scope="module")
async def addresses(server: RunningServer) -> AsyncIterator[dict[str, str]]:
    """What there is to be seen: Spaces in each state, hands, Posts, people; by the name of the page."""
    async with httpx2.AsyncClient(timeout=30) as http:
        people = {}
        for handle in ("hanna", "sam", "lisa", "visitor"):
            made = await Person(http, server.url).do(
                "signUp", handle=handle, displayName=handle.title(), password="password"
            )
            people[handle] = Person(http, server.url, made["token"], made["user"]["id"])
        hanna, visitor = people["hanna"], people["visitor"]
        live = await live_space(hanna, topics=["Music"])
        await seat(live, hanna, people["sam"])
        await ask_for_seat(live, people["lisa"])
        await visitor.do("follow", userId=hanna.id)
        post = await hanna.do("createPost", text="Come in", card={"spaceId": live})
        await hanna.do("sharePostToSpace", spaceId=live, postId=post["post"]["id"])
        own = await live_space(visitor, title="My own")
        await ask_for_seat(own, people["lisa"])
        await people["lisa"].do("reportSpace", spaceId=live, category="SPAM", text="Again and again")
        ended = await live_space(hanna, title="Over", recordingEnabled=True)
        clip = await clip_when_recorded(hanna, ended, durationMs=500)
        await hanna.do("publishClip", clipId=clip["id"])
        await hanna.do("endSpace", spaceId=ended)
        start = (datetime.now(UTC) + timedelta(days=2)).isoformat()
        to_come = (await visitor.do("scheduleSpace", title="Later", scheduledStart=start, timeZone="UTC"))["space"][
            "id"
        ]
        await hanna.do("sendDirectMessage", userIds=[visitor.id], text="Are you on tonight?")
        await visitor.do("sendDirectMessage", userIds=[hanna.id], text="At eight.")
        await visitor.do("joinSpace", spaceId=live)
        was_in = await live_space(people["sam"], title="Was in")
        await visitor.do("joinSpace", spaceId=was_in)
        await people["sam"].do("endSpace", spaceId=was_in)
        key = GlobalID.from_id(clip["id"]).node_id
        spaces = {"live": live, "own": own, "ended": ended, "to come": to_come, "was in": was_in}
        yield {
            "home": "/",
            "explore": "/spaces",
            "new": "/new",
            "settings": "/settings",
            "reports": "/reports",
            "profile": "/people/hanna",
            "messages": "/messages",
            "thread": "/messages/hanna",
            "log-in": "/log-in",
            "sign-up": "/sign-up",
            "nowhere": "/spaces/none",
            "clip": f"/clips/{key}",
            "clip's player": f"/embed/clips/{key}",
            "no clip": "/clips/none",
            **{name: await address(hanna, id) for name, id in spaces.items()},
        }


async def address(person: Person, space_id: str) -> str:
    """The Space's, below the server's."""
    space = await person.read("query ($id: ID!) { space(id: $id) { url } }", id=space_id)
    return "/spaces/" + str(space["url"]).rsplit("/", 1)[1]


@pytest.mark.parametrize("size", SIZES)
async def test_axe_finds_no_violation(
    server: RunningServer, addresses: dict[str, str], tmp_path: Path, size: str
) -> None:
    async with chromium(tmp_path, 440.0) as page:
        assert isinstance(page, ChromiumPage)
        await page.look(*SIZES[size], scheme=SCHEMES[0])
        visitor = Visitor(page)
        found = {"home, logged out": await violations(visitor, server.url)}
        await visitor.goto(f"{server.url}/log-in")
        await visitor.fill(Handle="visitor", Password="password")
        await visitor.press("Log in")
        await visitor.sees("Your profile, Visitor")
        for name, path in addresses.items():
            found[name] = await violations(visitor, server.url + path)
        await visitor.goto(server.url + "/spaces")
        await visitor.press("Said")
        await visitor.sees("Write whole words")
        found["said"] = await violations_here(visitor)
        await visitor.goto(server.url + addresses["to come"])
        found["to come, dialogs"] = await in_dialogs(visitor, "Change", "Call it off")
        await visitor.goto(server.url + addresses["clip"])
        found["clip, dialogs"] = await in_dialogs(visitor, "Share", "Report")
        found["own, inside"] = await inside(visitor, server.url + addresses["own"])
    assert not any(found.values()), "\n".join(f"{name}: {one}" for name, some in found.items() for one in some)


async def violations(visitor: Visitor, url: str) -> list[Any]:
    """What axe says of a page, once what it asks the server for is there."""
    await visitor.goto(url)
    await visitor.settled()
    return await violations_here(visitor)


async def violations_here(visitor: Visitor) -> list[Any]:
    """What axe says of the page as it is, by day and by night."""
    page = visitor.page
    assert isinstance(page, ChromiumPage)
    await page.run(f"globalThis.axe ? null : (() => {{ {AXE.read_text()}; return null; }})()")
    found = []
    for scheme in SCHEMES:
        await page.prefer(scheme)
        found += [f"{scheme}: {one}" for one in await page.run(FOUND)]
    return found


async def inside(visitor: Visitor, url: str) -> list[Any]:
    """The same while one hears a Space of one's own, with each of its dialogs."""
    await visitor.goto(url)
    await visitor.press("Connect the sound")
    await visitor.sees("Unmute")
    await visitor.press("Show captions")
    found = await violations_here(visitor)
    dialogs = (
        "Settings",
        "Moderation",
        "Invite to speak",
        "Show a Post",
        "Share",
        "End",
        "Visitor, Host, microphone off",
    )
    return found + await in_dialogs(visitor, *dialogs)


async def in_dialogs(visitor: Visitor, *buttons: str) -> list[Any]:
    """What axe says of the dialog that each of these opens."""
    found: list[Any] = []
    for button in buttons:
        await visitor.press(button)
        found += await violations_here(visitor)
        await visitor.press("Close")
        await visitor.sees_no("Close")
    return found
