"""The scheduler: everyone is told what they wait for, once, by several processes, over crashes and restarts."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from app.domain import personal
from app.domain.personal import Delivery, ReminderKind
from app.domain.refusals import Refusal
from app.domain.roster import Person
from app.domain.schedules import Appointment, ScheduleEdit
from app.domain.spaces import SpaceState
from app.services import scheduler
from app.services.pages import Window
from app.services.scheduler import CLAIM
from tests.fakes.contested import ContestedSpaceStore
from tests.services.world import DRAFT, NOW, SCHEDULE_GRACE, Process, World

Result = TypeVar("Result")

START = NOW + timedelta(days=1)
HALF_AN_HOUR = timedelta(minutes=30)
SOON, IT_IS_TIME = ReminderKind.SOON, ReminderKind.NOW


async def scheduled(process: Process, host: Person, start: datetime = START) -> str:
    return (await process.schedules.schedule(host, DRAFT, Appointment(start, "UTC"), [])).id


async def told(world: World, name: str) -> list[object]:
    """What a person was told of Spaces to come."""
    received = await world.stores.inboxes.received_after(name, 0)
    assert received is not None
    return [_gist(one.event) for one in received]


def _gist(event: personal.PersonalEvent) -> object:
    match event:
        case personal.ReminderDue(kind=kind):
            return kind
        case personal.ScheduledSpaceMoved(scheduled_start=start):
            return start
        case _:
            return type(event).__name__


class Evening:
    """A Space of hana's that ana waits for, in a world of several processes."""

    def __init__(self, world: World, processes: Sequence[Process], host: Person, ana: Person, space_id: str) -> None:
        self.world, self.processes, self.host, self.ana, self.space_id = world, processes, host, ana, space_id
        self.process = processes[0]

    @classmethod
    async def planned(cls, start: datetime = START) -> Evening:
        world = World()
        processes = [Process(world, name) for name in "abc"]
        host, ana = await world.person("hana"), await world.person("ana")
        space_id = await scheduled(processes[0], host, start)
        await processes[0].reminders.add(ana, space_id)
        return cls(world, processes, host, ana, space_id)

    async def pass_until(self, moment: datetime) -> None:
        """Time passes, with a round of every process now and then."""
        while self.world.clock.now < moment:
            self.world.clock.advance(min(timedelta(minutes=10), moment - self.world.clock.now))
            await self.round()

    async def round(self) -> None:
        for process in self.processes:
            await process.scheduler.round()


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


CROWD = [f"fan-{number:02}" for number in range(12)]


async def crowded(monkeypatch: pytest.MonkeyPatch, at_once: int) -> Evening:
    """An evening that a crowd waits for, and that is told step by step."""
    monkeypatch.setattr(scheduler, "PEOPLE_AT_ONCE", at_once)
    evening = await Evening.planned()
    for name in CROWD:
        await evening.process.reminders.add(await evening.world.person(name), evening.space_id)
    return evening


@pytest.mark.parametrize("at_once", [1, 4, 13, 100])
async def test_a_crowd_is_told_in_steps(monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    evening = await crowded(monkeypatch, at_once)
    await evening.pass_until(START)
    await evening.process.spaces.start(evening.host, evening.space_id)
    await evening.round()
    for name in ("ana", "hana", *CROWD):
        assert await told(evening.world, name) == [SOON, IT_IS_TIME]
    assert await evening.process.reminders.counts([evening.space_id]) == {}


class Crash(Exception):
    """The server dies here."""


@pytest.mark.parametrize("step", range(1, 6))
@pytest.mark.parametrize("where", ["before telling", "after telling", "before noting"])
async def test_a_crash_anywhere_in_between_loses_nothing_and_repeats_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, step: int, where: str
) -> None:
    evening = await crowded(monkeypatch, 3)
    dying = evening.process
    evening.world.clock.now = START
    steps = 0
    inboxes, agendas = dying.inboxes, evening.world.stores.agendas
    tell, note = inboxes.tell, agendas.note

    async def dies_telling(deliveries: Sequence[Delivery]) -> None:
        nonlocal steps
        steps += 1
        if steps == step and where == "before telling":
            raise Crash
        await tell(deliveries)
        if steps == step and where == "after telling":
            raise Crash

    async def dies_noting(*args: Any) -> bool:
        if steps == step and where == "before noting":
            raise Crash
        return await note(*args)

    with monkeypatch.context() as dead:
        dead.setattr(inboxes, "tell", dies_telling)
        dead.setattr(agendas, "note", dies_noting)
        await dying.scheduler.round()
    assert "is tried again" in caplog.text
    caplog.clear()
    survivor = Process(evening.world, "survivor")
    await survivor.scheduler.round()
    evening.world.clock.advance(CLAIM)
    await survivor.scheduler.round()
    for name in ("ana", "hana", *CROWD):
        assert await told(evening.world, name) == [IT_IS_TIME]
    assert not [one for one in caplog.records if one.levelno >= logging.ERROR]


async def test_what_changes_while_people_are_told_is_told_next(monkeypatch: pytest.MonkeyPatch) -> None:
    evening = await crowded(monkeypatch, 3)
    evening.world.clock.now = START
    tell, inboxes = evening.process.inboxes.tell, evening.process.inboxes
    calls = 0

    async def canceled_meanwhile(deliveries: Sequence[Delivery]) -> None:
        nonlocal calls
        calls += 1
        await tell(deliveries)
        if calls == 2:
            await evening.processes[1].schedules.cancel(evening.host, evening.space_id)

    monkeypatch.setattr(inboxes, "tell", canceled_meanwhile)
    await evening.process.scheduler.round()
    for name in ("ana", *CROWD):
        assert (await told(evening.world, name))[-1] == "ScheduledSpaceCanceled"
    assert await told(evening.world, CROWD[-1]) == ["ScheduledSpaceCanceled"]


async def test_a_great_crowd_does_not_hold_up_other_spaces(monkeypatch: pytest.MonkeyPatch) -> None:
    evening = await crowded(monkeypatch, 1)
    ben = await evening.world.person("ben")
    await scheduled(evening.process, ben)
    await evening.round()
    monkeypatch.setattr(scheduler, "STEPS_PER_ROUND", 4)
    evening.world.clock.now = START
    await evening.process.scheduler.round()
    assert await told(evening.world, "ben") == [IT_IS_TIME]
    assert await told(evening.world, CROWD[-1]) == []


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


class RandomEvening(RuleBasedStateMachine):
    """A Space of hana's, people who come and go with their wishes, and servers that do a round now and then."""

    @initialize()
    def plan(self) -> None:
        self.runner = asyncio.Runner()
        self.evening = self.run(Evening.planned())
        self.fans = {name: self.run(self.evening.world.person(name)) for name in ("ben", "cem", "dia")}
        self.run(self.evening.round())

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        return self.runner.run(work)

    def attempt(self, work: Coroutine[Any, Any, object]) -> None:
        with suppress(Refusal, ExceptionGroup):
            self.run(work)

    @rule(name=st.sampled_from(["ben", "cem", "dia"]), wanted=st.booleans())
    def wish(self, name: str, wanted: bool) -> None:
        reminders = self.evening.process.reminders
        change = reminders.add if wanted else reminders.remove
        self.attempt(change(self.fans[name], self.evening.space_id))

    @rule(minutes=st.integers(1, 600))
    def move(self, minutes: int) -> None:
        edit = ScheduleEdit(start=self.evening.world.clock.now + timedelta(minutes=minutes))
        self.attempt(self.evening.process.schedules.update(self.evening.host, self.evening.space_id, edit))

    @rule()
    def prepare(self) -> None:
        self.attempt(self.evening.process.schedules.prepare(self.evening.host, self.evening.space_id))

    @rule(sure=st.integers(0, 4))
    def start(self, sure: int) -> None:
        if not sure:
            self.attempt(self.evening.process.spaces.start(self.evening.host, self.evening.space_id))

    @rule(sure=st.integers(0, 4))
    def cancel(self, sure: int) -> None:
        if not sure:
            self.attempt(self.evening.process.schedules.cancel(self.evening.host, self.evening.space_id))

    @rule(minutes=st.integers(0, 120))
    def wait(self, minutes: int) -> None:
        self.run(self.evening.pass_until(self.evening.world.clock.now + timedelta(minutes=minutes)))

    @rule(minutes=st.integers(0, 120))
    def be_down(self, minutes: int) -> None:
        self.evening.world.clock.advance(timedelta(minutes=minutes))

    @invariant()
    def nobody_is_told_anything_twice_or_in_the_wrong_order(self) -> None:
        for name in ("ana", "hana", *self.fans):
            received = self.run(self.evening.world.stores.inboxes.received_after(name, 0))
            events = [one.event for one in received or []]
            gists = [(_gist(one), getattr(one, "scheduled_start", None)) for one in events]
            reminded = [one for one in gists if isinstance(one[0], ReminderKind)]
            assert len(set(reminded)) == len(reminded)
            for kind, start in reminded:
                assert kind is not SOON or (IT_IS_TIME, start) not in reminded[: reminded.index((kind, start))]
            canceled = [index for index, one in enumerate(events) if isinstance(one, personal.ScheduledSpaceCanceled)]
            assert canceled in ([], [len(events) - 1])
            self._check_times(events)

    def _check_times(self, events: Sequence[personal.PersonalEvent]) -> None:
        space = self.run(self.evening.world.space(self.evening.space_id))
        for event in events:
            if isinstance(event, personal.ReminderDue):
                due = event.scheduled_start - (HALF_AN_HOUR if event.kind is SOON else timedelta(0))
                assert event.at >= min(due, space.started_at or due)

    @invariant()
    def in_the_end_nothing_is_left_to_do(self) -> None:
        space = self.run(self.evening.world.space(self.evening.space_id))
        if not space.is_upcoming:
            self.run(self.evening.round())
            assert self.run(self.evening.process.reminders.counts([space.id])) == {}
            forever = self.evening.world.clock.now + timedelta(days=999)
            assert self.run(self.evening.world.stores.agendas.claim(forever, forever)) is None

    def teardown(self) -> None:
        self.runner.close()


TestRandomEvening = RandomEvening.TestCase
TestRandomEvening.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
