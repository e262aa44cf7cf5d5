"""Schedules: announcing Spaces, under a key once, at most 10 at a time, and opening and canceling them."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain import refusals
from app.domain.drafts import Draft
from app.domain.roster import Person, Role
from app.domain.schedules import SCHEDULED_PER_HOST, Appointment, ScheduleEdit
from app.domain.spaces import Space, SpaceState
from tests.services.world import DRAFT, NOW, Process, World

START = NOW + timedelta(days=1)
AT = Appointment(START, "Europe/Berlin")


async def scheduled(process: Process, host: Person, *speakers: str, key: str | None = None) -> Space:
    return await process.schedules.schedule(host, DRAFT, AT, speakers, idempotency_key=key)


async def test_a_scheduled_space_is_there_for_everyone_and_nobody_is_in_it() -> None:
    world = World()
    process, host, ana = Process(world), await world.person("hana"), await world.person("ana")
    space = await scheduled(process, host, "ana")
    assert await process.spaces.get(None, space.id) == space == await world.space(space.id)
    assert [one.person for one in space.invitations] == [ana]
    assert not await process.attendance.is_in("hana", space.id)
    assert [one.id for one in await process.schedules.of_hosts("ana", ["hana"])] == [space.id]
    [received] = await world.stores.inboxes.received_after("ana", 0) or []
    assert type(received.event).__name__ == "InvitationReceived"


async def test_a_host_has_ten_at_once_and_may_open_others_meanwhile() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    spaces = [await scheduled(process, host) for _ in range(SCHEDULED_PER_HOST)]
    with pytest.raises(refusals.ScheduleLimitReached) as caught:
        await scheduled(process, host)
    assert (caught.value.limit, caught.value.current) == (10, 10)
    await process.live_space(host)
    await process.schedules.cancel(host, spaces[0].id)
    await scheduled(process, host)
    await process.schedules.prepare(host, spaces[1].id)
    await scheduled(process, host)


async def test_the_same_call_under_a_key_makes_one_space_also_where_it_took_the_last_slot() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    for _ in range(SCHEDULED_PER_HOST - 1):
        await scheduled(process, host)
    calls = [scheduled(Process(world, name), host, key="again") for name in "abc"]
    made = {space.id for space in await asyncio.gather(*calls)}
    assert len(made) == 1
    assert (await scheduled(process, host, key="again")).id in made
    assert len(await world.spaces.scheduled_of(["hana"])) == SCHEDULED_PER_HOST
    [space_id] = made
    await process.deletion.delete(host, space_id, confirmed=True)
    with pytest.raises(refusals.SpaceNotFound):
        await scheduled(process, host, key="again")


async def test_a_call_that_was_refused_may_be_mended_under_its_key() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    with pytest.raises(ExceptionGroup):
        await process.schedules.schedule(host, Draft(""), AT, [], idempotency_key="key")
    assert (await scheduled(process, host, key="key")).title == DRAFT.title


async def test_it_opens_to_the_expected_and_then_goes_live() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    ana, ben = await world.person("ana"), await world.person("ben")
    space_id = (await scheduled(process, host, "ana")).id
    for person in (host, ana, ben):
        with pytest.raises(refusals.SpaceNotLive):
            await process.attendance.join(person, space_id)
    await process.schedules.prepare(host, space_id)
    assert await process.attendance.is_in("hana", space_id)
    await process.attendance.join(ana, space_id)
    with pytest.raises(refusals.SpaceNotLive):
        await process.attendance.join(ben, space_id)
    await process.stage.invite(host, space_id, "ben", Role.COHOST)
    await process.attendance.join(ben, space_id)
    live = await process.spaces.start(host, space_id)
    assert (live.state, live.schedule and live.schedule.start) == (SpaceState.LIVE, START)


async def test_it_goes_live_in_one_step_too() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    live = await process.spaces.start(host, (await scheduled(process, host)).id)
    assert (live.state, live.seat("hana") is not None) == (SpaceState.LIVE, True)
    assert await process.attendance.is_in("hana", live.id)
    assert process.media.obeyed[live.id].state is SpaceState.LIVE


async def test_canceling_puts_out_who_is_in_its_preparation() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    space_id = (await scheduled(process, host)).id
    await process.schedules.prepare(host, space_id)
    assert (await process.schedules.cancel(host, space_id)).state is SpaceState.CANCELED
    assert not await process.attendance.is_in("hana", space_id)


async def test_only_the_host_changes_it() -> None:
    world = World()
    process, host, ana = Process(world), await world.person("hana"), await world.person("ana")
    space_id = (await scheduled(process, host)).id
    for attempt in (
        process.schedules.update(ana, space_id, ScheduleEdit(title="Mine")),
        process.schedules.prepare(ana, space_id),
        process.schedules.cancel(ana, space_id),
        process.spaces.start(ana, space_id),
    ):
        with pytest.raises(refusals.NotPermitted):
            await attempt
    moved = await process.schedules.update(host, space_id, ScheduleEdit(start=START + timedelta(hours=1)))
    assert moved.schedule
    assert moved.schedule.start == START + timedelta(hours=1)


async def test_whom_the_host_blocks_sees_none_in_lists() -> None:
    world = World()
    process, host, ana = Process(world), await world.person("hana"), await world.person("ana")
    space = await scheduled(process, host, "ana")
    await process.blocks.block(host, "ana")
    assert await process.schedules.of_hosts(ana.id, ["hana"]) == []
    assert len(await process.schedules.of_hosts(None, ["hana"])) == 1
    assert (await world.space(space.id)).invitations == ()


async def test_watching_a_space_to_come_is_not_listening() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    space_id = (await scheduled(process, host)).id
    async with process.streams.space_events(None, space_id, None) as events:
        await anext(events)
        await process.count()
        await process.schedules.prepare(host, space_id)
        await process.count()
        assert await world.audience(space_id) == (0, 0)
        await process.spaces.start(host, space_id)
        await process.count()
        assert await world.audience(space_id) == (0, 1)


async def test_what_calendars_are_told() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    hidden = await process.spaces.create(host, replace(DRAFT, title="Hidden"), [])
    first, second = await scheduled(process, host), await scheduled(process, host)
    canceled = await process.schedules.cancel(host, first.id)
    assert await process.schedules.planned(first.id) == canceled
    assert await process.schedules.planned(hidden.id) is None
    assert await process.schedules.planned("nowhere") is None
    found = await process.schedules.calendar_of("hana")
    assert found
    assert {one.id for one in found[1]} == {first.id, second.id}
    world.clock.advance(timedelta(days=32))
    later = await process.schedules.calendar_of("hana")
    assert later
    assert later[1] == []
    assert await process.schedules.calendar_of("nobody") is None
