"""The stage: roles, seats, raised hands and invitations."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry import relay

from schema.context import Info
from schema.marks import FOR_ALL
from schema.people import User

if TYPE_CHECKING:
    from schema.spaces import Space


@strawberry.enum(description="What a person may do in a Space.")
class Role(Enum):
    """What a person may do in a Space."""

    HOST = strawberry.enum_value("HOST", description="Opened the Space and may do everything in it; there is one.")
    COHOST = strawberry.enum_value("COHOST", description="Moderates the stage, except host and other co-hosts.")
    SPEAKER = strawberry.enum_value("SPEAKER", description="Has a microphone.")
    LISTENER = strawberry.enum_value("LISTENER", description="Has no seat on the stage: everyone else.")


@strawberry.enum(description="A role that a seat can be offered for.")
class InvitationRole(Enum):
    """A role that a seat can be offered for."""

    COHOST = strawberry.enum_value("COHOST", description="A co-host's seat; only the host offers it.")
    SPEAKER = strawberry.enum_value("SPEAKER", description="A speaker's seat.")


@strawberry.enum(description="Who may ask for a seat on the stage.")
class SpeakPolicy(Enum):
    """Who may ask for a seat on the stage."""

    EVERYONE = strawberry.enum_value("EVERYONE", description="Every listener with an account.")
    FOLLOWED_BY_HOST = strawberry.enum_value("FOLLOWED_BY_HOST", description="Listeners whom the host follows.")
    INVITED_ONLY = strawberry.enum_value("INVITED_ONLY", description="Nobody: seats are given by invitation alone.")


@strawberry.enum(description="Why a seat became free.")
class SeatEnd(Enum):
    """Why a seat became free."""

    LEFT = strawberry.enum_value("LEFT", description="The person stepped down, went away or lost their connection.")
    REMOVED = strawberry.enum_value("REMOVED", description="A moderator took the seat back.")


@strawberry.type(description="A person on the stage.")
class Participant:
    """A person on the stage."""

    user: User = strawberry.field(description="Who it is.", metadata=FOR_ALL)
    role: Role = strawberry.field(description="HOST, COHOST or SPEAKER.", metadata=FOR_ALL)
    is_muted: bool = strawberry.field(
        description="Whether the microphone is closed; the server enforces it.", metadata=FOR_ALL
    )
    seated_at: datetime = strawberry.field(description="Since when the person has been on the stage.", metadata=FOR_ALL)
    is_speaking: bool = strawberry.field(
        description="Whether the person speaks at this moment, as the sound hears it; `speaking` streams it. False "
        "where another server process has the Space on air and nobody follows it through this one.",
        metadata=FOR_ALL,
    )
    level: float = strawberry.field(
        description="How loud the microphone is: 0 at -60 dBFS or less, 1 at full scale, in steps of 6 dB.",
        metadata=FOR_ALL,
    )


@strawberry.type(description="Someone's microphone at a moment.")
class Voice:
    """Someone's microphone at a moment."""

    user_id: relay.GlobalID = strawberry.field(description="Whose it is.", metadata=FOR_ALL)
    is_speaking: bool = strawberry.field(
        description="Whether the person speaks; pauses between words do not count.", metadata=FOR_ALL
    )
    level: float = strawberry.field(
        description="How loud it is: 0 at -60 dBFS or less, 1 at full scale.", metadata=FOR_ALL
    )


@strawberry.type(description="A listener's raised hand, waiting for a moderator's answer.")
class SpeakRequest:
    """A raised hand."""

    id: strawberry.ID = strawberry.field(description="What `acceptSpeakRequest` and `declineSpeakRequest` take.")
    user: User = strawberry.field(description="Who asks.")
    asked_at: datetime = strawberry.field(description="Since when the request has been waiting.")
    position: int = strawberry.field(description="Place in the queue, in order of asking, from 1.")


@strawberry.type(description="A pending offer of a seat; it stands until it is answered or revoked, or the Space ends.")
class Invitation:
    """A pending offer of a seat."""

    id: strawberry.ID = strawberry.field(
        description="What `acceptInvitation`, `declineInvitation` and `revokeInvitation` take."
    )
    user: User = strawberry.field(description="Who is invited.")
    role: InvitationRole = strawberry.field(description="The seat that is offered.")
    sent_at: datetime = strawberry.field(description="When the invitation was sent.")
    space_key: strawberry.Private[str]
    invited_by_key: strawberry.Private[str]

    @strawberry.field(description="The moderator who sent it.")
    async def invited_by(self, info: Info) -> User:
        return await info.context.user(self.invited_by_key)

    @strawberry.field(description="The Space it is for; null if that is gone meanwhile.")
    async def space(self, info: Info) -> Annotated[Space, strawberry.lazy("schema.spaces")] | None:
        return await info.context.space(self.space_key)
