"""Reminders: setting and removing them, and who may."""

from datetime import timedelta

import pytest

from app.domain import refusals
from app.domain.roster import Person
from app.domain.schedules import Appointment
from app.services.pages import Window
from tests.fakes.contested import ContestedSpaceStore
from tests.services.world import DRAFT, NOW, Process, World

START = NOW + timedelta(days=1)


async def scheduled(process: Process, host: Person) -> str:
    return (await process.schedules.schedule(host, DRAFT, Appointment(START, "UTC"), [])).id


async def test_a_reminder_is_set_once_and_taken_back() -> None:
    world = World()
    process, host, ana = Process(world), await world.person("hana"), await world.person("ana")
    space_id = await scheduled(process, host)
    for _ in range(2):
        assert (await process.reminders.add(ana, space_id)).id == space_id
    assert await process.reminders.of_person("ana", [space_id]) == {space_id}
    assert await process.reminders.counts([space_id]) == {space_id: 1}
    for _ in range(2):
        await process.reminders.remove(ana, space_id)
    assert await process.reminders.of_person("ana", [space_id]) == set()


async def test_of_what_nobody_can_be_reminded() -> None:
    world = World()
    process, host, ana = Process(world), await world.person("hana"), await world.person("ana")
    live, canceled, overdue = [await scheduled(process, host) for _ in range(3)]
    await process.spaces.start(host, live)
    await process.schedules.cancel(host, canceled)
    hidden = (await process.spaces.create(host, DRAFT, [])).id
    known = (await process.spaces.create(host, DRAFT, ["ana"])).id
    for space_id, refusal in (
        (live, refusals.SpaceAlreadyStarted),
        (canceled, refusals.SpaceEnded),
        (hidden, refusals.SpaceNotFound),
        (known, refusals.NotScheduled),
        ("nowhere", refusals.SpaceNotFound),
    ):
        with pytest.raises(refusal):
            await process.reminders.add(ana, space_id)
    assert await process.reminders.of_person("ana", [live, canceled, hidden, known]) == set()
    world.clock.now = START + timedelta(minutes=1)
    await process.reminders.add(ana, overdue)


async def test_whom_the_host_blocks_has_none() -> None:
    world = World()
    process, host, ana = Process(world), await world.person("hana"), await world.person("ana")
    space_id = await scheduled(process, host)
    await process.reminders.add(ana, space_id)
    await process.blocks.block(host, "ana")
    assert await process.reminders.counts([space_id]) == {}
    with pytest.raises(refusals.BlockedByHost):
        await process.reminders.add(ana, space_id)
    assert await process.reminders.page(ana, Window(9)) == []


async def test_one_that_is_canceled_meanwhile_leaves_no_reminder(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(spaces=ContestedSpaceStore())
    process, host, ana = Process(world), await world.person("hana"), await world.person("ana")
    space_id = await scheduled(process, host)
    add = world.stores.reminders.add

    async def added_late(reminder: object) -> None:
        await process.schedules.cancel(host, space_id)
        await process.scheduler.round()
        await add(reminder)  # type: ignore[arg-type]

    monkeypatch.setattr(world.stores.reminders, "add", added_late)
    with pytest.raises(refusals.SpaceEnded):
        await process.reminders.add(ana, space_id)
    assert await process.reminders.counts([space_id]) == {}


async def test_they_are_listed_newest_first_over_those_that_are_over() -> None:
    world = World()
    process, host, ana = Process(world), await world.person("hana"), await world.person("ana")
    space_ids = [await scheduled(process, host) for _ in range(6)]
    for space_id in space_ids:
        world.clock.advance(timedelta(seconds=1))
        await process.reminders.add(ana, space_id)
    for space_id in space_ids[1:5]:
        await process.schedules.cancel(host, space_id)

    async def page(window: Window[tuple[object, str]]) -> list[str]:
        return [space.id for _, space in await process.reminders.page(ana, window)]  # type: ignore[arg-type]

    assert await page(Window(9)) == [space_ids[5], space_ids[0]]
    assert await page(Window(2)) == [space_ids[5], space_ids[0]]
    assert await page(Window(1, last=True)) == [space_ids[0]]
