"""The web client in real browsers: people sign up, talk, listen and moderate by its pages alone."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import pytest

from tests.browser.browsers import chromium
from tests.browser.visitor import LOOK_EVERY, SEEN_SECONDS, Visitor
from tests.server.running import RunningServer, running
from tests.waiting import until

HOST_HZ, SPEAKER_HZ, LISTENER_HZ, BLOCKED_HZ = 1000.0, 640.0, 420.0, 780.0
HOST_ALONE = ["Hanna, Host, microphone on"]
SAM_OPEN = [*HOST_ALONE, "Sam, Speaker, microphone on"]
SAM_CLOSED = [*HOST_ALONE, "Sam, Speaker, microphone off"]
RECORDING = "document.querySelector('audio[controls]')"
SEEK = f"""((seconds) => new Promise((there) => {{
  {RECORDING}.pause();
  {RECORDING}.addEventListener("seeked", () => there(null), {{ once: true }});
  {RECORDING}.currentTime = seconds;
}}))"""
NO_UDP = "--webrtc-ip-handling-policy=disable_non_proxied_udp"


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningServer]:
    """The server, as `make run` starts it."""
    async with running(tmp_path_factory.mktemp("client") / "data", MEDIA_ADDRESSES="127.0.0.1") as one:
        yield one


@pytest.fixture(scope="module")
async def visitors(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[list[Visitor]]:
    """Three browsers."""
    folder = tmp_path_factory.mktemp("profiles")
    async with AsyncExitStack() as stack:
        yield [
            Visitor(await stack.enter_async_context(chromium(folder, hz)), hz)
            for hz in (HOST_HZ, SPEAKER_HZ, LISTENER_HZ)
        ]


async def test_a_conversation_by_the_pages_alone(server: RunningServer, visitors: list[Visitor]) -> None:
    host, speaker, listener = visitors
    await host.sign_up(server.url, "hanna", "Hanna")
    url = await open_a_space(host, server)
    await speaker.sign_up(server.url, "sam", "Sam")
    await take_a_seat(speaker, host, url)

    await listener.goto(url)
    await listener.press("Start listening")
    await asyncio.gather(host.hears(SPEAKER_HZ), speaker.hears(HOST_HZ), listener.hears(HOST_HZ, SPEAKER_HZ))
    await host.hears_no(HOST_HZ)

    await reactions_fly(speaker, visitors)
    await rosters_change(speaker, visitors)
    await rosters_are_alike(visitors)

    await host.press("Sam, Speaker, speaking")
    await host.press("Remove from the Space")
    await speaker.sees("This Space is closed to you")
    await listener.hears_no(SPEAKER_HZ)
    for visitor in (host, listener):
        await shows(visitor, HOST_ALONE)
    await host.press("Moderation")
    await host.sees("Hanna removed Sam")
    await host.press("Let in again: Sam")
    await host.sees("Hanna let in again Sam")
    await host.press("Close")

    await host.press("End")
    await host.press("End the Space")
    for visitor in (host, listener):
        await visitor.sees("This Space has ended")
    await replays(listener)
    await clips(host)


async def open_a_space(host: Visitor, server: RunningServer) -> str:
    """The address of a live Space, its host heard in it."""
    await host.goto(f"{server.url}/new")
    await host.fill(**{"What_do_you_want_to_talk_about?": "Tones"})
    if not await host.page.run("document.querySelector('[name=recordingEnabled]').checked"):
        await host.page.run("document.querySelector('[name=recordingEnabled]').click()")
    await host.press("Go live")
    await host.sees("Hosted by Hanna")
    await host.press("Connect the sound")
    await open_microphone(host)
    url: str = await host.page.run("location.href")
    return url


async def open_microphone(visitor: Visitor) -> None:
    """Unmutes, and is shown to have."""
    await visitor.read("rawMicrophone")
    await visitor.press("Unmute")
    await visitor.sees("Level of your microphone")


async def take_a_seat(speaker: Visitor, host: Visitor, url: str) -> None:
    """Raises a hand, is let speak, and speaks."""
    await speaker.goto(url)
    await speaker.press("Start listening")
    await speaker.press("Raise hand")
    await host.press("Accept Sam")
    await open_microphone(speaker)


async def reactions_fly(sender: Visitor, visitors: list[Visitor]) -> None:
    """One sends a reaction, and all see it."""
    for visitor in visitors:
        await visitor.read("watchReactions")
    await sender.press("React with 🔥")
    for visitor in visitors:

        async def seen(visitor: Visitor = visitor) -> bool:
            return "🔥" in await visitor.read("flew")

        await until(seen, "the reaction flies", deadline=SEEN_SECONDS, look_every=LOOK_EVERY)


async def rosters_change(speaker: Visitor, visitors: list[Visitor]) -> None:
    """All see a microphone close and open again."""
    for press, roster in (("Mute", SAM_CLOSED), ("Unmute", SAM_OPEN)):
        await speaker.press(press)
        for visitor in visitors:
            await shows(visitor, roster)


async def shows(visitor: Visitor, roster: list[str]) -> None:
    """Waits until these are on the stage that the page shows."""

    async def shown() -> bool:
        return bool(await visitor.read("roster") == roster)

    await until(shown, f"{roster} are on the stage", deadline=SEEN_SECONDS, look_every=LOOK_EVERY)


async def rosters_are_alike(visitors: list[Visitor]) -> None:
    """What each page made of the events is what a fresh page shows: snapshot + events == fresh state."""
    for visitor in visitors:
        await shows(visitor, SAM_OPEN)
    listener = visitors[-1]
    await listener.goto(await listener.page.run("location.href"))
    await shows(listener, SAM_OPEN)
    await listener.press("Start listening")
    await listener.hears(HOST_HZ)


async def replays(visitor: Visitor) -> None:
    """The recording plays in the page, and can be sought in."""

    async def ready() -> bool:
        return bool(await visitor.page.run("(document.querySelector('audio[controls]')?.duration ?? 0) > 2"))

    await until(ready, "the recording can be played", deadline=SEEN_SECONDS, look_every=LOOK_EVERY)
    length = await visitor.page.run(f"{RECORDING}.duration")
    for seconds in (length - 1, 0.5):
        await plays_from(visitor, seconds)
    await visitor.hears(HOST_HZ)


async def plays_from(visitor: Visitor, seconds: float) -> None:
    """Seeks, and waits until the recording goes on from there."""
    await visitor.page.run(f"{SEEK}({seconds})")
    assert await visitor.page.run(f"{RECORDING}.currentTime") == pytest.approx(seconds, abs=0.01)
    await visitor.page.run(f"{RECORDING}.play().then(() => null)")

    async def goes_on() -> bool:
        return bool(await visitor.page.run(f"{RECORDING}.currentTime") > seconds + 0.1)

    await until(goes_on, f"it plays on from {seconds} s", deadline=SEEN_SECONDS, look_every=LOOK_EVERY)


async def clips(host: Visitor) -> None:
    """A clip that is cut out of the recording is as long as it says, and becomes a Post."""
    await host.press("Cut the clip")
    await host.sees("Post the clip")
    said = await host.page.run("document.querySelector('dialog h2').textContent")

    async def as_long() -> bool:
        seconds = await host.page.run("document.querySelector('dialog audio').duration || 0")
        return bool(said == f"Clip of {seconds:.1f} s")

    await until(as_long, f"it plays: {said}", deadline=SEEN_SECONDS, look_every=LOOK_EVERY)
    await host.press("Post the clip")
    await host.press("Spaces")
    await host.sees("cut by Hanna")


async def test_where_udp_is_blocked_one_speaks_and_hears_all_the_same(
    server: RunningServer, visitors: list[Visitor], tmp_path: Path
) -> None:
    host, *_ = visitors
    async with chromium(tmp_path, BLOCKED_HZ, NO_UDP) as page:
        blocked = Visitor(page, BLOCKED_HZ)
        await host.sign_up(server.url, "hanna2", "Hanna")
        url = await open_a_space(host, server)
        await blocked.sign_up(server.url, "sam2", "Sam")
        await take_a_seat(blocked, host, url)
        await asyncio.gather(host.hears(BLOCKED_HZ), blocked.hears(HOST_HZ))


def kept_port() -> str:
    """One that nobody is given while the server is away: Linux takes those of connections above these."""
    for port in range(20_000, 32_000):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return str(port)
    raise OSError("every port is taken")


async def test_a_restart_of_the_server_heals(visitors: list[Visitor], tmp_path: Path) -> None:
    host, _, listener = visitors
    async with AsyncExitStack() as stack:
        port = kept_port()
        first = await stack.enter_async_context(running(tmp_path / "data", MEDIA_ADDRESSES="127.0.0.1", PORT=port))
        await host.sign_up(first.url, "hanna", "Hanna")
        url = await open_a_space(host, first)
        await listener.goto(url)
        await listener.press("Start listening")
        await listener.hears(HOST_HZ)
        await first.stop()
        await listener.sees("The connection is lost")
        await stack.enter_async_context(running(tmp_path / "data", MEDIA_ADDRESSES="127.0.0.1", PORT=port))
        for visitor in (host, listener):
            await visitor.sees_no("The connection is lost")
        await listener.hears(HOST_HZ)
