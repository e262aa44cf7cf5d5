"""Removals: putting people out of a Space for good."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

import strawberry
from strawberry import relay

from schema.payloads import SpacePayload
from schema.people import User
from schema.reports import ReportDetailsInput


@strawberry.type(description="Someone who was removed from a Space and may not come back.")
class Removal:
    """Someone who was removed from a Space and may not come back."""

    user: User = strawberry.field(description="Who was removed.")
    removed_by: User = strawberry.field(description="The moderator who did it.")
    removed_at: datetime = strawberry.field(description="When.")
    reason: str | None = strawberry.field(description="Why, as the moderator said; null where nothing was said.")


@strawberry.enum(description="What removing someone is beside keeping them out of the Space.")
class RemovalAction(Enum):
    """What removing someone is beside keeping them out of the Space."""

    REMOVE = strawberry.enum_value("REMOVE", description="Nothing more.")
    BLOCK = strawberry.enum_value("BLOCK", description="The viewer blocks them too.")
    REPORT = strawberry.enum_value("REPORT", description="The viewer reports them to the operators too.")


@strawberry.input(description="Whom to put out of a Space for good.")
class RemoveParticipantInput:
    """Whom to put out of a Space for good."""

    space_id: relay.GlobalID = strawberry.field(description="The Space.")
    user_id: relay.GlobalID = strawberry.field(description="Whom; also someone who is not in the Space.")
    action: RemovalAction = strawberry.field(description="What else to do about them.", default=RemovalAction.REMOVE)
    report: ReportDetailsInput | None = strawberry.field(
        description="What to report, which is required with REPORT; given with another action it is reported too.",
        default=None,
    )
    reason: str | None = strawberry.field(
        description="Why, for the moderation log: up to 300 characters.", default=None
    )


@strawberry.type(description="What `removeParticipant` answers.")
class RemoveParticipantPayload(SpacePayload):
    """What `removeParticipant` answers."""


@strawberry.input(description="Who may come back into a Space.")
class ReadmitParticipantInput:
    """Who may come back into a Space."""

    space_id: relay.GlobalID = strawberry.field(description="The Space.")
    user_id: relay.GlobalID = strawberry.field(description="Whom.")


@strawberry.type(description="What `readmitParticipant` answers.")
class ReadmitParticipantPayload(SpacePayload):
    """What `readmitParticipant` answers."""
