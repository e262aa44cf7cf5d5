"""Chromium and Firefox talk to each other through the server, by WebRTC, over WebSockets, and where UDP is blocked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from tests.browser.browsers import Page, chromium, firefox
from tests.server.running import RunningServer, running
from tests.waiting import until
from tests.whole.people import Person
from tests.whole.rooms import live_space, seat

HZ = {"chromium": 1000.0, "firefox": 440.0}
AUDIBLE_DB = -60.0
APART_DB = 40.0
LISTENING_SECONDS = 60.0
GIVING_UP_MS = 3000
PAGE = (Path(__file__).parent / "page.js").read_text()
HLS_JS = Path(__file__).parents[2] / "app" / "web" / "client" / "node_modules" / "hls.js" / "dist" / "hls.min.js"
BEHIND_SECONDS = 3.0
"""Behind the live edge: plain HLS of these segments would be 3.1 at least."""
NO_UDP = "--webrtc-ip-handling-policy=disable_non_proxied_udp"


@dataclass
class Guest:
    """Someone at a browser."""

    person: Person
    page: Page
    hz: float

    async def do(self, what: str, *arguments: object) -> object:
        """Calls one of the page's functions."""
        return await self.page.run(f"tests.{what}({', '.join(json.dumps(one) for one in arguments)})")

    async def enter(self, url: str) -> None:
        """Opens the Space's page."""
        await self.page.goto(url)
        await self.page.run(f"(() => {{ {PAGE}; return null; }})()")

    async def hears(self, other: float) -> None:
        """Waits until the other tone is there, and its own is not."""
        heard: list[float] = []

        async def clear() -> bool:
            levels = await self.do("levels", other, self.hz)
            assert isinstance(levels, list)
            heard[:] = levels
            return bool(levels[0] > AUDIBLE_DB and levels[0] - levels[1] > APART_DB)

        try:
            await until(clear, "the other is heard", deadline=LISTENING_SECONDS, look_every=0.3)
        except AssertionError as error:
            raise AssertionError(f"{other} Hz, and not {self.hz} Hz: {heard} dB") from error

    async def hears_tone(self, hz: float) -> None:
        """Waits until this tone is there."""

        async def there() -> bool:
            levels = await self.do("levels", hz)
            assert isinstance(levels, list)
            return bool(levels[0] > AUDIBLE_DB)

        await until(there, f"{hz} Hz is heard", deadline=LISTENING_SECONDS, look_every=0.3)


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningServer]:
    """The server, as `make run` starts it."""
    async with running(tmp_path_factory.mktemp("browser") / "data") as one:
        yield one


@pytest.fixture(scope="module")
async def http() -> AsyncIterator[httpx2.AsyncClient]:
    """Connections to it."""
    async with httpx2.AsyncClient(timeout=30) as client:
        yield client


@pytest.fixture(scope="module")
async def pages(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[dict[str, Page]]:
    """Both browsers."""
    folder = tmp_path_factory.mktemp("profiles")
    async with chromium(folder, HZ["chromium"]) as first, firefox(folder, HZ["firefox"]) as second:
        yield {"chromium": first, "firefox": second}


async def signed_up(http: httpx2.AsyncClient, url: str, handle: str) -> Person:
    """A new account."""
    made = await Person(http, url).do("signUp", handle=handle, displayName=handle, password="password")
    return Person(http, url, made["token"], made["user"]["id"])


async def address(person: Person, space_id: str, kind: str) -> str:
    """One of the Space's addresses of sound."""
    found = await person.read(f"query ($id: ID!) {{ space(id: $id) {{ audio {{ {kind} }} }} }}", id=space_id)
    url: str = found["audio"][kind]
    return url


async def test_both_browsers_both_ways(server: RunningServer, http: httpx2.AsyncClient, pages: dict[str, Page]) -> None:
    guests = [Guest(await signed_up(http, server.url, name), page, HZ[name]) for name, page in pages.items()]
    host, other = guests
    space_id = await live_space(host.person)
    await seat(space_id, host.person, other.person)
    url = (await host.person.read("query ($id: ID!) { space(id: $id) { url } }", id=space_id))["url"]
    for guest in guests:
        await guest.enter(url)
        await guest.person.do("setMuted", spaceId=space_id, muted=False)

    for guest in guests:
        for kind, what in (("whipUrl", "speakByWhip"), ("whepUrl", "hearByWhep")):
            connected = await guest.do(what, await address(guest.person, space_id, kind))
            assert isinstance(connected, dict)
            assert connected["state"] == "connected"
    await asyncio.gather(host.hears(other.hz), other.hears(host.hz))
    for guest in guests:
        await guest.do("hangUp")

    for guest in guests:
        welcome = await guest.do("call", await address(guest.person, space_id, "socketUrl"))
        assert welcome == {"type": "welcome", "speaks": True, "hears": True}
    await asyncio.gather(host.hears(other.hz), other.hears(host.hz))
    await host.person.do("muteParticipant", spaceId=space_id, userId=other.person.id)
    for guest in guests:

        async def told(guest: Guest = guest) -> bool:
            states = await guest.page.run("tests.states")
            return bool(states == (["open"] if guest is host else ["open", "closed"]))

        await until(told, "the page knows of its microphone", deadline=LISTENING_SECONDS)
    await host.person.do("endSpace", spaceId=space_id)
    for guest in guests:

        async def closed(guest: Guest = guest) -> bool:
            end = await guest.page.run("tests.closed ?? null")
            return bool(end) and end["code"] == 4403 and not end["again"]

        await until(closed, "the page knows of the end", deadline=LISTENING_SECONDS)


@pytest.mark.parametrize("name", HZ)
async def test_a_listener_by_low_latency_hls(
    name: str, server: RunningServer, http: httpx2.AsyncClient, pages: dict[str, Page]
) -> None:
    host = Guest(await signed_up(http, server.url, f"live_{name}"), pages[name], HZ[name])
    space_id = await live_space(host.person)
    url = (await host.person.read("query ($id: ID!) { space(id: $id) { url } }", id=space_id))["url"]
    await host.enter(url)
    await host.page.run(f"(() => {{ {HLS_JS.read_text()}; return null; }})()")
    await host.person.do("setMuted", spaceId=space_id, muted=False)
    await host.do("speakByWhip", await address(host.person, space_id, "whipUrl"))
    await host.do("hearHls", await address(Person(http, server.url), space_id, "hlsUrl"))
    await host.hears_tone(host.hz)

    async def near() -> bool:
        return bool(await host.page.run("tests.hls.latency") < BEHIND_SECONDS)

    await until(near, "it plays near the live edge", deadline=LISTENING_SECONDS, look_every=0.3)
    await host.do("hangUp")
    await host.person.do("endSpace", spaceId=space_id)


async def test_where_udp_is_blocked_webrtc_does_not_connect_and_a_call_does(
    server: RunningServer, http: httpx2.AsyncClient, pages: dict[str, Page], tmp_path: Path
) -> None:
    async with chromium(tmp_path, 700.0, NO_UDP) as page:
        guests = [
            Guest(await signed_up(http, server.url, "free"), pages["firefox"], HZ["firefox"]),
            Guest(await signed_up(http, server.url, "blocked"), page, 700.0),
        ]
        host, blocked = guests
        space_id = await live_space(host.person)
        await seat(space_id, host.person, blocked.person)
        url = (await host.person.read("query ($id: ID!) { space(id: $id) { url } }", id=space_id))["url"]
        for guest in guests:
            await guest.enter(url)
            await guest.person.do("setMuted", spaceId=space_id, muted=False)
        ended = await blocked.do("speakByWhip", await address(blocked.person, space_id, "whipUrl"), GIVING_UP_MS)
        assert isinstance(ended, dict)
        assert ended["state"] != "connected", "and the page has given up in time"
        assert await page.run("/a=candidate/.test(tests.connections[0].localDescription.sdp)") is False
        await blocked.do("hangUp")
        await host.do("speakByWhip", await address(host.person, space_id, "whipUrl"))
        await host.do("hearByWhep", await address(host.person, space_id, "whepUrl"))
        await blocked.do("call", await address(blocked.person, space_id, "socketUrl"))
        await asyncio.gather(host.hears(blocked.hz), blocked.hears(host.hz))
