"""Agendas: what the server does for a scheduled Space, when, and who has a part in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from app.domain import agendas, life, reminders, schedules
from app.domain.agendas import Agenda, Task
from app.domain.drafts import Edit
from app.domain.events import SpaceEvent
from app.domain.personal import ReminderDue, ReminderKind, ScheduledSpaceCanceled, ScheduledSpaceMoved
from app.domain.reminders import Reminder
from app.domain.schedules import ScheduleEdit
from app.domain.spaces import Schedule, Space, SpaceState
from tests.domain.builders import LATER, NOW, after, person, space

HANA = person("hana")
START = NOW + timedelta(days=2)
HALF_AN_HOUR = timedelta(minutes=30)
GRACE = timedelta(hours=2)


def scheduled(start: datetime = START, state: SpaceState = SpaceState.SCHEDULED) -> Space:
    return space(state, schedule=Schedule(start, "UTC", chosen_at=NOW, changed_at=NOW))


def opened(room: Space) -> Agenda:
    agenda = agendas.opened(room)
    assert agenda
    return agenda


def plan(room: Space, agenda: Agenda, now: datetime = NOW) -> list[tuple[Task, datetime]]:
    """What is done one after the other, and when, where nothing else happens."""
    tasks: list[tuple[Task, datetime]] = []
    while (due := agendas.next_task(room, agenda, GRACE, now)) and len(tasks) < 9:
        tasks.append((due.task, due.at))
        agenda, now = agendas.advanced(agenda, due.task), max(now, due.at)
    return tasks


def moved(room: Space, start: datetime, now: datetime = LATER) -> Space:
    return after(room, schedules.update(room, HANA, ScheduleEdit(start=start), time_zones=("UTC",), now=now))


def test_people_are_reminded_twice_and_then_it_expires() -> None:
    assert plan(scheduled(), opened(scheduled())) == [
        (Task.REMIND_AHEAD, START - HALF_AN_HOUR),
        (Task.REMIND, START),
        (Task.EXPIRE, START + GRACE),
    ]


@pytest.mark.parametrize(("ahead", "reminded"), [(HALF_AN_HOUR, True), (HALF_AN_HOUR - timedelta(seconds=1), False)])
def test_what_is_scheduled_within_half_an_hour_is_reminded_of_once(ahead: timedelta, reminded: bool) -> None:
    room = scheduled(NOW + ahead)
    tasks = [task for task, _ in plan(room, opened(room))]
    assert (Task.REMIND_AHEAD in tasks) is reminded
    assert tasks[-2:] == [Task.REMIND, Task.EXPIRE]


def test_a_reminder_that_comes_too_late_is_left_out_and_that_of_the_start_never() -> None:
    assert plan(scheduled(), opened(scheduled()), now=START - timedelta(seconds=1))[0][0] is Task.REMIND_AHEAD
    assert plan(scheduled(), opened(scheduled()), now=START)[0][0] is Task.REMIND
    assert plan(scheduled(), opened(scheduled()), now=START + timedelta(days=9))[0][0] is Task.REMIND


def test_a_new_start_is_told_and_reminded_of_anew() -> None:
    room = moved(scheduled(), START + timedelta(days=1))
    assert agendas.is_new(scheduled(), room)
    assert [task for task, _ in plan(room, Agenda(room.version, LATER), LATER)] == [
        Task.TELL_NEW_TIME,
        Task.REMIND_AHEAD,
        Task.REMIND,
        Task.EXPIRE,
    ]


def test_nothing_is_to_do_about_other_changes() -> None:
    room = scheduled()
    changes: list[Sequence[SpaceEvent]] = [
        life.update(room, HANA, Edit(title="On storms"), topics=(), now=LATER),
        schedules.update(room, HANA, ScheduleEdit(time_zone="Europe/Berlin"), time_zones=["Europe/Berlin"], now=LATER),
        schedules.prepare(room, HANA, LATER),
    ]
    for events in changes:
        changed = after(room, events)
        assert changed != room
        assert not agendas.is_new(room, changed)
        assert not agendas.is_touched(room, changed)


@pytest.mark.parametrize("done", [(), (Task.REMIND_AHEAD,), (Task.REMIND_AHEAD, Task.REMIND)])
def test_the_start_or_the_end_of_waiting_is_told_at_once_and_is_the_last_thing(done: tuple[Task, ...]) -> None:
    room = scheduled()
    ends: list[tuple[Sequence[SpaceEvent], Task]] = [
        (life.start(room, HANA, LATER), Task.TELL_LIVE),
        (schedules.cancel(room, HANA, LATER), Task.TELL_OFF),
        (schedules.expire(room, GRACE, START + GRACE), Task.TELL_OFF),
        (life.delete(room, HANA, LATER, confirmed=True), Task.TELL_OFF),
    ]
    for events, task in ends:
        changed = after(room, events)
        assert agendas.is_touched(room, changed)
        assert plan(changed, replace(opened(room), done=done), LATER) == [(task, LATER)]


def test_spaces_that_were_never_scheduled_have_no_agenda() -> None:
    room = space(SpaceState.PREPARING)
    assert agendas.opened(room) is None
    assert not agendas.is_touched(room, after(room, life.start(room, HANA, LATER)))


def concerned(room: Space, task: Task, *, done: tuple[Task, ...] = (), told: str = "") -> list[str]:
    """Whom of people who asked at various times, and the host among them, a task is about."""
    asked = {
        "early": NOW - timedelta(days=1),
        "hana": NOW,
        "when it was moved": LATER + timedelta(seconds=1),
        "late": START - HALF_AN_HOUR + timedelta(milliseconds=1),
        "overdue": START,
    }
    wishes = [Reminder(room.id, who, at) for who, at in asked.items()]
    return reminders.concerned(room, Agenda(1, NOW, done, told), task, wishes)


def test_whom_a_task_is_about() -> None:
    room = replace(scheduled(), schedule=Schedule(START, "UTC", chosen_at=LATER, changed_at=LATER))
    everyone = ["early", "when it was moved", "late", "overdue"]
    assert concerned(room, Task.TELL_NEW_TIME) == ["early"]
    assert concerned(room, Task.REMIND_AHEAD) == ["hana", "early", "when it was moved"]
    assert concerned(room, Task.REMIND) == ["hana", *everyone]
    assert concerned(room, Task.REMIND, told="someone") == everyone
    live = after(room, life.start(room, HANA, START))
    assert concerned(live, Task.TELL_LIVE) == everyone
    assert concerned(live, Task.TELL_LIVE, done=(Task.REMIND,)) == ["overdue"]
    assert concerned(after(live, life.end(live, HANA, START)), Task.TELL_LIVE) == []
    canceled = after(room, schedules.cancel(room, HANA, LATER))
    assert concerned(canceled, Task.TELL_OFF) == everyone
    deleted = after(room, life.delete(room, HANA, LATER, confirmed=True))
    assert concerned(deleted, Task.TELL_OFF) == everyone
    expired = after(room, schedules.expire(room, GRACE, START + GRACE))
    assert concerned(expired, Task.TELL_OFF) == ["hana", *everyone]


def test_what_is_told_and_by_which_key() -> None:
    room, other = scheduled(), moved(scheduled(), START + timedelta(days=1))
    canceled = after(room, schedules.cancel(room, HANA, LATER))
    told = {
        task: reminders.notice(room, task, LATER)[1]
        for task in (Task.REMIND_AHEAD, Task.REMIND, Task.TELL_LIVE, Task.TELL_NEW_TIME)
    }
    soon, now = (
        ReminderDue(at=LATER, space_id="space", kind=kind, scheduled_start=START)
        for kind in (ReminderKind.SOON, ReminderKind.NOW)
    )
    assert told == {
        Task.REMIND_AHEAD: soon,
        Task.REMIND: now,
        Task.TELL_LIVE: now,
        Task.TELL_NEW_TIME: ScheduledSpaceMoved(at=LATER, space_id="space", scheduled_start=START),
    }
    off = ScheduledSpaceCanceled(at=LATER, space_id="space")
    assert reminders.notice(canceled, Task.TELL_OFF, LATER)[1] == off

    def key(of: Space, task: Task, now: datetime = NOW) -> str:
        return reminders.notice(of, task, now)[0]

    assert key(room, Task.REMIND) == key(room, Task.TELL_LIVE) == key(room, Task.REMIND, LATER)
    keys = [key(one, task) for one in (room, other) for task in (Task.TELL_NEW_TIME, Task.REMIND_AHEAD, Task.REMIND)]
    assert len({*keys, key(canceled, Task.TELL_OFF)}) == 7
