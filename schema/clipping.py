"""Clipping: what is done to clips once they are cut."""

from __future__ import annotations

import strawberry
from strawberry import relay

from schema.payloads import Payload


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
