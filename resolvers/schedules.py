"""Schedules: Spaces to come, and being reminded of them."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.domain.drafts import UNCHANGED
from app.domain.schedules import Appointment, ScheduleEdit
from resolvers.arguments import key
from resolvers.context import Info
from resolvers.payloads import changed
from resolvers.spaces import choices_in, speakers_in
from schema.schedules import (
    CancelScheduledSpaceInput,
    CancelScheduledSpacePayload,
    PrepareSpaceInput,
    PrepareSpacePayload,
    RemoveReminderInput,
    RemoveReminderPayload,
    ScheduleSpaceInput,
    ScheduleSpacePayload,
    SetReminderInput,
    SetReminderPayload,
    UpdateScheduledSpaceInput,
    UpdateScheduledSpacePayload,
)
from schema.spaces import Space


@strawberry.type
class ScheduleMutation:
    """Spaces to come."""

    @strawberry.mutation(
        description="Announces a Space for a time: SCHEDULED, seen by everyone, with nobody in it yet. One has at most "
        "10 of them at once; Spaces by `createSpace` do not count. Those invited may accept once it is prepared or "
        "live. The host is reminded 30 minutes before the start and at the start; what is not started 2 hours (if not "
        "configured otherwise) after that expires."
    )
    async def schedule_space(
        self, info: Info, input: Annotated[ScheduleSpaceInput, strawberry.argument(description="What, and when.")]
    ) -> ScheduleSpacePayload:
        use_cases, actor = info.context.use_cases, info.context.actor
        draft = await use_cases.spaces.draft(actor, input.title, choices_in(input))
        command = use_cases.schedules.schedule(
            actor,
            draft,
            Appointment(input.scheduled_start, input.time_zone),
            speakers_in(input),
            idempotency_key=input.idempotency_key,
        )
        return await changed(info, ScheduleSpacePayload, command)

    @strawberry.mutation(
        description="Changes title, start and time zone of a scheduled Space until it goes live; a new start is in "
        "the future and at most 30 days from now. For the host. Whoever has a reminder is told of a new start, and "
        "reminded of that one. With one field refused, nothing changes. Other settings: `updateSpace`."
    )
    async def update_scheduled_space(
        self,
        info: Info,
        input: Annotated[UpdateScheduledSpaceInput, strawberry.argument(description="What is to change.")],
    ) -> UpdateScheduledSpacePayload:
        schedules, space_id = info.context.use_cases.schedules, key(Space, input.space_id, "spaceId")
        edit = ScheduleEdit(
            title=input.title.value if input.title else UNCHANGED,
            start=input.scheduled_start.value if input.scheduled_start else UNCHANGED,
            time_zone=input.time_zone.value if input.time_zone else UNCHANGED,
        )
        return await changed(info, UpdateScheduledSpacePayload, schedules.update(info.context.actor, space_id, edit))

    @strawberry.mutation(
        description="Calls a Space off for good before its start, a scheduled one or one in preparation. For the "
        "host. Whoever has a reminder is told; calendars show it as canceled."
    )
    async def cancel_scheduled_space(
        self, info: Info, input: Annotated[CancelScheduledSpaceInput, strawberry.argument(description="Which Space.")]
    ) -> CancelScheduledSpacePayload:
        schedules, space_id = info.context.use_cases.schedules, key(Space, input.space_id, "spaceId")
        return await changed(info, CancelScheduledSpacePayload, schedules.cancel(info.context.actor, space_id))

    @strawberry.mutation(
        description="Opens a scheduled Space to its host and those it invites, to try microphones and take seats "
        "before `startSpace`: PREPARING. For the host, at any time before the start."
    )
    async def prepare_space(
        self, info: Info, input: Annotated[PrepareSpaceInput, strawberry.argument(description="Which Space.")]
    ) -> PrepareSpacePayload:
        schedules, space_id = info.context.use_cases.schedules, key(Space, input.space_id, "spaceId")
        return await changed(info, PrepareSpacePayload, schedules.prepare(info.context.actor, space_id))

    @strawberry.mutation(
        description="Has the viewer told by `viewerEvents` 30 minutes before the start of a scheduled Space and at "
        "the start (one set within the last 30 minutes: at the start alone; where it goes live early, then), of a "
        "new time, and if it does not take place. Setting it twice is setting it once."
    )
    async def set_reminder(
        self, info: Info, input: Annotated[SetReminderInput, strawberry.argument(description="Which Space.")]
    ) -> SetReminderPayload:
        reminders, space_id = info.context.use_cases.reminders, key(Space, input.space_id, "spaceId")
        return await changed(info, SetReminderPayload, reminders.add(info.context.actor, space_id))

    @strawberry.mutation(description="Has the viewer reminded of a Space no more; the host goes on to be.")
    async def remove_reminder(
        self, info: Info, input: Annotated[RemoveReminderInput, strawberry.argument(description="Which Space.")]
    ) -> RemoveReminderPayload:
        reminders, space_id = info.context.use_cases.reminders, key(Space, input.space_id, "spaceId")
        return await changed(info, RemoveReminderPayload, reminders.remove(info.context.actor, space_id))
