"""Reminders: who wants to be told when a scheduled Space begins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app.domain.agendas import AHEAD, Agenda, Task
from app.domain.personal import (
    PersonalEvent,
    ReminderDue,
    ReminderKind,
    ScheduledSpaceCanceled,
    ScheduledSpaceMoved,
)
from app.domain.spaces import Space, SpaceState


@dataclass(frozen=True, slots=True)
class Reminder:
    """A person's wish to be told; of a changed time and of a cancellation too."""

    space_id: str
    person_id: str
    set_at: datetime


def concerned(space: Space, agenda: Agenda, task: Task, wishes: Iterable[Reminder]) -> list[str]:
    """Whom of a step of a task to tell: the host in the first one, and those of these people that it is about."""
    first = not agenda.told
    told = [space.host.id] if first and _concerns_host(space, task) else []
    return told + [
        one.person_id for one in wishes if one.person_id != space.host.id and _is_for(one, space, agenda, task)
    ]


def notice(space: Space, task: Task, now: datetime) -> tuple[str, PersonalEvent]:
    """What is told by a task, and its key: the same however often it is told, another one for another start."""
    if space.schedule is None or task is Task.TELL_OFF:
        return f"{space.id}/off", ScheduledSpaceCanceled(at=now, space_id=space.id)
    start = space.schedule.start
    if task is Task.TELL_NEW_TIME:
        moved = ScheduledSpaceMoved(at=now, space_id=space.id, scheduled_start=start)
        return f"{space.id}/moved/{space.schedule.chosen_at.isoformat()}", moved
    kind = ReminderKind.SOON if task is Task.REMIND_AHEAD else ReminderKind.NOW
    due = ReminderDue(at=now, space_id=space.id, kind=kind, scheduled_start=start)
    return f"{space.id}/{kind}/{start.isoformat()}", due


def _concerns_host(space: Space, task: Task) -> bool:
    """The host is reminded too, and told of what the server did, not of what they did themselves."""
    return task in (Task.REMIND_AHEAD, Task.REMIND) or space.state is SpaceState.EXPIRED


def _is_for(wish: Reminder, space: Space, agenda: Agenda, task: Task) -> bool:
    """One set in the last half hour is for the start alone; one set when the new time was known needs no word of it.

    Of a Space that went live late those are told who were not reminded at its time; once it is over, nobody is.
    """
    planned = space.schedule
    if planned is None:
        return True
    match task:
        case Task.TELL_NEW_TIME:
            return wish.set_at <= planned.chosen_at
        case Task.REMIND_AHEAD:
            return wish.set_at <= planned.start - AHEAD
        case Task.TELL_LIVE:
            missed = Task.REMIND not in agenda.done or wish.set_at >= planned.start
            return missed and not space.is_over
        case _:
            return True
