"""Closings over a real bus of each kind: heard everywhere, and doubted where the bus was broken."""

import asyncio

from app.bus.bus import Bus
from app.feeds.closings import CHANNEL, BusClosingFeed
from app.services.ports import Evicted
from tests.waiting import DEADLINE


async def test_a_closing_is_heard_by_all_as_it_was_said(bus: Bus) -> None:
    feed, evicted = BusClosingFeed(bus), Evicted("space", "ana")
    async with asyncio.timeout(DEADLINE), feed.heard() as one, BusClosingFeed(bus).heard() as other:
        await feed.announce(evicted)
        assert [await anext(one), await anext(other)] == [evicted, evicted]


async def test_what_cannot_be_read_may_have_been_a_closing(bus: Bus) -> None:
    async with asyncio.timeout(DEADLINE), BusClosingFeed(bus).heard() as closings:
        await bus.publish(CHANNEL, b'{"closing": "of a later version"}')
        assert await anext(closings) is None
