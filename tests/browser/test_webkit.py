"""The pages in WebKit, which is what Safari is made of: someone signs up, listens, and is heard of."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from tests.browser.test_access import AXE, FOUND, address
from tests.browser.visitor import LOOK_EVERY, Visitor
from tests.browser.webkit import missing, webkit
from tests.server.running import RunningServer, running
from tests.waiting import until
from tests.whole.people import Person
from tests.whole.rooms import live_space, microphones

pytestmark = pytest.mark.skipif(bool(missing()), reason=f"not installed: {', '.join(missing())}")
HZ = 440.0
LEVEL = 0.3


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningServer]:
    """The server, as `make run` starts it."""
    async with running(tmp_path_factory.mktemp("webkit") / "data", MEDIA_ADDRESSES="127.0.0.1") as one:
        yield one


async def test_someone_signs_up_listens_and_raises_a_hand(server: RunningServer, tmp_path: Path) -> None:
    async with httpx2.AsyncClient(timeout=30) as http, webkit(tmp_path) as page:
        made = await Person(http, server.url).do("signUp", handle="hanna", displayName="Hanna", password="password")
        hanna = Person(http, server.url, made["token"], made["user"]["id"])
        space_id = await live_space(hanna, recordingEnabled=True)
        listener = Visitor(page)
        await listener.sign_up(server.url, "lisa", "Lisa")
        async with microphones(space_id, [(hanna, HZ)], LEVEL):
            await listener.goto(server.url + await address(hanna, space_id))
            await listener.press("Start listening")
            await listener.hears(HZ)
            assert await listener.read("roster") == ["Hanna, Host, microphone on"]
            await page.run(f"(() => {{ {AXE.read_text()}; return null; }})()")
            assert await page.run(FOUND) == []
            await listener.press("Raise hand")
            await listener.sees("Hand is up (1)")
            await hanna.do("setMuted", spaceId=space_id, muted=True)
            await listener.sees("microphone off")
            await listener.hears_no(HZ)
        await hanna.do("endSpace", spaceId=space_id)
        await listener.sees("Download")

        async def ready() -> bool:
            return bool(await page.run("document.querySelector('main audio').duration > 1"))

        await until(ready, "the recording can be played", look_every=LOOK_EVERY)
        await page.run("document.querySelector('main audio').play()")
        await listener.hears(HZ)
