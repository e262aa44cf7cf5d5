"""Clips: cutting, publishing, deleting and finding them."""

from __future__ import annotations

from typing import Annotated

import strawberry
from strawberry.relay import GlobalID

from resolvers import mapping
from resolvers.arguments import key
from resolvers.context import Info
from resolvers.payloads import outcome
from schema.clipping import DeleteClipInput, DeleteClipPayload, PublishClipInput, PublishClipPayload
from schema.clips import Clip
from schema.inputs import CreateClipInput
from schema.payloads import CreateClipPayload
from schema.spaces import Space


@strawberry.type
class ClipQuery:
    """Finding clips."""

    @strawberry.field(description="The clip of this id; null if there is none, or none that the viewer may see.")
    async def clip(
        self, info: Info, id: Annotated[GlobalID, strawberry.argument(description="The clip's id.")]
    ) -> Clip | None:
        return await info.context.clip(key(Clip, id, "id"))


@strawberry.type
class ClipMutation:
    """Cutting clips."""

    @strawberry.mutation(
        description="Cuts up to 30 seconds out of the recording, by default the last 30, as a draft that the viewer "
        "alone sees: `publishClip` within a day makes it public. For anyone in a live Space; afterwards for anyone "
        "with an account."
    )
    async def create_clip(
        self, info: Info, input: Annotated[CreateClipInput, strawberry.argument(description="Which seconds.")]
    ) -> CreateClipPayload:
        clips, space_id = info.context.use_cases.clips, key(Space, input.space_id, "spaceId")
        clip, errors = await outcome(
            clips.create(
                info.context.actor,
                space_id,
                start_ms=input.start_offset_ms,
                duration_ms=input.duration_ms,
                idempotency_key=input.idempotency_key,
            )
        )
        return CreateClipPayload(clip=info.context.shown_clip(clip) if clip else None, user_errors=errors)

    @strawberry.mutation(
        description="Makes a draft public by a Post that shows it. For who cut it, also where clipping was turned off "
        "since. Publishing twice is publishing once, with the first comment: the Post is the same."
    )
    async def publish_clip(
        self, info: Info, input: Annotated[PublishClipInput, strawberry.argument(description="Which clip.")]
    ) -> PublishClipPayload:
        clips, clip_id = info.context.use_cases.clips, key(Clip, input.clip_id, "clipId")
        published, errors = await outcome(clips.publish(info.context.actor, clip_id, input.comment))
        if published is None:
            return PublishClipPayload(user_errors=errors)
        clip, post = published
        return PublishClipPayload(
            clip=info.context.shown_clip(clip), post=mapping.post(post) if post else None, user_errors=errors
        )

    @strawberry.mutation(
        description="Deletes a clip with its sound, for good. For who cut it, and for the host of its Space. A Post "
        "that shows it stays, with an UnavailableCard."
    )
    async def delete_clip(
        self, info: Info, input: Annotated[DeleteClipInput, strawberry.argument(description="Which clip.")]
    ) -> DeleteClipPayload:
        clips, clip_id = info.context.use_cases.clips, key(Clip, input.clip_id, "clipId")
        _, errors = await outcome(clips.delete(info.context.actor, clip_id))
        return DeleteClipPayload(deleted_clip_id=None if errors else input.clip_id, user_errors=errors)
