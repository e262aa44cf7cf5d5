"""The beat: a stall is made up for where the machine can, and where it cannot everyone hears again soon."""

import pytest

from media.beat import CATCH_UP_SECONDS, LATE_SECONDS, MAKING_UP_SECONDS, TICK_SECONDS, Beat

CHEAP = 0.002
"""Seconds that a tick takes on a machine with little to do."""


class Machine:
    """Ticks by a beat, on a clock of its own."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.beat = Beat()
        self.beat.start(self.now)
        self.heard = 0
        self.deaf = 0.0
        """How many seconds at most lay between two ticks in time, one after the other."""
        self._heard_at = self.now

    def tick(self, cost: float = CHEAP) -> float:
        """One more tick, that takes so many seconds; by how many it is late."""
        self.now += self.beat.rest(self.now)
        behind = self.beat.begin(self.now)
        if behind < LATE_SECONDS:
            self.heard += 1
            self.deaf = max(self.deaf, self.now - self._heard_at)
            self._heard_at = self.now
        self.now += cost
        return behind

    def run(self, seconds: float, cost: float) -> None:
        """Ticks for that time."""
        until = self.now + seconds
        while self.now < until:
            self.tick(cost)


def test_ticks_are_due_one_after_the_other_whatever_each_takes() -> None:
    machine = Machine()
    for number in range(200):
        assert machine.tick(CHEAP * (number % 9)) == pytest.approx(0, abs=1e-9)
    assert machine.tick(0) == pytest.approx(0, abs=1e-9)
    assert machine.now == pytest.approx(1000 + 201 * TICK_SECONDS)
    assert (machine.beat.ticks, machine.beat.late, machine.beat.skipped) == (201, 0, 0)
    assert machine.beat.lateness_p99 == pytest.approx(0, abs=1e-9)


def test_every_tick_of_a_stall_is_made_up_for() -> None:
    machine = Machine()
    machine.tick()
    machine.now += 1.9
    late = [machine.tick() for _ in range(120)]
    assert machine.beat.skipped == 0
    assert machine.beat.late == sum(one >= TICK_SECONDS for one in late) + 1 >= 95
    assert late[0] > 1.8 > LATE_SECONDS > late[110]
    assert machine.beat.ticks == pytest.approx((machine.now - 1000) / TICK_SECONDS, abs=1)
    assert machine.beat.lateness_p99 > 1.5


def test_after_a_longer_one_the_beat_starts_anew() -> None:
    machine = Machine()
    machine.tick()
    machine.now += 3600
    assert machine.now - 1000 > CATCH_UP_SECONDS
    assert machine.tick() == 0
    assert machine.beat.skipped == pytest.approx(3600 / TICK_SECONDS, abs=2)
    assert machine.tick() == pytest.approx(0, abs=1e-9)


def test_a_machine_that_just_keeps_up_does_not_stay_late_for_ever() -> None:
    machine = Machine()
    machine.run(1.0, TICK_SECONDS * 0.99)
    machine.now += 1.0
    machine.run(60.0, TICK_SECONDS * 0.99)
    assert machine.deaf < 1 + MAKING_UP_SECONDS + 2 * TICK_SECONDS
    assert machine.beat.skipped <= 50, "the recording loses that stall, and once"
    assert machine.heard > 2900


@pytest.mark.parametrize("cost", [1.1, 1.5, 2.0, 4.0])
def test_on_a_machine_that_does_not_keep_up_nobody_is_deaf_for_long(cost: float) -> None:
    machine = Machine()
    machine.run(60.0, TICK_SECONDS * cost)
    assert machine.deaf < MAKING_UP_SECONDS + 3 * cost * TICK_SECONDS
    missed = 60 / TICK_SECONDS - machine.beat.ticks
    assert machine.beat.skipped == pytest.approx(missed, abs=CATCH_UP_SECONDS / TICK_SECONDS)


def test_a_stall_that_is_made_up_for_slowly_but_surely_is() -> None:
    """With half of the machine's time, as where many Spaces stall at once."""
    machine = Machine()
    machine.tick()
    machine.now += 1.9
    machine.run(5.0, TICK_SECONDS / 2)
    assert machine.beat.skipped == 0
    assert machine.tick(0) == pytest.approx(0, abs=1e-9)
