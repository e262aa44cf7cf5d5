"""GraphiQL in a real browser: from local assets alone, each of README's examples runs by its tabs."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.browser.browsers import chromium
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
TAKEN_SECONDS = 5.0
ANSWER = "document.querySelector('.graphiql-response .view-lines')?.innerText ?? ''"


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[RunningServer]:
    """The server, as `make run` starts it."""
    async with running(tmp_path / "data") as one:
        yield one


async def test_each_example_runs(server: RunningServer, tmp_path: Path) -> None:
    [address] = [line.split(": ", 1)[1] for line in server.printed if "#token=" in line]
    async with chromium(tmp_path, 440.0) as page:
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
        said[:] = [await visitor.page.run(ANSWER)]
        return f'"{ROOTS[name]}"' in said[0] or '"errors"' in said[0]

    async def right() -> bool:
        await execute(visitor, name)
        # The editor of a tab that was just opened may not have taken it.
        with suppress(AssertionError):
            await until(answered, f"{name} is answered", deadline=TAKEN_SECONDS, look_every=LOOK_EVERY)
        if not await answered():
            return False
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
        several = name != "SpaceEvents"
        return await visitor.page.run(f"({CHOOSE})({json.dumps(name)}, {json.dumps(several)})")

    await until(pressed, f"{name} can be run", deadline=SEEN_SECONDS, look_every=LOOK_EVERY)


CHOOSE = """async (name, several) => {
  const button = document.querySelector(".graphiql-execute-button");
  if (!button) return false;
  const press = (one) => one.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true, button: 0 }));
  if (!several) { button.click(); return true; }
  // It asks which one, once it has read the document.
  if (!button.hasAttribute("aria-haspopup")) return false;
  if (button.getAttribute("aria-expanded") !== "true") press(button);
  await new Promise((resolve) => setTimeout(resolve, 100));
  const item = [...document.querySelectorAll("[role=menuitem]")].find((one) => one.textContent.trim() === name);
  item?.click();
  return Boolean(item);
}"""
