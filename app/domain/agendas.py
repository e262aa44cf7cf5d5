"""Agendas: what the server has to do for a scheduled Space by itself, and when: remind, tell of changes, give up.

An agenda is kept with its Space and rewritten in the same write as what it is about, so that nothing is forgotten by a
crash. `next_task` says what is to be done next; whoever does it notes that in the agenda.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from app.domain.spaces import Schedule, Space, SpaceState

AHEAD: Final = timedelta(minutes=30)
"""How long before the start people are reminded first."""


class Task(StrEnum):
    """What is done for a scheduled Space, by each of which people are told but EXPIRE."""

    TELL_NEW_TIME = "TELL_NEW_TIME"
    REMIND_AHEAD = "REMIND_AHEAD"
    REMIND = "REMIND"
    EXPIRE = "EXPIRE"
    TELL_LIVE = "TELL_LIVE"
    TELL_OFF = "TELL_OFF"

    @property
    def is_last(self) -> bool:
        """Whether nobody will be reminded any more once it is done."""
        return self in (Task.TELL_LIVE, Task.TELL_OFF)


@dataclass(frozen=True, slots=True)
class Agenda:
    """`at`: when to look next; who does so moves it on, so that nobody else does the same meanwhile.

    `version`: the Space's at which it was rewritten, and which names it.
    `done`: for this start. `told`: the last person, in order of ids, to whom the task in hand was told.
    """

    version: int
    at: datetime
    done: tuple[Task, ...] = ()
    told: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """A task, and from when on it is to be done."""

    task: Task
    at: datetime


def opened(space: Space) -> Agenda | None:
    """The agenda of a new Space; only a scheduled one has any."""
    if space.schedule is None:
        return None
    return Agenda(space.version, space.schedule.chosen_at, done=(Task.TELL_NEW_TIME,))


def is_new(before: Space, after: Space) -> bool:
    """Whether a change makes all that was done for the Space's start count no more: it has another one."""
    return _start(before) != _start(after) and after.schedule is not None


def is_touched(before: Space, after: Space) -> bool:
    """Whether a change brings something to do at once."""
    ends_waiting = after.state in (SpaceState.LIVE, SpaceState.CANCELED, SpaceState.EXPIRED, SpaceState.DELETED)
    return before.schedule is not None and (is_new(before, after) or (ends_waiting and before.state != after.state))


def next_task(space: Space, agenda: Agenda, grace: timedelta, now: datetime) -> Due | None:
    """What is to be done next, now or later; None: nothing, ever.

    The first reminder is left out where the start was chosen after its time, and where it comes too late. After the
    start of a Space whoever was not reminded yet is told that it is live.
    """
    if space.is_upcoming and space.schedule is not None:
        return _next_before_the_start(space.schedule, agenda, grace, now)
    last = Task.TELL_LIVE if space.state in (SpaceState.LIVE, SpaceState.ENDED) else Task.TELL_OFF
    return None if last in agenda.done else Due(last, now)


def _next_before_the_start(planned: Schedule, agenda: Agenda, grace: timedelta, now: datetime) -> Due | None:
    ahead = planned.start - AHEAD
    tasks = [
        Due(Task.TELL_NEW_TIME, planned.chosen_at),
        *([Due(Task.REMIND_AHEAD, ahead)] if ahead >= planned.chosen_at and now < planned.start else []),
        Due(Task.REMIND, planned.start),
        Due(Task.EXPIRE, planned.start + grace),
    ]
    return next((one for one in tasks if one.task not in agenda.done), None)


def advanced(agenda: Agenda, task: Task) -> Agenda:
    """The agenda after a task was done for everyone; when to look next is for `next_task` to say."""
    return replace(agenda, done=(*agenda.done, task), told="")


def _start(space: Space) -> datetime | None:
    return space.schedule.start if space.schedule else None
