"""Reactions: silent emoji, counted for the Space and streamed in batches."""

from __future__ import annotations

import strawberry

from schema.marks import FOR_ALL
from schema.people import User


@strawberry.type(description="How often an emoji has been sent in a Space so far.")
class ReactionCount:
    """How often an emoji has been sent in a Space so far."""

    emoji: str = strawberry.field(description="One of `Space.availableReactions`.", metadata=FOR_ALL)
    count: int = strawberry.field(description="How often.", metadata=FOR_ALL)


@strawberry.type(description="How often an emoji was sent within one batch.")
class ReactionTally:
    """How often an emoji was sent within one batch."""

    emoji: str = strawberry.field(description="One of `Space.availableReactions`.", metadata=FOR_ALL)
    count: int = strawberry.field(description="How often since the batch before.", metadata=FOR_ALL)
    senders: list[User] = strawberry.field(name="from", description="Up to 5 of those who sent it.", metadata=FOR_ALL)
