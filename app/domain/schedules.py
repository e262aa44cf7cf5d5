"""Schedules: Spaces to come, announced with a time. Only decisions: `evolution` carries out.

Every decision takes the acting person and the time, and returns what happened (nothing, where it is so already) or
raises a `Refusal`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from app.domain import drafts, refusals
from app.domain.actions import Action
from app.domain.drafts import UNCHANGED, Draft, Unchanged
from app.domain.events import SpaceCanceled, SpaceEvent, SpaceExpired, SpacePrepared, SpaceRenamed, SpaceRescheduled
from app.domain.permissions import require
from app.domain.roster import Person
from app.domain.spaces import Schedule, Space, SpaceState

FURTHEST_AHEAD: Final = timedelta(days=30)
SCHEDULED_PER_HOST: Final = 10


@dataclass(frozen=True, slots=True)
class Appointment:
    """When a Space is wanted to start, and by the clock of which time zone that was chosen."""

    start: datetime
    time_zone: str


@dataclass(frozen=True, slots=True)
class ScheduleEdit:
    """What a host wants to be otherwise with a scheduled Space."""

    title: str | Unchanged = UNCHANGED
    start: datetime | Unchanged = UNCHANGED
    time_zone: str | Unchanged = UNCHANGED


def schedule(
    draft: Draft,
    wanted: Appointment,
    *,
    space_id: str,
    host: Person,
    topics: Collection[str],
    time_zones: Collection[str],
    now: datetime,
) -> Space:
    """A SCHEDULED Space with nobody in it; topics and time zones: the server's. Raises all refusals at once."""
    broken = [
        *drafts.broken_rules(draft, topics),
        *_broken_start(wanted.start, now),
        *_broken_time_zone(wanted.time_zone, time_zones),
    ]
    if broken:
        raise ExceptionGroup("scheduleSpace", broken)
    made = drafts.create(draft, space_id=space_id, host=host, topics=topics, now=now)
    planned = Schedule(_to_the_second(wanted.start), wanted.time_zone, chosen_at=now, changed_at=now)
    return replace(made, state=SpaceState.SCHEDULED, stage=(), schedule=planned)


def update(
    space: Space, actor: Person, edit: ScheduleEdit, *, time_zones: Collection[str], now: datetime
) -> list[SpaceEvent]:
    """The host changes title, start and time zone until the Space is live. Raises every refusal at once."""
    planned = _planned(space, actor, Action.RESCHEDULE)
    title = space.title if edit.title is UNCHANGED else edit.title.strip()
    start = planned.start if edit.start is UNCHANGED else edit.start
    time_zone = planned.time_zone if edit.time_zone is UNCHANGED else edit.time_zone
    broken = [
        *drafts.broken_title(title),
        # An overdue Space may be renamed with the start that it has.
        *(_broken_start(start, now) if start != planned.start else ()),
        *_broken_time_zone(time_zone, {*time_zones, planned.time_zone}),
    ]
    if broken:
        raise ExceptionGroup("updateScheduledSpace", broken)
    events: list[SpaceEvent] = []
    if title != space.title:
        events.append(SpaceRenamed(at=now, title=title))
    start = _to_the_second(start)
    if (start, time_zone) != (planned.start, planned.time_zone):
        events.append(SpaceRescheduled(at=now, start=start, time_zone=time_zone))
    return events


def prepare(space: Space, actor: Person, now: datetime) -> list[SpaceEvent]:
    """The host opens the Space to themselves and to those it invites, before it goes live."""
    space.require_open()
    require(actor, Action.PREPARE, space)
    _require_not_live(space)
    if space.state is not SpaceState.SCHEDULED:
        raise refusals.NotScheduled(field="spaceId")
    return [SpacePrepared(at=now)]


def cancel(space: Space, actor: Person, now: datetime) -> list[SpaceEvent]:
    """The host calls off what has not started."""
    space.require_open()
    require(actor, Action.CANCEL, space)
    _require_not_live(space)
    return [SpaceCanceled(at=now)]


def expire(space: Space, grace: timedelta, now: datetime) -> list[SpaceEvent]:
    """The server gives up what is not started, prepared or not, so long after its time."""
    planned = space.schedule
    if planned is None or not space.is_upcoming or now - planned.start < grace:
        return []
    return [SpaceExpired(at=now)]


def is_overdue(space: Space, now: datetime) -> bool:
    """Whether the Space should have started by now and may still."""
    return space.schedule is not None and space.is_upcoming and now >= space.schedule.start


def require_upcoming(space: Space) -> Schedule:
    """When the Space is to start. Raises `SpaceEnded`, `SpaceAlreadyStarted` or `NotScheduled`."""
    space.require_open()
    _require_not_live(space)
    if space.schedule is None:
        raise refusals.NotScheduled(field="spaceId")
    return space.schedule


def _planned(space: Space, actor: Person, action: Action) -> Schedule:
    space.require_open()
    require(actor, action, space)
    return require_upcoming(space)


def _require_not_live(space: Space) -> None:
    if space.state is SpaceState.LIVE:
        raise refusals.SpaceAlreadyStarted(field="spaceId")


def _broken_start(start: datetime, now: datetime) -> Iterable[refusals.Refusal]:
    if start <= now:
        yield refusals.StartInPast(field="scheduledStart")
    elif start > now + FURTHEST_AHEAD:
        days = -((now - start) // timedelta(days=1))
        yield refusals.StartTooFar(field="scheduledStart", limit=FURTHEST_AHEAD.days, current=days)


def _broken_time_zone(name: str, known: Collection[str]) -> Iterable[refusals.Refusal]:
    if name not in known:
        yield refusals.UnknownTimeZone(f"{name[:64]!r} is no IANA time zone that this server knows.", field="timeZone")


def _to_the_second(start: datetime) -> datetime:
    """Calendars know no finer times."""
    return start.astimezone(UTC).replace(microsecond=0)
