"""Abandonment: a live Space ends by itself when nobody at all has been in it for the time-out, and not before."""

from datetime import timedelta

from app.domain.events import EndReason
from app.domain.roster import Person
from app.domain.spaces import SpaceState
from tests.services.world import EMPTY_TIMEOUT, Process, World
from tests.waiting import until

MOMENT = timedelta(milliseconds=1)


async def left_alone(process: Process, host: Person) -> str:
    """The id of a live Space whose host has just left."""
    space_id = await process.live_space(host)
    await process.attendance.leave(host, space_id)
    return space_id


async def test_a_space_that_nobody_is_in_ends_after_the_timeout_and_not_before() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    async with process.airing():
        space_id = await left_alone(process, host)
        world.clock.advance(EMPTY_TIMEOUT - MOMENT)
        await process.abandonment.round()
        assert (await world.space(space_id)).state is SpaceState.LIVE

        world.clock.advance(MOMENT)
        await process.abandonment.round()
        space = await world.space(space_id)
        assert (space.state, space.end_reason, space.ended_at) == (SpaceState.ENDED, EndReason.EMPTY, world.clock())
        assert process.media.obeyed[space_id].state is SpaceState.ENDED


async def test_whoever_comes_in_between_starts_the_timeout_anew() -> None:
    world = World()
    process, host, ana = Process(world), await world.person("hana"), await world.person("ana")
    async with process.airing():
        space_id = await left_alone(process, host)
        world.clock.advance(EMPTY_TIMEOUT / 2)
        await process.attendance.join(ana, space_id)
        await process.count()
        await process.attendance.leave(ana, space_id)
        await process.count()
        world.clock.advance(EMPTY_TIMEOUT / 2)
        await process.abandonment.round()
        assert (await world.space(space_id)).state is SpaceState.LIVE

        world.clock.advance(EMPTY_TIMEOUT / 2)
        await process.abandonment.round()
        assert (await world.space(space_id)).end_reason is EndReason.EMPTY


async def test_a_host_a_listener_an_anonymous_one_and_a_microphone_each_keep_it_live() -> None:
    world = World()
    process, host, ana = Process(world), await world.person("hana"), await world.person("ana")
    async with process.airing():
        attended = await process.live_space(host)
        joined, listened, spoken = [await left_alone(process, host) for _ in range(3)]
        async with process.streams.space_events(None, listened, None):
            await process.count()
            process.media.connected = {(spoken, "hana")}
            world.clock.advance(EMPTY_TIMEOUT)
            # Who has just come in is there before the Space tells their number.
            await process.attendance.join(ana, joined)
            await process.attendance.check_presence()
            await process.abandonment.round()
        for space_id in (attended, joined, listened, spoken):
            assert (await world.space(space_id)).state is SpaceState.LIVE


async def test_the_timeout_goes_on_over_a_restart() -> None:
    world = World()
    before, host = Process(world), await world.person("hana")
    space_id = await left_alone(before, host)
    world.clock.advance(EMPTY_TIMEOUT)
    again = Process(world)
    async with again.airing():
        await again.abandonment.round()
        assert (await world.space(space_id)).end_reason is EndReason.EMPTY


async def test_of_several_processes_one_ends_it() -> None:
    world = World()
    one, other, host = Process(world, "a"), Process(world, "b"), await world.person("hana")
    async with one.airing(), other.airing():
        space_id = await left_alone(one, host)
        before = await world.space(space_id)
        world.clock.advance(EMPTY_TIMEOUT)
        for process in (one, other):
            await process.airings.round()
            await process.abandonment.round()
        await until(lambda: not one.airings.on_air and not other.airings.on_air, "it is off the air")
        assert (await world.space(space_id)).version == before.version + 1
