"""Closings: what is open ends at once, wherever it waits and in whichever process, and none is missed for good."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from app.domain import refusals
from app.services.closings import Gate
from app.services.ports import Evicted
from tests.services.world import Process, World
from tests.waiting import until


@asynccontextmanager
async def hearing(process: Process) -> AsyncIterator[None]:
    """While this is open the process hears of closings in others."""
    async with asyncio.TaskGroup() as group:
        running = group.create_task(process.closings.run())
        try:
            yield
        finally:
            running.cancel()


async def blocked_after(process: Process, viewer_id: str, space_id: str, opened: asyncio.Event) -> bool:
    """Reads a stream until it ends; whether it ended by a block."""
    try:
        async with process.streams.space_events(viewer_id, space_id, None) as items:
            async for _ in items:
                opened.set()
    except refusals.BlockedByHost:
        return True
    return False


async def test_a_stream_that_waits_in_another_process_is_closed() -> None:
    world = World()
    process, elsewhere, host = Process(world, "a"), Process(world, "b"), await world.person("hana")
    await world.person("ana")
    space_id, opened = await process.live_space(host), asyncio.Event()
    async with hearing(elsewhere):
        reading = asyncio.create_task(blocked_after(elsewhere, "ana", space_id, opened))
        await opened.wait()
        await process.blocks.block(host, "ana")
        assert await reading


async def test_what_was_missed_is_looked_up_and_the_innocent_stream_on() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    space_id, closed = await process.live_space(host), []
    async with hearing(process):
        with (
            process.closings.on(Evicted(space_id, "ana"), lambda: closed.append("ana")),
            process.closings.on(Evicted(space_id, "bob"), lambda: closed.append("bob")),
            process.closings.on(Evicted("gone", "ana"), lambda: closed.append("gone")),
        ):
            await until(lambda: world.closings.hearing == 1, "the process hears")
            await world.blocks.add("hana", "ana", world.clock())
            world.closings.lose()
            await until(lambda: bool(closed), "the missed closing is found")
        assert closed == ["ana"]


async def test_what_is_not_open_any_more_is_not_closed() -> None:
    world = World()
    process, closed = Process(world), []
    with process.closings.on(Evicted("space", "ana"), lambda: closed.append("first")):
        pass
    with process.closings.on(Evicted("space", "ana"), lambda: closed.append("second")):
        await process.closings.announce(Evicted("space", "ana"))
    assert closed == ["second"]


async def numbers() -> AsyncIterator[int]:
    for number in range(3):
        yield number


async def test_an_open_gate_lets_everything_through() -> None:
    assert [number async for number in Gate().through(numbers())] == [0, 1, 2]


async def test_a_gate_closed_between_two_items_lets_no_more_through() -> None:
    gate = Gate()
    items = gate.through(numbers())
    assert await anext(items) == 0
    gate.close(refusals.BlockedByHost())
    with pytest.raises(refusals.BlockedByHost):
        await anext(items)


async def test_a_time_out_of_the_stream_itself_is_not_taken_for_a_closing() -> None:
    async def late() -> AsyncIterator[int]:
        yield 1
        raise TimeoutError("the database is slow")

    items = Gate().through(late())
    assert await anext(items) == 1
    with pytest.raises(TimeoutError):
        await anext(items)
