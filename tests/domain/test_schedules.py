"""Schedules: announcing a Space, changing that, preparing, canceling and expiring it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import life, refusals, schedules, stage
from app.domain.drafts import Draft, Edit
from app.domain.events import (
    SpaceCanceled,
    SpaceEvent,
    SpaceExpired,
    SpacePrepared,
    SpaceRenamed,
    SpaceRescheduled,
    SpaceStarted,
)
from app.domain.permissions import Action, Standing, capabilities, may_enter, may_see
from app.domain.roster import Role
from app.domain.schedules import Appointment, ScheduleEdit
from app.domain.spaces import Schedule, Space, SpaceState
from tests.domain.builders import LATER, NOW, SMALL, after, person, space

HANA, ANA, BEN = person("hana"), person("ana"), person("ben")
ZONES = ("UTC", "Europe/Berlin")
TIDES = Draft("On tides")
START = NOW + timedelta(days=2)
GRACE = timedelta(hours=2)


def schedule(draft: Draft = TIDES, start: datetime = START, time_zone: str = "Europe/Berlin") -> Space:
    return schedules.schedule(
        draft,
        Appointment(start, time_zone),
        space_id="space",
        host=HANA,
        topics=("art",),
        time_zones=ZONES,
        now=NOW,
    )


def update(room: Space, now: datetime = LATER, **edit: Any) -> list[SpaceEvent]:
    return schedules.update(room, HANA, ScheduleEdit(**edit), time_zones=ZONES, now=now)


def broken(act: Callable[[], object]) -> list[tuple[str, str | None, int | None, int | None]]:
    with pytest.raises(ExceptionGroup) as caught:
        act()
    refused = [one for one in caught.value.exceptions if isinstance(one, refusals.Refusal)]
    assert len(refused) == len(caught.value.exceptions)
    return [(one.code, one.field, one.limit, one.current) for one in refused]


def test_a_scheduled_space_is_public_and_nobody_is_in_it() -> None:
    room = schedule(Draft(" On tides ", ("art",), recording_enabled=True))
    assert (room.state, room.title, room.stage, room.version) == (SpaceState.SCHEDULED, "On tides", (), 1)
    assert room.schedule == Schedule(START, "Europe/Berlin", chosen_at=NOW, changed_at=NOW, sequence=0)
    assert may_see(room, None)
    assert room.role("hana") is Role.HOST
    assert not any(may_enter(room, one) for one in ("hana", "ana", None))
    for who in (HANA, ANA):
        with pytest.raises(refusals.SpaceNotLive):
            stage.join(room, who, LATER)


def test_a_start_is_kept_in_utc_to_the_second() -> None:
    there = timezone(timedelta(hours=5, minutes=45))
    room = schedule(start=(START + timedelta(milliseconds=900)).astimezone(there))
    assert room.schedule
    assert (room.schedule.start, room.schedule.start.tzinfo) == (START, UTC)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (NOW, ("START_IN_PAST", "scheduledStart", None, None)),
        (datetime.min.replace(tzinfo=timezone(timedelta(hours=14))), ("START_IN_PAST", "scheduledStart", None, None)),
        (NOW + timedelta(days=30, milliseconds=1), ("START_TOO_FAR", "scheduledStart", 30, 31)),
        (NOW + timedelta(days=45), ("START_TOO_FAR", "scheduledStart", 30, 45)),
    ],
)
def test_a_start_is_in_the_future_and_not_too_far_in_it(start: datetime, expected: object) -> None:
    assert broken(lambda: schedule(start=start)) == [expected]
    assert broken(lambda: schedules.update(schedule(), HANA, ScheduleEdit(start=start), time_zones=ZONES, now=NOW)) == [
        expected
    ]


def test_the_bounds_of_a_start_are_within() -> None:
    for start in (NOW + timedelta(seconds=1), NOW + timedelta(days=30)):
        planned = schedule(start=start).schedule
        assert planned
        assert planned.start == start


def test_all_that_is_wrong_is_told_at_once() -> None:
    wrong = Draft("", ("art", "yachts", "art", "art"), language="?")
    codes = [code for code, *_ in broken(lambda: schedule(wrong, NOW, "Mars/Olympus"))]
    assert codes == [
        "INVALID_TITLE",
        "TOO_MANY_TOPICS",
        "TOO_MANY_TOPICS",
        "UNKNOWN_TOPIC",
        "INVALID_LANGUAGE",
        "START_IN_PAST",
        "UNKNOWN_TIME_ZONE",
    ]


def test_title_start_and_time_zone_change_and_calendars_are_told_by_the_sequence() -> None:
    room = schedule()
    moved = START + timedelta(days=20)
    events = update(room, title=" On storms ", start=moved, time_zone="UTC")
    assert events == [
        SpaceRenamed(at=LATER, title="On storms"),
        SpaceRescheduled(at=LATER, start=moved, time_zone="UTC"),
    ]
    changed = after(room, events)
    assert changed.schedule == Schedule(moved, "UTC", chosen_at=LATER, changed_at=LATER, sequence=2)
    assert update(changed, title="On storms", start=moved, time_zone="UTC") == []
    with_zone = after(room, update(room, time_zone="UTC"))
    assert with_zone.schedule == replace(room.schedule, time_zone="UTC", changed_at=LATER, sequence=1)  # type: ignore[type-var]


def test_what_is_wrong_with_a_change_is_told_at_once_and_nothing_changes() -> None:
    assert broken(lambda: update(schedule(), title="x" * 71, start=NOW, time_zone="Mars/Olympus")) == [
        ("INVALID_TITLE", "title", 70, 71),
        ("START_IN_PAST", "scheduledStart", None, None),
        ("UNKNOWN_TIME_ZONE", "timeZone", None, None),
    ]


def test_the_thirty_days_count_from_the_change_on() -> None:
    room = schedule(start=NOW + timedelta(days=30))
    further = NOW + timedelta(days=31)
    assert broken(lambda: update(room, now=LATER, start=further))[0][0] == "START_TOO_FAR"
    assert len(update(room, now=NOW + timedelta(days=1), start=further)) == 1


def test_an_overdue_space_may_be_renamed_and_moved() -> None:
    room, late = schedule(), START + timedelta(hours=1)
    assert schedules.is_overdue(room, late)
    assert not schedules.is_overdue(room, START - timedelta(seconds=1))
    assert update(room, now=late, title="On storms", start=START) == [SpaceRenamed(at=late, title="On storms")]
    moved = after(room, update(room, now=late, start=late + timedelta(hours=1)))
    assert not schedules.is_overdue(moved, late)


def test_starting_passes_through_the_preparation_and_seats_the_host() -> None:
    room = schedule()
    events = life.start(room, HANA, LATER)
    assert events == [SpacePrepared(at=LATER), SpaceStarted(at=LATER)]
    live = after(room, events)
    assert (live.state, live.started_at) == (SpaceState.LIVE, LATER)
    assert [(seat.person, seat.role, seat.muted) for seat in live.stage] == [(HANA, Role.HOST, True)]
    assert live.empty_since is None


def test_a_prepared_space_is_open_to_the_expected_and_seen_by_all() -> None:
    room = after(schedule(), stage.invite(schedule(), HANA, ANA, Role.COHOST, invitation_id="i", limits=SMALL, now=NOW))
    with pytest.raises(refusals.SpaceNotLive):
        stage.accept_invitation(room, ANA, "i", SMALL, LATER)
    prepared = after(room, schedules.prepare(room, HANA, LATER))
    assert prepared.state is SpaceState.PREPARING
    assert [may_see(prepared, one) for one in ("hana", "ana", "ben", None)] == [True] * 4
    assert [may_enter(prepared, one) for one in ("hana", "ana", "ben", None)] == [True, True, False, False]
    assert Action.JOIN not in capabilities(prepared, "ben", Standing())
    with pytest.raises(refusals.SpaceNotLive):
        stage.join(prepared, BEN, LATER)
    seated = after(prepared, stage.accept_invitation(prepared, ANA, "i", SMALL, LATER))
    assert seated.role("ana") is Role.COHOST
    with pytest.raises(refusals.NotScheduled):
        schedules.prepare(prepared, HANA, LATER)


def test_a_canceled_space_keeps_nobody_and_is_final() -> None:
    invited = after(
        schedule(), stage.invite(schedule(), HANA, ANA, Role.SPEAKER, invitation_id="i", limits=SMALL, now=NOW)
    )
    for room in (invited, after(invited, schedules.prepare(invited, HANA, NOW))):
        canceled = after(room, schedules.cancel(room, HANA, LATER))
        assert (canceled.state, canceled.stage, canceled.invitations) == (SpaceState.CANCELED, (), ())
        assert canceled.schedule
        assert (canceled.schedule.sequence, canceled.schedule.changed_at) == (1, LATER)
        assert may_see(canceled, None)
        for act in (schedules.cancel, schedules.prepare, life.start, stage.join):
            with pytest.raises(refusals.SpaceEnded, match="was canceled"):
                act(canceled, HANA, LATER)
        assert after(canceled, life.delete(canceled, HANA, LATER, confirmed=True)).state is SpaceState.DELETED


def test_a_canceled_space_that_nobody_knew_of_stays_its_hosts() -> None:
    room = space(SpaceState.PREPARING, invited={"ana": Role.SPEAKER})
    canceled = after(room, schedules.cancel(room, HANA, LATER))
    assert [may_see(canceled, one) for one in ("hana", "ana", None)] == [True, False, False]


def test_what_was_never_scheduled_cannot_be_moved_or_prepared() -> None:
    room = space(SpaceState.PREPARING)
    with pytest.raises(refusals.NotScheduled):
        update(room, title="On storms")
    with pytest.raises(refusals.NotScheduled):
        schedules.prepare(room, HANA, NOW)
    with pytest.raises(refusals.NotScheduled):
        schedules.require_upcoming(room)


def test_what_is_live_cannot_be_moved_prepared_or_canceled() -> None:
    live = after(schedule(), life.start(schedule(), HANA, NOW))
    attempts: list[Callable[[], object]] = [
        lambda: update(live, title="On storms"),
        lambda: schedules.prepare(live, HANA, LATER),
        lambda: schedules.cancel(live, HANA, LATER),
        lambda: schedules.require_upcoming(live),
    ]
    for attempt in attempts:
        with pytest.raises(refusals.SpaceAlreadyStarted):
            attempt()


@pytest.mark.parametrize("prepared", [False, True])
def test_what_is_not_started_in_time_expires(prepared: bool) -> None:
    room = schedule()
    if prepared:
        room = after(room, schedules.prepare(room, HANA, LATER))
    due = START + GRACE
    assert schedules.expire(room, GRACE, due - timedelta(milliseconds=1)) == []
    events = schedules.expire(room, GRACE, due)
    assert events == [SpaceExpired(at=due)]
    expired = after(room, events)
    assert (expired.state, expired.stage) == (SpaceState.EXPIRED, ())
    assert not schedules.is_overdue(expired, due)
    assert may_see(expired, None)
    with pytest.raises(refusals.SpaceEnded, match="expired"):
        life.start(expired, HANA, due)
    assert schedules.expire(expired, GRACE, due) == []


def test_nothing_else_expires() -> None:
    live = after(schedule(), life.start(schedule(), HANA, NOW))
    for room in (live, space(SpaceState.PREPARING), space()):
        assert schedules.expire(room, GRACE, NOW + timedelta(days=60)) == []


def test_other_settings_change_as_before_the_start_of_any_space() -> None:
    events = life.update(schedule(), HANA, Edit(title="On storms", topics=("art",)), topics=("art",), now=LATER)
    changed = after(schedule(), events)
    assert changed.schedule
    assert (changed.title, changed.topics, changed.schedule.sequence) == ("On storms", ("art",), 2)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["move", "rename", "prepare", "start", "cancel", "end", "delete", "expire", "invite", "wait"]),
        st.integers(1, 40 * 24),
    ),
    max_size=12,
)
NEXT = {
    SpaceState.SCHEDULED: {SpaceState.PREPARING, SpaceState.CANCELED, SpaceState.EXPIRED, SpaceState.DELETED},
    # A prepared one that was scheduled is not started in time, too.
    SpaceState.PREPARING: {SpaceState.LIVE, SpaceState.CANCELED, SpaceState.EXPIRED, SpaceState.DELETED},
    SpaceState.LIVE: {SpaceState.ENDED},
    SpaceState.ENDED: {SpaceState.DELETED},
    SpaceState.CANCELED: {SpaceState.DELETED},
    SpaceState.EXPIRED: {SpaceState.DELETED},
    SpaceState.DELETED: set[SpaceState](),
}


def act(room: Space, step: str, hours: int, now: datetime) -> list[SpaceEvent]:
    """What a step decides; nothing where it is refused."""
    attempts: dict[str, Callable[[], list[SpaceEvent]]] = {
        "move": lambda: update(room, now=now, start=now + timedelta(hours=hours)),
        "rename": lambda: update(room, now=now, title=f"Title {hours}"),
        "prepare": lambda: schedules.prepare(room, HANA, now),
        "start": lambda: life.start(room, HANA, now),
        "cancel": lambda: schedules.cancel(room, HANA, now),
        "end": lambda: life.end(room, HANA, now),
        "delete": lambda: life.delete(room, HANA, now, confirmed=True),
        "expire": lambda: schedules.expire(room, GRACE, now),
        "invite": lambda: stage.invite(room, HANA, ANA, Role.SPEAKER, invitation_id="i", limits=SMALL, now=now),
        "wait": list,
    }
    try:
        return [] if room.state is SpaceState.DELETED else attempts[step]()
    except (refusals.Refusal, ExceptionGroup):
        return []


@given(STEPS)
def test_whatever_is_done_in_whatever_order_the_rules_hold(steps: list[tuple[str, int]]) -> None:
    room, now, sequence = schedule(), NOW, 0
    for step, hours in steps:
        now += timedelta(hours=hours if step == "wait" else 1)
        for event in act(room, step, hours, now):
            before, room = room, after(room, [event])
            assert room.state is before.state or room.state in NEXT[before.state]
            assert room.version == before.version + 1
            if isinstance(event, SpaceRescheduled):
                assert now < event.start <= now + schedules.FURTHEST_AHEAD
            if isinstance(event, SpaceRenamed | SpaceRescheduled | SpaceCanceled | SpaceExpired):
                sequence += 1
            if room.schedule:
                assert room.schedule.sequence == sequence
            nobody = room.state not in (SpaceState.PREPARING, SpaceState.LIVE)
            assert (room.stage == ()) is nobody
