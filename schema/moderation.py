"""Moderation: the log of what moderators did to people in a Space."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

import strawberry
from strawberry import relay

from schema.payloads import SpacePayload
from schema.people import User


@strawberry.enum(description="What a moderator, or an operator of the server, did to someone.")
class ModerationAction(Enum):
    """What a moderator, or an operator of the server, did to someone."""

    MUTED = strawberry.enum_value("MUTED", description="Closed their microphone.")
    REMOVED_FROM_STAGE = strawberry.enum_value("REMOVED_FROM_STAGE", description="Took their seat back.")
    REQUEST_ACCEPTED = strawberry.enum_value("REQUEST_ACCEPTED", description="Granted the seat they asked for.")
    REQUEST_DECLINED = strawberry.enum_value("REQUEST_DECLINED", description="Took them out of the queue.")
    INVITED = strawberry.enum_value("INVITED", description="Offered them a seat.")
    INVITATION_REVOKED = strawberry.enum_value("INVITATION_REVOKED", description="Took that offer back.")
    MADE_HOST = strawberry.enum_value("MADE_HOST", description="Handed the Space over to them.")
    POST_UNSHARED = strawberry.enum_value("POST_UNSHARED", description="Took a Post down that they showed.")
    REMOVED = strawberry.enum_value("REMOVED", description="Put them out of the Space for good.")
    BLOCKED = strawberry.enum_value("BLOCKED", description="Blocked them, which put them out of the Space.")
    READMITTED = strawberry.enum_value("READMITTED", description="Took their removal back.")
    ENDED_BY_OPERATOR = strawberry.enum_value("ENDED_BY_OPERATOR", description="Ended the host's Space.")


@strawberry.type(description="One entry of a Space's moderation log.")
class ModerationEntry:
    """One entry of a Space's moderation log."""

    actor: User = strawberry.field(description="Who did it.")
    target: User = strawberry.field(description="To whom.")
    action: ModerationAction = strawberry.field(description="What.")
    reason: str | None = strawberry.field(description="Why, as the moderator said; null where nothing was said.")
    at: datetime = strawberry.field(description="When.")
    version: int = strawberry.field(description="The Space's version since, as `spaceEvents` counts.")


@strawberry.input(description="Which Space an operator ends, and why.")
class AdminEndSpaceInput:
    """Which Space an operator ends, and why."""

    space_id: relay.GlobalID = strawberry.field(description="The Space.")
    reason: str = strawberry.field(description="Why, for its moderation log: up to 300 characters.")


@strawberry.type(description="What `adminEndSpace` answers.")
class AdminEndSpacePayload(SpacePayload):
    """What `adminEndSpace` answers."""
