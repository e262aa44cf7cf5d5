"""Relationships: what people do about each other, following, blocking and muting."""

from __future__ import annotations

import strawberry
from strawberry import relay

from schema.payloads import Payload
from schema.people import User


@strawberry.input
class AboutUserInput:
    """What every command about another person names."""

    user_id: relay.GlobalID = strawberry.field(description="The other person.")


@strawberry.type
class AboutUserPayload(Payload):
    """What mutations answer that are about another person."""

    user: User | None = strawberry.field(
        description="The other person as they are now; null where a rule said no.", default=None
    )


@strawberry.input(description="Whom to follow.")
class FollowInput(AboutUserInput):
    """Whom to follow."""


@strawberry.type(description="What `follow` answers.")
class FollowPayload(AboutUserPayload):
    """What `follow` answers."""


@strawberry.input(description="Whom to follow no more.")
class UnfollowInput(AboutUserInput):
    """Whom to follow no more."""


@strawberry.type(description="What `unfollow` answers.")
class UnfollowPayload(AboutUserPayload):
    """What `unfollow` answers."""
