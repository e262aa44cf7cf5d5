"""Stores and buses that fail in the ways real ones do, around a store or bus that works."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from random import Random

from app.domain.events import Numbered
from app.domain.spaces import Space
from app.feeds.channel import Bus
from tests.fakes.spaces import MemorySpaceStore


class StoreDown(Exception):
    """What a store raises that cannot be reached."""


class WatchedSpaceStore(MemorySpaceStore):
    """Spaces in memory, which can be made to fail, and which knows how often it was read, or asked for versions."""

    def __init__(self) -> None:
        super().__init__()
        self.down = False
        self.reads = 0
        self.looks = 0

    async def get(self, space_id: str) -> Space | None:
        self._read()
        return await super().get(space_id)

    async def events_after(self, space_id: str, version: int) -> list[Numbered] | None:
        self._read()
        return await super().events_after(space_id, version)

    async def versions(self, space_ids: Collection[str]) -> Mapping[str, int]:
        self.looks += 1
        if self.down:
            raise StoreDown
        return await super().versions(space_ids)

    def _read(self) -> None:
        self.reads += 1
        if self.down:
            raise StoreDown


class LossyBus:
    """A bus that loses some messages, and counts the subscriptions that are open."""

    def __init__(self, bus: Bus, *, loss: float = 0, seed: int = 0) -> None:
        self._bus = bus
        self._loss = loss
        self._random = Random(seed)
        self.subscriptions = 0

    async def publish(self, space_id: str, message: bytes) -> None:
        if self._random.random() >= self._loss:
            await self._bus.publish(space_id, message)

    @asynccontextmanager
    async def subscribe(self, space_id: str) -> AsyncIterator[AsyncIterator[bytes | None]]:
        self.subscriptions += 1
        try:
            async with self._bus.subscribe(space_id) as messages:
                yield messages
        finally:
            self.subscriptions -= 1


class DoubtfulBus:
    """A bus that carries nothing, and says when told to that everyone may have missed something."""

    def __init__(self) -> None:
        self._mailboxes: set[asyncio.Queue[bytes | None]] = set()

    async def publish(self, space_id: str, message: bytes) -> None:
        """Loses it."""

    def doubt(self) -> None:
        """Of every subscription."""
        for one in self._mailboxes:
            one.put_nowait(None)

    @asynccontextmanager
    async def subscribe(self, space_id: str) -> AsyncIterator[AsyncIterator[bytes | None]]:
        mailbox = asyncio.Queue[bytes | None]()
        self._mailboxes.add(mailbox)
        try:
            yield _messages(mailbox)
        finally:
            self._mailboxes.discard(mailbox)


async def _messages(mailbox: asyncio.Queue[bytes | None]) -> AsyncIterator[bytes | None]:
    while True:
        yield await mailbox.get()
