"""Attendance by servers that die before they kept who is in: everyone on stage has a lease in the end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from app.domain.attendance import Attendance
from app.domain.roster import Person, Role
from tests.fakes.attendance import MemoryAttendanceStore
from tests.services.world import DRAFT, EMPTY_TIMEOUT, GRACE, Process, World

MOMENT = timedelta(milliseconds=1)


class DyingAttendanceStore(MemoryAttendanceStore):
    """A server that dies where it would keep that someone is in; `meanwhile` happens just before the next time."""

    dies = False
    meanwhile: Callable[[], Awaitable[object]] | None = None

    async def join(self, space_id: str, person: Person, *, now: datetime, until: datetime) -> Attendance:
        if self.dies:
            raise ConnectionError
        happens, self.meanwhile = self.meanwhile, None
        if happens:
            await happens()
        return await super().join(space_id, person, now=now, until=until)


async def dies_in(store: DyingAttendanceStore, command: Awaitable[object]) -> None:
    """The command, in a server that dies before it kept that someone is in."""
    store.dies = True
    with pytest.raises(ConnectionError):
        await command
    store.dies = False


async def seated_without_lease(
    world: World, process: Process, store: DyingAttendanceStore, *names: str
) -> tuple[str, Person]:
    """A live Space in which people have a seat, and nothing says that they are in it; and its host."""
    host = await world.person("hana")
    space_id = await process.live_space(host)
    for name in names:
        person = await world.person(name)
        offer = (await process.stage.invite(host, space_id, name, Role.SPEAKER)).invitation(name)
        assert offer
        await dies_in(store, process.stage.accept_invitation(person, space_id, offer.id))
        assert (await world.space(space_id)).seat(name)
        assert not await process.attendance.is_in(name, space_id)
    return space_id, host


async def test_who_got_a_seat_from_a_server_that_died_keeps_it_by_a_stream_and_loses_it_without() -> None:
    store = DyingAttendanceStore()
    world = World(attendance=store)
    process = Process(world)
    space_id, _ = await seated_without_lease(world, process, store, "ana", "ben")
    async with (
        process.streams.space_events("ben", space_id, None),
        process.streams.space_events("hana", space_id, None),
    ):
        await process.attendance.check_presence()
        assert await process.attendance.is_in("ana", space_id)
        assert await process.attendance.is_in("ben", space_id)
        world.clock.advance(GRACE - MOMENT)
        await process.attendance.check_presence()
        assert (await world.space(space_id)).seat("ana")
        world.clock.advance(MOMENT)
        await process.attendance.check_presence()
    space = await world.space(space_id)
    assert [seat.person.id for seat in space.stage] == ["hana", "ben"]
    assert space.host_absent_since is None
    assert not await process.attendance.is_in("ana", space_id)
    assert await process.attendance.is_in("ben", space_id)


async def test_who_raised_a_hand_and_had_left_meanwhile_does_not_ask_for_ever() -> None:
    store = DyingAttendanceStore()
    world = World(attendance=store)
    process, host, ana = Process(world), await world.person("hana"), await world.person("ana")
    space_id = await process.live_space(host)
    await process.attendance.join(ana, space_id)
    await dies_in(store, process.stage.request_to_speak(ana, space_id))
    await store.leave(space_id, "ana")
    await process.attendance.check_presence()
    assert await process.attendance.is_in("ana", space_id)
    world.clock.advance(GRACE)
    await process.attendance.check_presence()
    assert (await world.space(space_id)).requests == ()
    assert not await process.attendance.is_in("ana", space_id)


async def test_a_space_whose_server_died_as_it_was_started_is_abandoned_in_the_end() -> None:
    store = DyingAttendanceStore()
    world = World(attendance=store)
    process, host = Process(world), await world.person("hana")
    space_id = (await process.spaces.create(host, DRAFT, [])).id
    await store.leave(space_id, "hana")
    await dies_in(store, process.spaces.start(host, space_id))
    assert (await world.space(space_id)).host_absent_since is None
    await process.attendance.check_presence()
    world.clock.advance(GRACE)
    for _ in range(2):
        await process.attendance.check_presence()
    assert (await world.space(space_id)).host_absent_since == world.clock()
    assert not await process.attendance.is_in("hana", space_id), "an absent host is not taken in again"
    world.clock.advance(EMPTY_TIMEOUT)
    await process.abandonment.round()
    assert (await world.space(space_id)).is_over


@pytest.mark.parametrize("all_go", [False, True])
async def test_who_goes_in_that_moment_is_not_brought_back(all_go: bool) -> None:
    store = DyingAttendanceStore()
    world = World(attendance=store)
    process, elsewhere = Process(world, "a"), Process(world, "b")
    space_id, host = await seated_without_lease(world, process, store, "ana")
    store.meanwhile = (
        (lambda: elsewhere.spaces.end(host, space_id)) if all_go else (lambda: elsewhere.blocks.block(host, "ana"))
    )
    await process.attendance.check_presence()
    assert store.meanwhile is None
    assert not await elsewhere.attendance.is_in("ana", space_id)
    assert await elsewhere.attendance.is_in("hana", space_id) is not all_go


async def test_who_goes_and_comes_back_as_a_listener_in_that_moment_stays() -> None:
    store = DyingAttendanceStore()
    world = World(attendance=store)
    process, elsewhere = Process(world, "a"), Process(world, "b")
    space_id, host = await seated_without_lease(world, process, store, "ana")
    ana = (await world.space(space_id)).stage[-1].person

    async def demoted_and_back() -> None:
        await elsewhere.stage.remove(host, space_id, "ana")
        world.clock.advance(MOMENT)
        await elsewhere.attendance.join(ana, space_id)

    store.meanwhile = demoted_and_back
    await process.attendance.check_presence()
    assert (await world.space(space_id)).seat("ana") is None
    assert await elsewhere.attendance.is_in("ana", space_id)


async def test_only_the_process_that_mixes_the_space_looks() -> None:
    store = DyingAttendanceStore()
    world = World(attendance=store)
    process, elsewhere = Process(world, "a"), Process(world, "b")
    space_id, _ = await seated_without_lease(world, process, store, "ana")
    await elsewhere.attendance.check_presence()
    assert not await process.attendance.is_in("ana", space_id)
    await process.attendance.check_presence()
    assert await process.attendance.is_in("ana", space_id)
