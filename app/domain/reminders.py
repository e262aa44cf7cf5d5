"""Reminders: who wants to be told when a scheduled Space begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.agendas import AHEAD, Task
from app.domain.spaces import Schedule


@dataclass(frozen=True, slots=True)
class Reminder:
    """A person's wish to be told; of a changed time and of a cancellation too."""

    space_id: str
    person_id: str
    set_at: datetime


def is_told(reminder: Reminder, task: Task, planned: Schedule, *, reminded: bool) -> bool:
    """Whether a reminder has a part in a task; `reminded`: at the start people were reminded already.

    One set in the last half hour is for the start alone; one set when the new time was known needs no word of it.
    """
    match task:
        case Task.TELL_NEW_TIME:
            return reminder.set_at <= planned.chosen_at
        case Task.REMIND_AHEAD:
            return reminder.set_at <= planned.start - AHEAD
        case Task.TELL_LIVE:
            return not reminded or reminder.set_at >= planned.start
        case _:
            return True
