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


@strawberry.input(description="Whom to block.")
class BlockInput(AboutUserInput):
    """Whom to block."""


@strawberry.type(description="What `block` answers.")
class BlockPayload(AboutUserPayload):
    """What `block` answers."""


@strawberry.input(description="Whom to block no more.")
class UnblockInput(AboutUserInput):
    """Whom to block no more."""


@strawberry.type(description="What `unblock` answers.")
class UnblockPayload(AboutUserPayload):
    """What `unblock` answers."""


@strawberry.input(description="Whom to mute.")
class MuteInput(AboutUserInput):
    """Whom to mute."""


@strawberry.type(description="What `mute` answers.")
class MutePayload(AboutUserPayload):
    """What `mute` answers."""


@strawberry.input(description="Whom to mute no more.")
class UnmuteInput(AboutUserInput):
    """Whom to mute no more."""


@strawberry.type(description="What `unmute` answers.")
class UnmutePayload(AboutUserPayload):
    """What `unmute` answers."""
