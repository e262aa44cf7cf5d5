"""Recordings: deleting them."""

from __future__ import annotations

from typing import Annotated

import strawberry

from resolvers.arguments import key
from resolvers.context import Info
from resolvers.payloads import changed
from schema.recordings import DeleteRecordingInput, DeleteRecordingPayload
from schema.spaces import Space


@strawberry.type
class RecordingMutation:
    """Recordings."""

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
