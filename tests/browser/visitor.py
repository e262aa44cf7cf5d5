"""Someone at a page: finds what is there as a screen reader names it, presses, writes, hears."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.browser.browsers import Page
from tests.waiting import until

SEEN_SECONDS = 60.0
HEARD_SECONDS = 60.0
AUDIBLE_DB = -60.0
SILENT_DB = -80.0
LOOK_EVERY = 0.2
HANDS = (Path(__file__).parent / "visitor.js").read_text()


@dataclass(frozen=True)
class Visitor:
    """One person at one browser's page, whose microphone hears a tone of `hz`."""

    page: Page
    hz: float = 0.0

    async def goto(self, url: str) -> None:
        """Opens an address."""
        await self.page.goto(url)
        await self.page.run(f"(() => {{ {HANDS}; return null; }})()")

    async def sign_up(self, url: str, handle: str, name: str) -> None:
        """A new account, by the form, which leads to the home page."""
        await self.goto(f"{url}/sign-up")
        await self.fill(Name=name, Handle=handle, Password="password")
        await self.press("Sign up")
        await self.sees(f"Your profile, {name}")

    async def sees(self, name: str) -> None:
        """Waits for a text, or something of this name."""
        await self._until("sees", name, f"{name!r} is seen")

    async def sees_no(self, name: str) -> None:
        """Waits until it is gone."""
        await self._until("seesNo", name, f"{name!r} is gone")

    async def press(self, name: str) -> None:
        """Presses a button or follows a link of this name, once it is there."""
        await self._until("press", name, f"{name!r} can be pressed")

    async def fill(self, **texts: str) -> None:
        """Writes into the fields of these labels, `_` for a blank."""
        for label, text in texts.items():
            await self._until("fill", label.replace("_", " "), f"{label} can be filled in", text)

    async def settled(self) -> None:
        """Waits until nothing on the page is on its way any more."""
        await self._until("settled", "", "the page is at rest")

    async def read(self, what: str, *arguments: object) -> Any:
        """What one of the page's functions answers."""
        return await self.page.run(f"visitor.{what}({', '.join(json.dumps(one) for one in arguments)})")

    async def hears(self, *tones: float) -> None:
        """Waits until each tone is heard."""
        await self._until_levels(tones, lambda levels: min(levels) > AUDIBLE_DB)

    async def hears_no(self, *tones: float) -> None:
        """Waits until none of them is heard."""
        await self._until_levels(tones, lambda levels: max(levels) < SILENT_DB)

    async def _until_levels(self, tones: tuple[float, ...], good: Any) -> None:
        heard: list[float] = []

        async def right() -> bool:
            heard[:] = await self.read("levels", *tones)
            return bool(heard and good(heard))

        try:
            await until(right, "the sound is right", deadline=HEARD_SECONDS, look_every=LOOK_EVERY)
        except AssertionError as error:
            player = await self.read("player")
            raise AssertionError(f"of {tones} Hz, at {self.hz} Hz, this is heard: {heard} dB; {player}") from error

    async def _until(self, what: str, name: str, claim: str, *more: str) -> None:
        try:
            await until(lambda: self.read(what, name, *more), claim, deadline=SEEN_SECONDS, look_every=LOOK_EVERY)
        except AssertionError as error:
            raise AssertionError(f"{error}; there is {await self.page.run('document.body.innerText')!r}") from error
