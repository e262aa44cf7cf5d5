"""People on the move, told over a real bus of each kind: heard everywhere, and doubted where the bus was broken."""

import asyncio
import logging

import pytest

from app.bus.backends import BusUnavailable
from app.bus.bus import Bus
from app.feeds.moves import CHANNEL, BusMoveFeed
from app.services.ports import Moves
from app.services.whereabouts import IN_ONE_MESSAGE, Whereabouts
from tests.waiting import DEADLINE


async def test_moves_are_heard_by_all_as_they_were_said(bus: Bus) -> None:
    feed, moves = BusMoveFeed(bus), Moves(people=("ana", "bob"), viewers=("cid",), over=("space",))
    async with asyncio.timeout(DEADLINE), feed.heard() as one, BusMoveFeed(bus).heard() as other:
        await feed.announce(moves)
        assert [await anext(one), await anext(other)] == [moves, moves]


async def test_what_cannot_be_read_may_have_been_moves(bus: Bus) -> None:
    async with asyncio.timeout(DEADLINE), BusMoveFeed(bus).heard() as moves:
        await bus.publish(CHANNEL, b'{"people": 5}')
        assert await anext(moves) is None


async def test_a_crowd_on_the_move_is_told_in_parts_and_once(bus: Bus) -> None:
    whereabouts, crowd = Whereabouts(BusMoveFeed(bus)), {f"fan{number}" for number in range(IN_ONE_MESSAGE * 2 + 1)}
    async with asyncio.timeout(DEADLINE), BusMoveFeed(bus).heard() as heard:
        for _ in range(2):
            for one in crowd:
                whereabouts.moved(one)
        whereabouts.sees_differently("ana", "bob")
        await whereabouts.tell()
        parts = [await anext(heard) for _ in range(3)]
        await whereabouts.tell()
        whereabouts.moved("last")
        await whereabouts.tell()
        assert await anext(heard) == Moves(people=("last",))
    people = [one for part in parts if part for one in part.people]
    assert (len(people), set(people)) == (len(crowd), crowd)
    assert {one for part in parts if part for one in part.viewers} == {"ana", "bob"}


async def test_a_bus_that_is_away_is_no_fault_of_who_moves(caplog: pytest.LogCaptureFixture) -> None:
    class Away:
        async def publish(self, space_id: str, message: bytes) -> None:
            raise BusUnavailable("Redis is away.")

        def subscribe(self, space_id: str) -> None:
            raise BusUnavailable("Redis is away.")

    with caplog.at_level(logging.WARNING):
        await BusMoveFeed(Away()).announce(Moves(people=("ana",)))  # type: ignore[arg-type]
    assert "are not told who moved" in caplog.text
