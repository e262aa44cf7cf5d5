"""The number of listeners: told when it changed, and twice a second at most; and since when there is nobody."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain import attendance, life, stage
from app.domain.events import (
    AudienceChanged,
    EndReason,
    SeatGranted,
    SpaceEnded,
    SpaceEvent,
    SpaceRenamed,
)
from app.domain.roster import Role
from app.domain.spaces import SpaceState
from tests.domain.builders import LATER, NOW, after, person, space


def test_an_ended_space_has_no_audience() -> None:
    assert attendance.count_audience(space(SpaceState.ENDED), 3, 4, LATER) == []


def test_the_audience_is_told_when_it_changed_and_every_500_ms_at_most() -> None:
    told = after(space(), attendance.count_audience(space(), 3, 4, NOW))
    assert (told.listeners, told.anonymous, told.counted_at) == (3, 4, NOW)

    soon, due = NOW + timedelta(milliseconds=499), NOW + timedelta(milliseconds=500)
    assert attendance.count_audience(told, 5, 4, soon) == []
    assert attendance.count_audience(told, 3, 4, due) == []
    assert attendance.count_audience(told, 5, 4, due) == [AudienceChanged(at=due, listeners=5, anonymous=4)]


@given(st.lists(st.integers(0, 2000), min_size=1))
def test_no_second_has_more_than_two_audience_events(arrivals_ms: list[int]) -> None:
    now, room = NOW, space()
    told: list[datetime] = []
    for listeners, gap_ms in enumerate(arrivals_ms, start=1):
        now += timedelta(milliseconds=gap_ms)
        events = attendance.count_audience(room, listeners, 0, now)
        told += [event.at for event in events]
        room = after(room, events)
    for third, first in zip(told[2:], told, strict=False):
        assert third - first >= timedelta(seconds=1)


def test_a_live_space_is_empty_since_the_last_one_left_it() -> None:
    room = space(speakers=["sam"], listeners=1)
    gone = after(room, stage.leave(room, "hana", NOW))
    gone = after(gone, stage.leave(gone, "sam", NOW))
    assert gone.empty_since is None
    empty = after(gone, attendance.count_audience(gone, 0, 0, LATER))
    assert empty.empty_since == LATER
    told_more = after(empty, [SpaceRenamed(at=LATER + timedelta(hours=1), title="On storms")])
    assert told_more.empty_since == LATER

    comings: list[list[SpaceEvent]] = [
        stage.join(empty, person("hana"), LATER),
        [AudienceChanged(at=LATER, listeners=1, anonymous=0)],
        [AudienceChanged(at=LATER, listeners=0, anonymous=1)],
        [SeatGranted(at=LATER, person=person("ana"), role=Role.SPEAKER)],
        [SpaceEnded(at=LATER, reason=EndReason.HOST)],
    ]
    for somebody in comings:
        assert after(empty, somebody).empty_since is None


def test_a_space_that_has_not_started_is_never_abandoned() -> None:
    preparing = space(SpaceState.PREPARING)
    assert after(preparing, stage.leave(preparing, "hana", NOW)).empty_since is None
    assert not life.is_abandoned(preparing, timedelta(0), LATER)
