"""Clips: cutting, publishing, deleting and finding them."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial
from typing import Annotated

import strawberry
from strawberry.relay import GlobalID

from app.domain import refusals
from app.domain.renditions import RenditionKind
from resolvers import mapping
from resolvers.arguments import key
from resolvers.context import Info
from resolvers.faults import Refused
from resolvers.payloads import outcome
from schema.clipping import (
    DeleteClipInput,
    DeleteClipPayload,
    PublishClipInput,
    PublishClipPayload,
    RenderClipInput,
    RenderClipPayload,
)
from schema.clips import Clip, ClipRendition, ClipRenditionKind
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
        description="Has a form of the clip's sound made in the background: `clipRendition` follows it, and "
        "`Clip.renditions` says how far it is. For anyone with an account who may hear the clip. Asking twice is "
        "asking once; what has FAILED is tried again."
    )
    async def render_clip(
        self, info: Info, input: Annotated[RenderClipInput, strawberry.argument(description="Which clip, as what.")]
    ) -> RenderClipPayload:
        renditions, clip_id = info.context.use_cases.clip_renditions, key(Clip, input.clip_id, "clipId")
        clip, errors = await outcome(renditions.ask(info.context.actor, clip_id, RenditionKind[input.kind.name]))
        return RenderClipPayload(clip=info.context.shown_clip(clip) if clip else None, user_errors=errors)

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


@strawberry.type
class ClipSubscription:
    """Renditions live."""

    @strawberry.subscription(
        description="A rendition of a clip: as it is, and whenever it has changed; at most a second late where "
        "another server makes it. Ends when it is READY or FAILED, or the clip is gone, and at once where nobody asked "
        "for it by `renderClip`."
    )
    async def clip_rendition(
        self,
        info: Info,
        clip_id: Annotated[GlobalID, strawberry.argument(description="The clip.")],
        kind: Annotated[ClipRenditionKind, strawberry.argument(description="Which form of its sound.")],
    ) -> AsyncGenerator[ClipRendition, None]:
        context, clip_key = info.context, key(Clip, clip_id, "clipId")
        stream = context.use_cases.clip_renditions.follow(context.viewer_id, clip_key, RenditionKind[kind.name])
        try:
            async with aclosing(stream) as changes:
                async for clip, rendition in changes:
                    yield mapping.rendition(rendition, signed_url=partial(context.clip_url, clip))
        except refusals.Refusal as refusal:
            raise Refused(refusal) from None
