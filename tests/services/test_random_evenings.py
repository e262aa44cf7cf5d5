"""The scheduler, whatever people do and however servers come and go: told once, in order, and to the end."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from app.domain import personal
from app.domain.personal import ReminderKind
from app.domain.refusals import Refusal
from app.domain.schedules import ScheduleEdit
from tests.services.evenings import HALF_AN_HOUR, IT_IS_TIME, SOON, Evening, gist_of

Result = TypeVar("Result")


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
            gists = [(gist_of(one), getattr(one, "scheduled_start", None)) for one in events]
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
