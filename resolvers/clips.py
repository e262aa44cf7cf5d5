"""Clips: cutting them and finding them."""

from __future__ import annotations

from typing import Annotated

import strawberry
from strawberry.relay import GlobalID

from resolvers.arguments import key
from resolvers.context import Info
from resolvers.payloads import outcome
from schema.clips import Clip
from schema.inputs import CreateClipInput
from schema.payloads import CreateClipPayload
from schema.spaces import Space


@strawberry.type
class ClipQuery:
    """Finding clips."""

    @strawberry.field(description="The clip of this id; null if there is none.")
    async def clip(
        self, info: Info, id: Annotated[GlobalID, strawberry.argument(description="The clip's id.")]
    ) -> Clip | None:
        return await info.context.clip(key(Clip, id, "id"))


@strawberry.type
class ClipMutation:
    """Cutting clips."""

    @strawberry.mutation(
        description="Cuts up to 30 seconds out of the recording, by default the last 30. For anyone in a live Space; "
        "afterwards for anyone with an account."
    )
    async def create_clip(
        self, info: Info, input: Annotated[CreateClipInput, strawberry.argument(description="Which seconds.")]
    ) -> CreateClipPayload:
        clips, space_id = info.context.use_cases.clips, key(Space, input.space_id, "spaceId")
        clip, errors = await outcome(
            clips.create(info.context.actor, space_id, start_ms=input.start_offset_ms, duration_ms=input.duration_ms)
        )
        return CreateClipPayload(clip=info.context.shown_clip(clip) if clip else None, user_errors=errors)
