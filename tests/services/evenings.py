"""Evenings: Spaces to come, who waits for them, and what they were told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.domain import personal
from app.domain.personal import ReminderKind
from app.domain.roster import Person
from app.domain.schedules import Appointment
from tests.services.world import DRAFT, NOW, Process, World

START = NOW + timedelta(days=1)
HALF_AN_HOUR = timedelta(minutes=30)
SOON, IT_IS_TIME = ReminderKind.SOON, ReminderKind.NOW


async def scheduled(process: Process, host: Person, start: datetime = START) -> str:
    """The id of a Space of the host's that is to come."""
    return (await process.schedules.schedule(host, DRAFT, Appointment(start, "UTC"), [])).id


async def told(world: World, name: str) -> list[object]:
    """What a person was told of Spaces to come."""
    received = await world.stores.inboxes.received_after(name, 0)
    assert received is not None
    return [gist_of(one.event) for one in received]


def gist_of(event: personal.PersonalEvent) -> object:
    """What an event is about."""
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
        """It is scheduled, and ana has set a reminder."""
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
        """A round of every process."""
        for process in self.processes:
            await process.scheduler.round()
