"""WebKitGTK's MiniBrowser, the engine of Safari, by WebDriver: `goto` and `run` as of the other browsers.

It needs Debian's webkit2gtk-driver, gstreamer1.0-libav for AAC, and xvfb, as it draws even where nobody looks. It has
no WebRTC, and no player of HLS of its own: its pages hear as those of an iPhone do, by hls.js and ManagedMediaSource.
"""

from __future__ import annotations

import asyncio
import glob
import json
import os
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2

from tests.browser.browsers import ANSWER_SECONDS, START_SECONDS, Page, ScriptFailed, loudspeaker
from tests.browser.system import free_port
from tests.waiting import until

DRIVER = "WebKitWebDriver"
NEEDED = (DRIVER, "xvfb-run", "xauth", "pulseaudio")
BROWSERS = "/usr/lib/*/webkit2gtk-4.*/MiniBrowser"
RUN = """
const done = arguments[arguments.length - 1];
(async () => (%s
))().then((value) => done({value: JSON.stringify(value ?? null)}), (problem) => done({problem: String(problem)}));
"""
"""The page forbids eval, so what is to be run is written out."""


def missing() -> list[str]:
    """What it needs and this machine has not."""
    return [name for name in NEEDED if shutil.which(name) is None]


class WebKitPage:
    """Driven by WebDriver."""

    def __init__(self, http: httpx2.AsyncClient, session: str) -> None:
        self._http = http
        self._session = session

    async def goto(self, url: str) -> None:
        """See `Page`."""
        await self._ask("url", url=url)

    async def run(self, script: str) -> Any:
        """See `Page`."""
        answer = await self._ask("execute/async", script=RUN % script, args=[])
        if "problem" in answer:
            raise ScriptFailed(answer["problem"])
        return json.loads(answer["value"])

    async def _ask(self, command: str, **parameters: object) -> Any:
        return await _ask(self._http, f"{self._session}/{command}", parameters)


async def _ask(http: httpx2.AsyncClient, url: str, parameters: dict[str, object]) -> Any:
    answer = (await http.post(url, json=parameters)).json()["value"]
    if isinstance(answer, dict) and "error" in answer:
        raise RuntimeError(f"{url}: {answer['error']} {answer.get('message', '')}")
    return answer


@asynccontextmanager
async def webkit(folder: Path) -> AsyncIterator[Page]:
    """One page of a browser that needs no click to play."""
    browser = max(glob.glob(BROWSERS))
    port = free_port()
    options = {"binary": browser, "args": ["--automation", "--autoplay-policy=allow"]}
    async with (
        loudspeaker(folder) as environment,
        _driver(port, environment),
        httpx2.AsyncClient(timeout=ANSWER_SECONDS) as http,
    ):
        base = f"http://127.0.0.1:{port}/session"
        capabilities = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        await until(
            lambda: _answers(http, f"http://127.0.0.1:{port}/status"), "the driver is up", deadline=START_SECONDS
        )
        made = await _ask(http, base, {"capabilities": capabilities})
        session = f"{base}/{made['sessionId']}"
        await _ask(http, f"{session}/timeouts", {"script": round(ANSWER_SECONDS * 1000)})
        try:
            yield WebKitPage(http, session)
        finally:
            await http.delete(session)


async def _answers(http: httpx2.AsyncClient, address: str) -> bool:
    try:
        return (await http.get(address)).status_code == 200
    except httpx2.TransportError:
        return False


@asynccontextmanager
async def _driver(port: int, environment: dict[str, str]) -> AsyncIterator[None]:
    """The driver on a screen of its own; both end with the block, and whatever they have started."""
    nothing = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        *("xvfb-run", "--auto-servernum", DRIVER, f"--port={port}"),
        stdin=nothing,
        stdout=nothing,
        stderr=nothing,
        env={**environment, "LIBGL_ALWAYS_SOFTWARE": "1"},
        start_new_session=True,
    )
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        await process.wait()
