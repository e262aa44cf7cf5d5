"""Schedules: announcing Spaces for a time, changing and canceling that, and being reminded of them."""

from __future__ import annotations

from datetime import datetime

import strawberry

from schema.inputs import CreateSpaceInput, InSpaceInput
from schema.payloads import SpacePayload
from schema.spaces import Space


@strawberry.type(description="The viewer's wish to be reminded of a Space to come.")
class Reminder:
    """The viewer's wish to be reminded."""

    space: Space = strawberry.field(description="Of what.")
    set_at: datetime = strawberry.field(description="Since when.")


@strawberry.input(description="What a Space to come is to be, and when.")
class ScheduleSpaceInput(CreateSpaceInput):
    """What a Space to come is to be, and when."""

    scheduled_start: datetime = strawberry.field(
        description="When it is to start: in the future, and at most 30 days ahead. Kept to the second."
    )
    time_zone: str = strawberry.field(
        description="By the clock of which time zone the start was chosen, as an IANA name such as `Europe/Berlin`."
    )


@strawberry.type(description="What `scheduleSpace` answers.")
class ScheduleSpacePayload(SpacePayload):
    """What `scheduleSpace` answers."""


@strawberry.input(description="What is to be otherwise with a scheduled Space; what is left out stays as it is.")
class UpdateScheduledSpaceInput(InSpaceInput):
    """What is to be otherwise with a scheduled Space."""

    title: strawberry.Maybe[str] = strawberry.field(description="What it is about, 1 to 70 characters.")
    scheduled_start: strawberry.Maybe[datetime] = strawberry.field(
        description="When it is to start: in the future, and at most 30 days from now."
    )
    time_zone: strawberry.Maybe[str] = strawberry.field(description="Of whose clock that is, as an IANA name.")


@strawberry.type(description="What `updateScheduledSpace` answers.")
class UpdateScheduledSpacePayload(SpacePayload):
    """What `updateScheduledSpace` answers."""


@strawberry.input(description="The Space to call off.")
class CancelScheduledSpaceInput(InSpaceInput):
    """The Space to call off."""


@strawberry.type(description="What `cancelScheduledSpace` answers.")
class CancelScheduledSpacePayload(SpacePayload):
    """What `cancelScheduledSpace` answers."""


@strawberry.input(description="The scheduled Space to open.")
class PrepareSpaceInput(InSpaceInput):
    """The scheduled Space to open."""


@strawberry.type(description="What `prepareSpace` answers.")
class PrepareSpacePayload(SpacePayload):
    """What `prepareSpace` answers."""


@strawberry.input(description="Of which Space to be reminded.")
class SetReminderInput(InSpaceInput):
    """Of which Space to be reminded."""


@strawberry.type(description="What `setReminder` answers.")
class SetReminderPayload(SpacePayload):
    """What `setReminder` answers."""


@strawberry.input(description="Of which Space to be reminded no more.")
class RemoveReminderInput(InSpaceInput):
    """Of which Space to be reminded no more."""


@strawberry.type(description="What `removeReminder` answers.")
class RemoveReminderPayload(SpacePayload):
    """What `removeReminder` answers."""
