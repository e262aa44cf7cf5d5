"""People on the move, told between server processes over the bus."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import orjson

from app.feeds.channel import Bus
from app.feeds.telling import Telling
from app.services.plain import Plain
from app.services.ports import Moves

CHANNEL: Final = "moves"
"""One for all Spaces; no Space has such an id."""

_MOVES: Final = Plain(Moves)

log = logging.getLogger(__name__)


class BusMoveFeed:
    """The `MoveFeed` port on the bus."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._telling = Telling(bus, "who moved")

    async def announce(self, moves: Moves) -> None:
        await self._telling.tell(CHANNEL, orjson.dumps(_MOVES.encode(moves)))

    @asynccontextmanager
    async def heard(self) -> AsyncIterator[AsyncIterator[Moves | None]]:
        async with self._bus.subscribe(CHANNEL) as messages:
            yield _moves(messages)


async def _moves(messages: AsyncIterator[bytes | None]) -> AsyncIterator[Moves | None]:
    async for data in messages:
        yield _decoded(data) if data is not None else None


def _decoded(data: bytes) -> Moves | None:
    try:
        return _MOVES.decode(orjson.loads(data))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        log.warning("moves of %d bytes cannot be read: %r", len(data), error)
        return None
