"""Recordings: trimming and deleting them."""

from __future__ import annotations

from typing import Annotated

import strawberry

from resolvers.arguments import key
from resolvers.context import Info
from resolvers.payloads import changed
from schema.recordings import (
    DeleteRecordingInput,
    DeleteRecordingPayload,
    UpdateRecordingInput,
    UpdateRecordingPayload,
)
from schema.spaces import Space


@strawberry.type
class RecordingMutation:
    """Recordings."""

    @strawberry.mutation(
        description="Trims the recording of an ended Space at both ends, or undoes that: what is outside is kept, but "
        "nobody except the host hears or reads it, or clips it, from then on. Clips that were cut before stay. At "
        "least a second is left. For the host. The same again changes nothing."
    )
    async def update_recording(
        self, info: Info, input: Annotated[UpdateRecordingInput, strawberry.argument(description="What to hear of it.")]
    ) -> UpdateRecordingPayload:
        recordings, space_id = info.context.use_cases.recordings, key(Space, input.space_id, "spaceId")
        return await changed(
            info,
            UpdateRecordingPayload,
            recordings.trim(info.context.actor, space_id, start_ms=input.start_offset_ms, end_ms=input.end_offset_ms),
        )

    @strawberry.mutation(
        description="Deletes the recording of an ended Space for good: nobody hears it from then on, and no more clips "
        "can be cut; those there are stay. For the host. Deleting it twice is deleting it once."
    )
    async def delete_recording(
        self, info: Info, input: Annotated[DeleteRecordingInput, strawberry.argument(description="Which Space's.")]
    ) -> DeleteRecordingPayload:
        deletion, space_id = info.context.use_cases.deletion, key(Space, input.space_id, "spaceId")
        return await changed(
            info,
            DeleteRecordingPayload,
            deletion.delete_recording(info.context.actor, space_id, confirmed=input.confirm),
        )
