"""A visit that goes on: addresses of sound run out, the tab is hidden, media keys are pressed, the network goes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest

from tests.browser.browsers import ChromiumPage, chromium
from tests.browser.system import Line, line, watch_controls
from tests.browser.test_client import open_a_space, open_microphone
from tests.browser.visitor import LOOK_EVERY, SEEN_SECONDS, Visitor
from tests.server.running import running
from tests.waiting import until

HOST_HZ, LISTENER_HZ = 1000.0, 420.0
TOKEN_SECONDS = 6
OFFLINE_SECONDS = 5
FETCHED = "performance.getEntriesByType('resource').filter((one) => one.name.includes('/audio/'))"
TOKENS = f"[...new Set({FETCHED}.map((one) => one.name.match(/audio.(ey[^/]+)/)?.[1]).filter(Boolean))]"
REFUSED = f"{FETCHED}.filter((one) => one.responseStatus >= 400).map((one) => one.name)"
SOUND = "document.querySelector('body > audio')"
SESSION = "navigator.mediaSession"


@dataclass(frozen=True)
class Visit:
    """A host who speaks and hears by WebRTC, and someone without an account who hears by HLS, over a line."""

    host: Visitor
    listener: Visitor
    page: ChromiumPage
    url: str
    line: Line


@pytest.fixture(scope="module")
async def visit(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Visit]:
    """Both in one Space, whose addresses of sound hold for seconds."""
    folder = tmp_path_factory.mktemp("visit")
    async with AsyncExitStack() as stack:
        wire = await stack.enter_async_context(line())
        settings = {"MEDIA_ADDRESSES": "127.0.0.1", "MEDIA_TOKEN_SECONDS": str(TOKEN_SECONDS)}
        settings |= {"PUBLIC_URL": wire.url, "PORT": str(wire.port)}
        server = await stack.enter_async_context(running(folder / "data", **settings))
        # The host has a network of their own.
        server.url = f"http://127.0.0.1:{wire.port}"
        host = Visitor(await stack.enter_async_context(chromium(folder, HOST_HZ)), HOST_HZ)
        page = await stack.enter_async_context(chromium(folder, LISTENER_HZ))
        assert isinstance(page, ChromiumPage)
        await watch_controls(page)
        await host.sign_up(server.url, "hanna", "Hanna")
        url = (await open_a_space(host, server)).replace(server.url, wire.url)
        yield Visit(host, Visitor(page, LISTENER_HZ), page, url, wire)


@pytest.fixture
async def heard(visit: Visit) -> Visit:
    """The listener hears the host, on a fresh page."""
    await visit.listener.goto(visit.url)
    await visit.listener.press("Start listening")
    await visit.listener.hears(HOST_HZ)
    return visit


async def becomes(page: ChromiumPage, condition: str, what: str) -> None:
    """Waits until a JavaScript expression is true."""

    async def true() -> bool:
        return bool(await page.run(condition))

    await until(true, what, deadline=SEEN_SECONDS, look_every=LOOK_EVERY)


async def test_live_sound_goes_on_over_renewals_and_in_a_hidden_tab(heard: Visit) -> None:
    page = heard.page
    source = await page.run(f"{SOUND}.src")
    other = (await page.command("Target.createTarget", url="about:blank"))["targetId"]
    await becomes(page, "document.hidden", "the tab is hidden")
    await becomes(page, f"{TOKENS}.length > 3", "three renewals are over")
    await heard.listener.hears(HOST_HZ)
    assert await page.run(f"[{SOUND}.src, {REFUSED}]") == [source, []]
    await page.command("Target.closeTarget", targetId=other)
    # Of the same time: what was connected by an address goes on when that is over.
    host = heard.host.page
    assert await host.run(f"{FETCHED}.filter((one) => /wh[ie]p$/.test(one.name)).length") == 2
    assert await host.run(f"{SOUND}.srcObject.getAudioTracks()[0].readyState") == "live"


async def test_the_systems_controls_are_the_spaces_while_it_is_heard(heard: Visit) -> None:
    listener, page = heard.listener, heard.page
    shown = await page.run(f"(({{title, artist}}) => [title, artist])({SESSION}.metadata)")
    assert shown == ["Tones", "Hanna"]
    await listener.read("control", "pause", {})
    await listener.sees("Go on listening")
    assert await page.run(f"{SESSION}.playbackState") == "paused"
    await listener.read("control", "play", {})
    await listener.sees_no("Go on listening")
    await listener.hears(HOST_HZ)
    assert await page.run(f"{SESSION}.playbackState") == "playing"
    await listener.read("control", "stop", {})
    await listener.sees("Start listening")
    assert await page.run(f"[{SESSION}.metadata, {SESSION}.playbackState]") == [None, "none"]
    assert await listener.read("controls") == []


async def test_five_seconds_without_a_network_heal(heard: Visit) -> None:
    host, listener, page = heard.host, heard.listener, heard.page
    heard.line.cut()
    await host.press("Mute")
    await host.sees("Unmute")
    await becomes(page, f"{SOUND}.readyState < 3", "nothing plays any more")
    assert await listener.read("roster") == ["Hanna, Host, microphone on"]
    # What would come at once, were it not for the network.
    await asyncio.sleep(OFFLINE_SECONDS)
    heard.line.mend()
    await listener.sees("microphone off")
    await open_microphone(host)
    await listener.hears(HOST_HZ)
    await same_as_fresh(listener)


async def same_as_fresh(listener: Visitor) -> None:
    """What the page made of what it was told is what a new page shows."""
    followed = await listener.read("roster")
    await listener.goto(await listener.page.run("location.href"))
    await listener.sees("On stage")
    assert followed == await listener.read("roster") == ["Hanna, Host, microphone on"]
