"""Clipping: what becomes of clips once they are cut."""

from __future__ import annotations

import strawberry
from strawberry import relay

from schema.clips import Clip, ClipRenditionKind
from schema.payloads import Payload
from schema.posts import Post


@strawberry.input(description="The clip to publish, and what to say of it.")
class PublishClipInput:
    """The clip to publish."""

    clip_id: relay.GlobalID = strawberry.field(description="A draft of the viewer's.")
    comment: str = strawberry.field(description="What the Post says above it, up to 280 characters.", default="")


@strawberry.type(description="What `publishClip` answers.")
class PublishClipPayload(Payload):
    """What `publishClip` answers."""

    clip: Clip | None = strawberry.field(description="The clip, public now; null where a rule said no.", default=None)
    post: Post | None = strawberry.field(
        description="The Post that shows it; null where a rule said no, or where that Post was deleted since.",
        default=None,
    )


@strawberry.input(description="The clip to render, and as what.")
class RenderClipInput:
    """The clip to render."""

    clip_id: relay.GlobalID = strawberry.field(description="The clip.")
    kind: ClipRenditionKind = strawberry.field(description="Which form of its sound.")


@strawberry.type(description="What `renderClip` answers.")
class RenderClipPayload(Payload):
    """What `renderClip` answers."""

    clip: Clip | None = strawberry.field(
        description="The clip, with that rendition among its `renditions`; null where a rule said no.", default=None
    )


@strawberry.input(description="The clip to delete.")
class DeleteClipInput:
    """The clip to delete."""

    clip_id: relay.GlobalID = strawberry.field(description="The clip.")


@strawberry.type(description="What `deleteClip` answers.")
class DeleteClipPayload(Payload):
    """What `deleteClip` answers."""

    deleted_clip_id: relay.GlobalID | None = strawberry.field(
        description="The id that there was; null where a rule said no.", default=None
    )
