"""GraphiQL in a real browser: from local assets alone, each of README's examples runs by its tabs."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.browsers import ChromiumPage, chromium
from tests.browser.visitor import LOOK_EVERY, SEEN_SECONDS, Visitor
from tests.server.running import RunningServer, running
from tests.server.test_readme import OPERATIONS
from tests.waiting import until

TABS = {
    "CreateSpace": 0,
    "StartSpace": 0,
    "OpenMicrophone": 0,
    "Audio": 0,
    "React": 0,
    "EndSpace": 0,
    "SpaceEvents": 1,
    "CreateClip": 2,
    "PublishClip": 2,
    "Transcript": 2,
    "Recording": 2,
}
OTHERS = 3
"""The numbers of the tabs of the examples."""
ROOTS = {name: re.findall(r"\w+", document.split("{", 1)[1])[0] for document, name in OPERATIONS}
"""The field that each answers."""
ALONE = {"SpaceEvents"}
"""Those that have a tab to themselves: the subscriptions."""
DESK = (1400, 1600)
"""All of an answer is seen: the editor shows no line that is out of sight."""
STATE = """new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done([
  document.querySelector(".graphiql-execute-button").ariaLabel.startsWith("Stop"),
  document.querySelector(".graphiql-response .view-lines")?.innerText ?? "",
]))))"""
"""Whether something runs, and what was answered: drawn two frames later."""


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[RunningServer]:
    """The server, as `make run` starts it."""
    async with running(tmp_path / "data") as one:
        yield one


async def test_each_example_runs(server: RunningServer, tmp_path: Path) -> None:
    [address] = [line.split(": ", 1)[1] for line in server.printed if "#token=" in line]
    async with chromium(tmp_path, 440.0) as page:
        assert isinstance(page, ChromiumPage)
        await page.look(*DESK, scheme="light")
        visitor = Visitor(page)
        await visitor.goto(address)
        await visitor.sees("SpaceEvents")
        assert "token" not in await page.run("location.href")
        for _, name in OPERATIONS:
            tab = TABS.get(name, OTHERS)
            await visitor.page.run(f"document.querySelectorAll('.graphiql-tab-button')[{tab}].click()")
            await run_example(visitor, name)
        hosts = "performance.getEntriesByType('resource').map((one) => new URL(one.name).host)"
        assert set(await page.run(hosts)) == {server.url.split("//")[1]}


async def run_example(visitor: Visitor, name: str) -> None:
    """Executes one operation of the tab, until it is answered without a fault."""
    said: list[str] = []

    async def answered() -> bool:
        running, text = await visitor.page.run(STATE)
        said[:] = [text]
        # A subscription goes on.
        done = name in ALONE or not running
        return done and (f'"{ROOTS[name]}"' in text or '"errors"' in text)

    async def right() -> bool:
        await execute(visitor, name)
        await until(answered, f"{name} is answered", deadline=SEEN_SECONDS, look_every=LOOK_EVERY)
        # At first there is nothing to clip: the recording has begun just now.
        return "CLIP_OUT_OF_RANGE" not in said[0]

    try:
        await until(right, f"{name} runs", deadline=SEEN_SECONDS, look_every=LOOK_EVERY)
    except AssertionError as error:
        raise AssertionError(f"{error}; GraphiQL says {said}") from error
    assert "message" not in said[0], said


async def execute(visitor: Visitor, name: str) -> None:
    """Presses the button, and chooses the operation where the tab has several."""

    async def pressed() -> Any:
        return await visitor.page.run(f"({CHOOSE})({json.dumps(name)}, {json.dumps(name not in ALONE)})")

    await until(pressed, f"{name} can be run", deadline=SEEN_SECONDS, look_every=LOOK_EVERY)


CHOOSE = """async (name, several) => {
  const button = document.querySelector(".graphiql-execute-button");
  if (!button) return false;
  const press = (one) => one.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true, button: 0 }));
  // It asks which one, where there are several, once it has read the tab's document, and nothing runs.
  if (several !== button.hasAttribute("aria-haspopup") || !button.ariaLabel.startsWith("Execute")) return false;
  if (!several) { button.click(); return true; }
  if (button.getAttribute("aria-expanded") !== "true") press(button);
  await new Promise((resolve) => setTimeout(resolve, 100));
  const item = [...document.querySelectorAll("[role=menuitem]")].find((one) => one.textContent.trim() === name);
  item?.click();
  return Boolean(item);
}"""
