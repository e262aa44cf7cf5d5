"""Payloads: what each mutation answers, the changed object and the rules that said no."""

from __future__ import annotations

from datetime import datetime

import strawberry
from strawberry import relay

from schema.clips import Clip
from schema.errors import UserError
from schema.people import User
from schema.spaces import Space


@strawberry.type
class Payload:
    """What every mutation answers."""

    user_errors: list[UserError] = strawberry.field(description="The rules that said no; empty if it was done.")


@strawberry.type
class SessionPayload(Payload):
    """What mutations answer that log someone in."""

    user: User | None = strawberry.field(description="Who is logged in; null where a rule said no.", default=None)
    token: str | None = strawberry.field(
        description="A bearer token: send it as `Authorization: Bearer TOKEN`, also as `authorization` in the payload "
        "of a websocket's `connection_init`.",
        default=None,
    )
    expires_at: datetime | None = strawberry.field(description="When the token ends.", default=None)


@strawberry.type
class SpacePayload(Payload):
    """What mutations answer that change a Space."""

    space: Space | None = strawberry.field(
        description="The Space as it is now; null where a rule said no.", default=None
    )


@strawberry.type(description="What `signUp` answers.")
class SignUpPayload(SessionPayload):
    """What `signUp` answers."""


@strawberry.type(description="What `logIn` answers.")
class LogInPayload(SessionPayload):
    """What `logIn` answers."""


@strawberry.type(description="What `updateProfile` answers.")
class UpdateProfilePayload(Payload):
    """What `updateProfile` answers."""

    user: User | None = strawberry.field(description="The viewer as changed; null where a rule said no.", default=None)


@strawberry.type(description="What `logOut` answers.")
class LogOutPayload(Payload):
    """What `logOut` answers."""


@strawberry.type(description="What `createSpace` answers.")
class CreateSpacePayload(SpacePayload):
    """What `createSpace` answers."""


@strawberry.type(description="What `startSpace` answers.")
class StartSpacePayload(SpacePayload):
    """What `startSpace` answers."""


@strawberry.type(description="What `endSpace` answers.")
class EndSpacePayload(SpacePayload):
    """What `endSpace` answers."""


@strawberry.type(description="What `deleteSpace` answers.")
class DeleteSpacePayload(Payload):
    """What `deleteSpace` answers."""

    deleted_space_id: relay.GlobalID | None = strawberry.field(
        description="The id that there was; null where a rule said no.", default=None
    )


@strawberry.type(description="What `updateSpace` answers.")
class UpdateSpacePayload(SpacePayload):
    """What `updateSpace` answers."""


@strawberry.type(description="What `transferHost` answers.")
class TransferHostPayload(SpacePayload):
    """What `transferHost` answers."""


@strawberry.type(description="What `setSpeakPolicy` answers.")
class SetSpeakPolicyPayload(SpacePayload):
    """What `setSpeakPolicy` answers."""


@strawberry.type(description="What `setClippingAllowed` answers.")
class SetClippingAllowedPayload(SpacePayload):
    """What `setClippingAllowed` answers."""


@strawberry.type(description="What `joinSpace` answers.")
class JoinSpacePayload(SpacePayload):
    """What `joinSpace` answers."""


@strawberry.type(description="What `leaveSpace` answers.")
class LeaveSpacePayload(SpacePayload):
    """What `leaveSpace` answers."""


@strawberry.type(description="What `requestToSpeak` answers.")
class RequestToSpeakPayload(SpacePayload):
    """What `requestToSpeak` answers."""


@strawberry.type(description="What `cancelSpeakRequest` answers.")
class CancelSpeakRequestPayload(SpacePayload):
    """What `cancelSpeakRequest` answers."""


@strawberry.type(description="What `acceptSpeakRequest` answers.")
class AcceptSpeakRequestPayload(SpacePayload):
    """What `acceptSpeakRequest` answers."""


@strawberry.type(description="What `declineSpeakRequest` answers.")
class DeclineSpeakRequestPayload(SpacePayload):
    """What `declineSpeakRequest` answers."""


@strawberry.type(description="What `inviteToStage` answers.")
class InviteToStagePayload(SpacePayload):
    """What `inviteToStage` answers."""


@strawberry.type(description="What `acceptInvitation` answers.")
class AcceptInvitationPayload(SpacePayload):
    """What `acceptInvitation` answers."""


@strawberry.type(description="What `declineInvitation` answers.")
class DeclineInvitationPayload(SpacePayload):
    """What `declineInvitation` answers."""


@strawberry.type(description="What `revokeInvitation` answers.")
class RevokeInvitationPayload(SpacePayload):
    """What `revokeInvitation` answers."""


@strawberry.type(description="What `removeFromStage` answers.")
class RemoveFromStagePayload(SpacePayload):
    """What `removeFromStage` answers."""


@strawberry.type(description="What `setMuted` answers.")
class SetMutedPayload(SpacePayload):
    """What `setMuted` answers."""


@strawberry.type(description="What `muteParticipant` answers.")
class MuteParticipantPayload(SpacePayload):
    """What `muteParticipant` answers."""


@strawberry.type(description="What `muteAll` answers.")
class MuteAllPayload(SpacePayload):
    """What `muteAll` answers."""


@strawberry.type(description="What `sendReaction` answers.")
class SendReactionPayload(Payload):
    """What `sendReaction` answers."""

    emoji: str | None = strawberry.field(description="What was sent; null where a rule said no.", default=None)


@strawberry.type(description="What `createClip` answers.")
class CreateClipPayload(Payload):
    """What `createClip` answers."""

    clip: Clip | None = strawberry.field(
        description="The draft, ready to play; null where a rule said no.", default=None
    )
