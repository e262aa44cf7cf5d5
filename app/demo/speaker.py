"""A speaker: a microphone that comes back by itself when its connection breaks, as a good client's does."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

import av
import httpx2

from app.demo.client import ApiError
from app.demo.microphone import Microphone, Sound

FIRST_SECONDS = 0.25
LONGEST_SECONDS = 8.0
STEADY_SECONDS = 10.0
"""A connection that held so long was a good one: the next attempt after it is a first one."""
MOST_ATTEMPTS = 8

BROKEN = (av.FFmpegError, ApiError, OSError, TimeoutError, httpx2.TransportError)


def back_off(attempt: int, chance: float) -> float:
    """Seconds until the next attempt, after so many in vain; `chance` is random, 0 to 1.

    Twice as long each time, at least half of it, so that those who were cut off together do not come back together.
    """
    return float(min(FIRST_SECONDS * 2**attempt, LONGEST_SECONDS) * (0.5 + chance / 2))


class Speaker:
    """A context in which a microphone is connected, but for the moments in which it is connected anew.

    `address` gives a WHIP address that is good now: it is asked for each time, for the last one may have expired, or
    lead to a server that is gone.
    """

    def __init__(self, address: Callable[[], Awaitable[str]], chance: random.Random) -> None:
        self._address = address
        self._chance = chance
        self._microphone: Microphone | None = None
        self._connected = asyncio.Event()
        self._staying: asyncio.Task[None] | None = None
        self.connections = 0
        """How many there were so far."""

    async def __aenter__(self) -> Self:
        """Returns when the sound flows. Raises what the server or FFmpeg says, where it does not after all attempts."""
        self._staying = asyncio.create_task(self._stay(), name="speaker")
        connected = asyncio.create_task(self._connected.wait())
        try:
            await asyncio.wait({self._staying, connected}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            connected.cancel()
        if self._staying.done():
            await self._staying
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._staying is not None:
            self._staying.cancel()
            await asyncio.gather(self._staying, return_exceptions=True)

    def say(self, sound: Sound) -> bool:
        """Says this, mono float32 at 48 kHz, after what waits already; False where nobody would hear it.

        Raises what the last attempt said, where it was the last.
        """
        if self._staying is not None and self._staying.done():
            self._staying.result()
        return self._microphone is not None and self._microphone.say(sound)

    async def _stay(self) -> None:
        attempt = 0
        while True:
            begun = time.monotonic()
            try:
                async with Microphone(await self._address()) as self._microphone:
                    self.connections += 1
                    self._connected.set()
                    await self._microphone.broken()
            except BROKEN:
                if attempt + 1 >= MOST_ATTEMPTS:
                    raise
            finally:
                self._microphone = None
            attempt = 0 if time.monotonic() - begun > STEADY_SECONDS else attempt + 1
            await asyncio.sleep(back_off(attempt, self._chance.random()))
