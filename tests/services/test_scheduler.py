"""The scheduler: everyone is told what they wait for, once, by several processes, over crashes and restarts."""

from __future__ import annotations

from datetime import timedelta

from app.domain.schedules import ScheduleEdit
from app.domain.spaces import SpaceState
from app.services.pages import Window
from tests.fakes.contested import ContestedSpaceStore
from tests.services.evenings import HALF_AN_HOUR, IT_IS_TIME, SOON, START, Evening, scheduled, told
from tests.services.world import NOW, SCHEDULE_GRACE, Process, World


async def test_reminders_come_half_an_hour_before_and_at_the_time_once() -> None:
    evening = await Evening.planned()
    await evening.pass_until(START - HALF_AN_HOUR - timedelta(milliseconds=1))
    assert await told(evening.world, "ana") == []
    await evening.pass_until(START - HALF_AN_HOUR)
    assert await told(evening.world, "ana") == [SOON] == await told(evening.world, "hana")
    await evening.pass_until(START - timedelta(milliseconds=1))
    assert await told(evening.world, "ana") == [SOON]
    await evening.pass_until(START + HALF_AN_HOUR)
    for name in ("ana", "hana"):
        assert await told(evening.world, name) == [SOON, IT_IS_TIME]


async def test_a_reminder_set_in_the_last_half_hour_comes_at_the_time_alone() -> None:
    evening = await Evening.planned()
    ben = await evening.world.person("ben")
    evening.world.clock.now = START - HALF_AN_HOUR + timedelta(milliseconds=1)
    await evening.process.reminders.add(ben, evening.space_id)
    await evening.pass_until(START)
    assert await told(evening.world, "ben") == [IT_IS_TIME]
    assert await told(evening.world, "ana") == [SOON, IT_IS_TIME]


async def test_who_takes_a_reminder_back_is_told_nothing_and_the_host_still_is() -> None:
    evening = await Evening.planned()
    await evening.process.reminders.add(evening.host, evening.space_id)
    for person in (evening.ana, evening.host):
        await evening.process.reminders.remove(person, evening.space_id)
    await evening.pass_until(START)
    assert await told(evening.world, "ana") == []
    assert await told(evening.world, "hana") == [SOON, IT_IS_TIME]


async def test_a_server_that_was_down_tells_late_what_still_matters() -> None:
    evening = await Evening.planned()
    evening.world.clock.now = START + timedelta(minutes=40)
    await Process(evening.world, "restarted").scheduler.round()
    assert await told(evening.world, "ana") == [IT_IS_TIME]


async def test_a_new_time_is_told_and_reminded_of_anew() -> None:
    evening = await Evening.planned()
    await evening.pass_until(START - HALF_AN_HOUR)
    later = START + timedelta(hours=2)
    await evening.process.schedules.update(evening.host, evening.space_id, ScheduleEdit(start=later))
    await evening.round()
    ben = await evening.world.person("ben")
    evening.world.clock.advance(timedelta(seconds=1))
    await evening.process.reminders.add(ben, evening.space_id)
    await evening.pass_until(later)
    assert await told(evening.world, "ana") == [SOON, later, SOON, IT_IS_TIME]
    assert await told(evening.world, "hana") == [SOON, SOON, IT_IS_TIME]
    assert await told(evening.world, "ben") == [SOON, IT_IS_TIME]


async def test_a_time_moved_back_and_forth_is_reminded_of_at_each_of_them() -> None:
    evening = await Evening.planned()
    for start in (START + timedelta(hours=1), START):
        evening.world.clock.advance(timedelta(minutes=1))
        await evening.process.schedules.update(evening.host, evening.space_id, ScheduleEdit(start=start))
        await evening.round()
    await evening.pass_until(START)
    assert await told(evening.world, "ana") == [START + timedelta(hours=1), START, SOON, IT_IS_TIME]


async def test_a_cancellation_is_told_and_nothing_after_it() -> None:
    evening = await Evening.planned()
    await evening.pass_until(START - HALF_AN_HOUR)
    await evening.process.schedules.cancel(evening.host, evening.space_id)
    await evening.round()
    await evening.pass_until(START + SCHEDULE_GRACE)
    assert await told(evening.world, "ana") == [SOON, "ScheduledSpaceCanceled"]
    assert await told(evening.world, "hana") == [SOON]
    assert await evening.process.reminders.counts([evening.space_id]) == {}


async def test_deleting_a_space_to_come_is_canceling_it() -> None:
    evening = await Evening.planned()
    await evening.process.deletion.delete(evening.host, evening.space_id, confirmed=True)
    await evening.round()
    assert await told(evening.world, "ana") == ["ScheduledSpaceCanceled"]
    assert await evening.process.reminders.counts([evening.space_id]) == {}


async def test_a_space_that_is_not_started_expires_and_that_is_told() -> None:
    evening = await Evening.planned()
    await evening.pass_until(START + SCHEDULE_GRACE - timedelta(milliseconds=1))
    assert (await evening.world.space(evening.space_id)).state is SpaceState.SCHEDULED
    await evening.pass_until(START + SCHEDULE_GRACE)
    assert (await evening.world.space(evening.space_id)).state is SpaceState.EXPIRED
    for name in ("ana", "hana"):
        assert await told(evening.world, name) == [SOON, IT_IS_TIME, "ScheduledSpaceCanceled"]
    assert await evening.process.reminders.page(evening.ana, Window(9)) == []


async def test_a_prepared_space_expires_too_and_everyone_is_out() -> None:
    evening = await Evening.planned()
    await evening.process.schedules.prepare(evening.host, evening.space_id)
    await evening.pass_until(START + SCHEDULE_GRACE)
    assert (await evening.world.space(evening.space_id)).state is SpaceState.EXPIRED
    assert not await evening.process.attendance.is_in("hana", evening.space_id)


async def test_a_space_that_goes_live_early_is_told_then() -> None:
    evening = await Evening.planned()
    await evening.process.spaces.start(evening.host, evening.space_id)
    await evening.round()
    assert await told(evening.world, "ana") == [IT_IS_TIME]
    await evening.pass_until(START + SCHEDULE_GRACE)
    assert await told(evening.world, "ana") == [IT_IS_TIME]
    assert (await evening.world.space(evening.space_id)).state is SpaceState.LIVE


async def test_of_one_that_goes_live_late_those_are_told_who_asked_since() -> None:
    evening = await Evening.planned()
    await evening.pass_until(START + HALF_AN_HOUR)
    ben = await evening.world.person("ben")
    await evening.process.reminders.add(ben, evening.space_id)
    await evening.process.spaces.start(evening.host, evening.space_id)
    await evening.round()
    assert await told(evening.world, "ana") == [SOON, IT_IS_TIME]
    assert await told(evening.world, "ben") == [IT_IS_TIME]


async def test_whom_the_host_blocks_is_told_nothing() -> None:
    evening = await Evening.planned()
    # A server that dies after this has not taken the reminder away.
    await evening.world.blocks.add("hana", "ana", NOW)
    await evening.pass_until(START)
    assert await told(evening.world, "ana") == []


async def test_a_start_in_the_last_moment_is_before_the_expiry() -> None:
    spaces = ContestedSpaceStore()
    world = World(spaces=spaces)
    process, other, host = Process(world), Process(world, "b"), await world.person("hana")
    space_id = await scheduled(process, host)
    world.clock.now = START
    await process.scheduler.round()
    world.clock.now = START + SCHEDULE_GRACE
    spaces.meanwhile = lambda: other.spaces.start(host, space_id)
    await process.scheduler.round()
    assert spaces.meanwhile is None
    assert (await world.space(space_id)).state is SpaceState.LIVE
