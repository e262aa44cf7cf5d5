"""The audience: how many listen, told twice a second at most, and right in the end."""

from collections.abc import Awaitable, Callable, Collection
from contextlib import AsyncExitStack
from datetime import datetime, timedelta

import pytest

from app.domain import attendance
from app.domain.attendance import AUDIENCE_INTERVAL
from app.domain.events import AudienceChanged
from app.domain.roster import Person, Role
from app.services.changes import TRIES
from app.services.pages import Window
from tests.fakes.attendance import MemoryAttendanceStore
from tests.fakes.contested import ContestedSpaceStore
from tests.services.world import GRACE, Process, World

MOMENT = timedelta(milliseconds=1)


async def test_listeners_are_counted_without_the_stage() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    ana, ben = await world.person("ana"), await world.person("ben")
    space_id = await process.live_space(host)
    await process.seat(host, ana, space_id)
    await process.attendance.join(ben, space_id)
    await process.count()
    assert await world.audience(space_id) == (1, 0)

    await process.stage.remove(host, space_id, "ana")
    await process.count()
    assert await world.audience(space_id) == (2, 0)
    space = await world.space(space_id)
    [listeners] = await process.attendance.pages([space], Window(10))
    assert {one.person for one in listeners} == {ana, ben}


async def test_a_thousand_joins_in_a_second_are_told_twice() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    space_id = await process.live_space(host)
    await process.count()
    before = await world.space(space_id)
    for n in range(1000):
        await process.attendance.join(Person(f"p{n}", f"p{n}", f"P{n}"), space_id)
        world.clock.advance(MOMENT)
        if n % 10 == 9:
            await process.attendance.count_all()
    events = await world.spaces.events_after(space_id, before.version)
    assert events is not None
    assert [type(one.event) for one in events] == [AudienceChanged] * 2

    await process.count()
    assert await world.audience(space_id) == (1000, 0)


async def test_the_anonymous_are_counted_over_all_processes_and_never_listed() -> None:
    world = World()
    here, there, host = Process(world, "a"), Process(world, "b"), await world.person("hana")
    space_id = await here.live_space(host)
    async with AsyncExitStack() as listening:
        for process in (here, here, there):
            await listening.enter_async_context(process.streams.space_events(None, space_id, None))
        await there.count()
        await here.count()
        assert await world.audience(space_id) == (0, 3)
        assert await here.attendance.pages([await world.space(space_id)], Window(10)) == [[]]
    await here.count()
    await there.count()
    assert await world.audience(space_id) == (0, 0)


async def test_anonymous_listeners_stay_counted_as_long_as_they_listen() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    space_id = await process.live_space(host)
    async with process.streams.space_events(None, space_id, None):
        for _ in range(9):
            world.clock.advance(GRACE / 3)
            await process.attendance.check_presence()
            await process.attendance.count_all()
            assert (await world.audience(space_id))[1] == 1


async def test_the_anonymous_of_a_silent_process_are_forgotten_after_a_grace_and_counted_again_on_its_return() -> None:
    world = World()
    silent, alive, host = Process(world, "a"), Process(world, "b"), await world.person("hana")
    space_id = await silent.live_space(host)
    alive.media.connected = {(space_id, "hana")}
    async with silent.streams.space_events(None, space_id, None):
        await silent.count()
        assert await world.audience(space_id) == (0, 1)
        world.clock.advance(GRACE)
        await alive.attendance.check_presence()
        await alive.attendance.count_all()
        assert await world.audience(space_id) == (0, 0)

        world.clock.advance(AUDIENCE_INTERVAL)
        await silent.attendance.check_presence()
        await silent.attendance.count_all()
        assert await world.audience(space_id) == (0, 1)


async def test_a_count_that_cannot_be_told_now_is_told_later() -> None:
    store = ContestedSpaceStore()
    world = World(spaces=store)
    process, host = Process(world), await world.person("hana")
    space_id = await process.live_space(host)
    await process.attendance.join(await world.person("ana"), space_id)
    store.losses[space_id] = TRIES
    await process.count()
    assert await world.audience(space_id) == (0, 0)
    await process.count()
    assert await world.audience(space_id) == (1, 0)


class OvertakenAttendanceStore(MemoryAttendanceStore):
    """`meanwhile` happens once, between a count and what is made of it."""

    meanwhile: Callable[[], Awaitable[object]] | None = None

    async def anonymous(self, space_id: str, now: datetime) -> int:
        counted = await super().anonymous(space_id, now)
        happens, self.meanwhile = self.meanwhile, None
        if happens:
            await happens()
        return counted


async def test_a_count_overtaken_by_another_process_is_made_again() -> None:
    store = OvertakenAttendanceStore()
    world = World(attendance=store)
    process, host = Process(world), await world.person("hana")
    space_id = await process.live_space(host)
    await process.attendance.join(await world.person("ana"), space_id)

    async def tell_an_older_count() -> None:
        space = await world.space(space_id)
        await world.spaces.save(space, attendance.count_audience(space, 7, 0, world.clock()))

    store.meanwhile = tell_an_older_count
    await process.count()
    assert await world.audience(space_id) == (7, 0)
    await process.count()
    assert await world.audience(space_id) == (1, 0)


class FailingAttendanceStore(MemoryAttendanceStore):
    """A database that is away while it is `down`."""

    down = False

    async def count(self, space_id: str, *, without: Collection[str]) -> int:
        if self.down:
            raise ConnectionError("the database is away")
        return await super().count(space_id, without=without)


async def test_a_count_that_failed_is_made_again() -> None:
    store = FailingAttendanceStore()
    world = World(attendance=store)
    process, host = Process(world), await world.person("hana")
    space_id = await process.live_space(host)
    await process.attendance.join(await world.person("ana"), space_id)
    store.down = True
    with pytest.raises(ConnectionError):
        await process.count()
    store.down = False
    await process.count()
    assert await world.audience(space_id) == (1, 0)


async def test_who_becomes_cohost_is_on_stage_for_the_listing_too() -> None:
    world = World()
    process, host, ana = Process(world), await world.person("hana"), await world.person("ana")
    space_id = await process.live_space(host)
    await process.attendance.join(ana, space_id)
    await process.seat(host, ana, space_id, Role.COHOST)
    assert await process.attendance.pages([await world.space(space_id)], Window(10)) == [[]]
