"""A clip's link in a real browser: whoever opens it hears it and finds the way on; so does who meets its player."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from tests.browser.browsers import chromium
from tests.browser.visitor import Visitor
from tests.server.running import RunningServer, running
from tests.whole.people import Person
from tests.whole.rooms import live_space, microphones
from tests.whole.test_recording import clip_when_recorded

HOST_HZ = 640.0
CLIP = "query ($id: ID!) { clip(id: $id) { pageUrl startOffsetMs space { url } } }"
PLAY = "(() => { const a = document.querySelector('audio'); a.loop = true; return a.play().then(() => null); })()"


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningServer]:
    """The server, as `make run` starts it."""
    async with running(tmp_path_factory.mktemp("clips") / "data", MEDIA_ADDRESSES="127.0.0.1") as one:
        yield one


async def test_a_link_to_a_clip_plays_and_leads_on(server: RunningServer, tmp_path: Path) -> None:
    async with httpx2.AsyncClient(timeout=30) as http:
        made = await Person(http, server.url).do("signUp", handle="hanna", displayName="Hanna", password="password")
        host = Person(http, server.url, made["token"], made["user"]["id"])
        space_id = await live_space(host, title="Tones <b>", recordingEnabled=True)
        async with microphones(space_id, [(host, HOST_HZ)], 0.3):
            clip = await clip_when_recorded(host, space_id, startOffsetMs=1_000, durationMs=3_000)
            await host.do("endSpace", spaceId=space_id)
        await host.do("publishClip", clipId=clip["id"])
        found = await host.read(CLIP, id=clip["id"])
    async with chromium(tmp_path, 0.0) as page:
        visitor = Visitor(page)
        await visitor.goto(found["pageUrl"])
        await visitor.sees("Cut by Hanna")
        assert await page.run("document.querySelector('h1').textContent") == "Tones <b>"
        await page.run(PLAY)
        await visitor.hears(HOST_HZ)
        await visitor.press("Share")
        await visitor.sees("Player for a page of yours")
        assert await page.run("document.querySelector('[name=link]').value") == found["pageUrl"]
        player = await page.run("document.querySelector('[name=player]').value")
        await visitor.press("Close")
        await visitor.press("Go on there, at 0:01")
        await visitor.sees("This Space has ended")
        assert await page.run("location.href") == f"{found['space']['url']}#at=1000"

        embedded = await page.run(
            f"new DOMParser().parseFromString({player!r}, 'text/html').querySelector('iframe').src"
        )
        await visitor.goto(embedded)
        await visitor.sees("3 seconds of a Space hosted by Hanna")
        await page.run(PLAY)
        await visitor.hears(HOST_HZ)
