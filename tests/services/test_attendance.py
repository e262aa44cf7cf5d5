"""Attendance: coming once, going with everything, and dropping out after a grace."""

from datetime import datetime, timedelta

import pytest

from app.domain import refusals
from app.domain.drafts import Draft
from app.domain.roster import Person
from app.services.changes import TRIES
from app.services.pages import Window
from tests.fakes.attendance import MemoryAttendanceStore
from tests.fakes.contested import ContestedSpaceStore
from tests.services.world import GRACE, Process, World

MOMENT = timedelta(milliseconds=1)


# Coming and going


async def test_joining_twice_is_one_listener_since_the_first_time() -> None:
    world = World()
    process, host, ana = Process(world), await world.person("hana"), await world.person("ana")
    space_id = await process.live_space(host)
    await process.attendance.join(ana, space_id)
    first = world.clock()
    world.clock.advance(MOMENT)
    space = await process.attendance.join(ana, space_id)

    [[listener]] = await process.attendance.pages([space], Window(10))
    assert (listener.person, listener.joined_at) == (ana, first)
    await process.count()
    assert await world.audience(space_id) == (1, 0)


async def test_leaving_takes_seat_and_raised_hand_and_twice_is_once() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    ana, ben = await world.person("ana"), await world.person("ben")
    space_id = await process.live_space(host)
    await process.seat(host, ana, space_id)
    await process.attendance.join(ben, space_id)
    await process.stage.request_to_speak(ben, space_id)

    for person in (ana, ben, ben):
        await process.attendance.leave(person, space_id)
        assert not await process.attendance.is_in(person.id, space_id)
    space = await world.space(space_id)
    assert (space.seat("ana"), space.requests) == (None, ())


async def test_a_preparing_space_is_hidden_from_strangers_who_leave_it() -> None:
    world = World()
    process, host, ana = Process(world), await world.person("hana"), await world.person("ana")
    space = await process.spaces.create(host, Draft("On tides"), ["ana"])
    assert (await process.attendance.leave(ana, space.id)).id == space.id
    with pytest.raises(refusals.SpaceNotFound):
        await process.attendance.leave(await world.person("stranger"), space.id)


async def test_an_ended_space_is_empty() -> None:
    world = World()
    process, host, ana = Process(world), await world.person("hana"), await world.person("ana")
    space_id = await process.live_space(host)
    await process.attendance.join(ana, space_id)
    await process.spaces.end(host, space_id)
    assert not await process.attendance.is_in("ana", space_id)
    with pytest.raises(refusals.SpaceEnded):
        await process.attendance.join(ana, space_id)
    await process.count()
    assert await world.audience(space_id) == (0, 0)


# Presence


async def test_whoever_is_silent_for_the_grace_has_left_seat_and_all_and_not_before() -> None:
    world = World()
    process, host, ana = Process(world), await world.person("hana"), await world.person("ana")
    space_id = await process.live_space(host)
    await process.seat(host, ana, space_id)

    world.clock.advance(GRACE - MOMENT)
    await process.attendance.check_presence()
    assert (await world.space(space_id)).seat("ana")

    world.clock.advance(MOMENT)
    await process.attendance.check_presence()
    assert (await world.space(space_id)).seat("ana") is None
    assert not await process.attendance.is_in("ana", space_id)


async def test_an_open_stream_and_a_connected_microphone_are_signs_of_life() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    ana, ben = await world.person("ana"), await world.person("ben")
    space_id = await process.live_space(host)
    await process.seat(host, ana, space_id)
    await process.seat(host, ben, space_id)
    process.media.connected = {(space_id, "ana")}

    async with process.streams.space_events("ben", space_id, None):
        for _ in range(6):
            world.clock.advance(GRACE / 3)
            await process.attendance.check_presence()
        space = await world.space(space_id)
        assert {seat.person for seat in space.stage} == {host, ana, ben}
        assert space.host_absent_since is not None

    process.media.connected = set()
    for _ in range(3):
        world.clock.advance(GRACE / 3)
        await process.attendance.check_presence()
    assert {seat.person for seat in (await world.space(space_id)).stage} == {host}


async def test_a_stream_makes_nobody_a_participant() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    space_id = await process.live_space(host)
    async with process.streams.space_events("ana", space_id, None):
        await process.attendance.check_presence()
        assert not await process.attendance.is_in("ana", space_id)


async def test_the_host_who_drops_is_absent_and_present_again_on_return() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    space_id = await process.live_space(host)
    await process.stage.set_muted(host, space_id, False)
    world.clock.advance(GRACE)
    await process.attendance.check_presence()
    space = await world.space(space_id)
    assert (space.host_absent_since, space.stage[0].muted) == (world.clock(), True)
    assert process.media.heard(space_id) == set()

    assert (await process.attendance.join(host, space_id)).host_absent_since is None
    assert await process.attendance.is_in("hana", space_id)


async def test_an_absent_host_who_opens_the_microphone_is_in_the_space() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    space_id = await process.live_space(host)
    await process.attendance.leave(host, space_id)
    assert (await process.stage.set_muted(host, space_id, False)).host_absent_since is None
    assert await process.attendance.is_in("hana", space_id)


async def test_a_server_that_starts_waits_a_grace_for_those_it_could_not_hear() -> None:
    world = World()
    before, host, ana = Process(world), await world.person("hana"), await world.person("ana")
    space_id = await before.live_space(host)
    await before.seat(host, ana, space_id)
    world.clock.advance(GRACE * 10)

    again = Process(world)
    await again.attendance.check_presence()
    assert (await world.space(space_id)).seat("ana")
    async with again.streams.space_events("ana", space_id, None):
        world.clock.advance(GRACE - MOMENT)
        await again.attendance.check_presence()
        world.clock.advance(MOMENT)
        await again.attendance.check_presence()
        space = await world.space(space_id)
        assert space.seat("ana")
        assert space.host_absent_since is not None


async def test_who_comes_back_while_others_are_let_go_keeps_the_seat() -> None:
    store = ContestedSpaceStore()
    world = World(spaces=store)
    process, other, host = Process(world, "a"), Process(world, "b"), await world.person("hana")
    ana, ben = await world.person("ana"), await world.person("ben")
    space_id = await process.live_space(host)
    await process.seat(host, ana, space_id)
    await process.seat(host, ben, space_id)
    world.clock.advance(GRACE)
    store.meanwhile = lambda: other.attendance.join(ben, space_id)
    await process.attendance.check_presence()
    assert {seat.person for seat in (await world.space(space_id)).stage} == {host, ben}


class ReturningAttendanceStore(MemoryAttendanceStore):
    """Someone comes back in the very moment between losing the seat and leaving."""

    returning: Person | None = None

    async def leave_lapsed(self, space_id: str, person_id: str, now: datetime) -> bool:
        if self.returning:
            await self.join(space_id, self.returning, now=now, until=now + GRACE)
        return await super().leave_lapsed(space_id, person_id, now)


async def test_a_host_who_returns_while_being_let_go_is_present() -> None:
    store = ReturningAttendanceStore()
    world = World(attendance=store)
    process, host = Process(world), await world.person("hana")
    space_id = await process.live_space(host)
    store.returning = host
    world.clock.advance(GRACE)
    await process.attendance.check_presence()
    assert (await world.space(space_id)).host_absent_since is None
    assert await process.attendance.is_in("hana", space_id)


async def test_a_contested_space_keeps_its_silent_people_for_a_later_round_and_nobody_elses() -> None:
    store = ContestedSpaceStore()
    world = World(spaces=store)
    process, hana, ida = Process(world), await world.person("hana"), await world.person("ida")
    contested, other = await process.live_space(hana), await process.live_space(ida)
    world.clock.advance(GRACE)
    store.losses[contested] = TRIES
    await process.attendance.check_presence()
    assert (await world.space(other)).host_absent_since is not None
    assert await process.attendance.is_in("hana", contested)

    await process.attendance.check_presence()
    assert (await world.space(contested)).host_absent_since is not None
    assert not await process.attendance.is_in("hana", contested)
