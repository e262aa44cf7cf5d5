"""Bells over a real bus of each kind: heard everywhere, and doubted where they cannot be read."""

import asyncio

from app.bus.bus import Bus
from app.feeds.bells import CHANNEL, RUNG_AT_ONCE, BusBells
from tests.waiting import DEADLINE


async def test_a_bell_is_heard_by_all_and_many_in_several_messages(bus: Bus) -> None:
    people = [str(one) for one in range(RUNG_AT_ONCE + 1)]
    async with asyncio.timeout(DEADLINE), BusBells(bus).heard() as one, BusBells(bus).heard() as other:
        await BusBells(bus).ring(people)
        for heard in (one, other):
            assert [*(await anext(heard) or ()), *(await anext(heard) or ())] == people


async def test_what_cannot_be_read_may_have_been_anyone(bus: Bus) -> None:
    async with asyncio.timeout(DEADLINE), BusBells(bus).heard() as heard:
        await bus.publish(CHANNEL, b"of a later version")
        await bus.publish(CHANNEL, b"{}")
        assert [await anext(heard), await anext(heard)] == [None, None]
