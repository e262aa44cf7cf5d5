"""Bells between server processes, over the bus: who has something new in their inbox."""

import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

import orjson

from app.feeds.channel import Bus
from app.feeds.telling import Telling

CHANNEL: Final = "bells"
"""One for everybody; no Space has such an id."""
RUNG_AT_ONCE: Final = 1000
"""People in one message; a reminder may be for many."""

log = logging.getLogger(__name__)


class BusBells:
    """The `Bells` port on the bus."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._telling = Telling(bus, "that inboxes have something new")

    async def ring(self, person_ids: Sequence[str]) -> None:
        for start in range(0, len(person_ids), RUNG_AT_ONCE):
            await self._telling.tell(CHANNEL, orjson.dumps(person_ids[start : start + RUNG_AT_ONCE]))

    @asynccontextmanager
    async def heard(self) -> AsyncIterator[AsyncIterator[Sequence[str] | None]]:
        async with self._bus.subscribe(CHANNEL) as messages:
            yield _rings(messages)


async def _rings(messages: AsyncIterator[bytes | None]) -> AsyncIterator[Sequence[str] | None]:
    async for data in messages:
        yield _people(data) if data is not None else None


def _people(data: bytes) -> Sequence[str] | None:
    try:
        people = orjson.loads(data)
    except ValueError:
        people = None
    if isinstance(people, list):
        return people
    log.warning("a bell of %d bytes cannot be read", len(data))
    return None
