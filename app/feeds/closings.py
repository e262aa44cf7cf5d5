"""Closings between server processes, over the bus."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import orjson

from app.feeds.channel import Bus
from app.feeds.telling import Telling
from app.services.plain import Plain
from app.services.ports import Closing

CHANNEL: Final = "closings"
"""One for all Spaces; no Space has such an id."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Message:
    closing: Closing


_MESSAGES: Final = Plain(_Message)


class BusClosingFeed:
    """The `ClosingFeed` port on the bus."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._telling = Telling(bus, "of a closing")

    async def announce(self, closing: Closing) -> None:
        await self._telling.tell(CHANNEL, orjson.dumps(_MESSAGES.encode(_Message(closing))))

    @asynccontextmanager
    async def heard(self) -> AsyncIterator[AsyncIterator[Closing | None]]:
        async with self._bus.subscribe(CHANNEL) as messages:
            yield _closings(messages)


async def _closings(messages: AsyncIterator[bytes | None]) -> AsyncIterator[Closing | None]:
    async for data in messages:
        yield _decoded(data) if data is not None else None


def _decoded(data: bytes) -> Closing | None:
    try:
        return _MESSAGES.decode(orjson.loads(data)).closing
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        log.warning("a closing of %d bytes cannot be read: %r", len(data), error)
        return None
