"""Inputs: one for each mutation."""

from __future__ import annotations

import strawberry
from strawberry import relay

from schema.stage import InvitationRole, SpeakPolicy

KEY_DESCRIPTION = (
    "A key of the client's own, 1 to 64 characters: whoever repeats the command under it within a day gets the first "
    "call's result, and nothing is done twice."
)


@strawberry.input(description="A new account.")
class SignUpInput:
    """A new account."""

    handle: str = strawberry.field(description="3 to 15 of `A-Za-z0-9_`, unique without regard to case.")
    display_name: str = strawberry.field(description="The name shown to people, 1 to 50 characters.")
    password: str = strawberry.field(description="8 to 128 characters.")


@strawberry.input(description="Who logs in.")
class LogInInput:
    """Who logs in."""

    handle: str = strawberry.field(description="The account's handle, in any case.")
    password: str = strawberry.field(description="The account's password.")


@strawberry.input(description="What of the viewer's profile is to change.")
class UpdateProfileInput:
    """What of the viewer's profile is to change."""

    display_name: str | None = strawberry.field(
        description="The new name, 1 to 50 characters; null leaves it.", default=None
    )
    bio: str | None = strawberry.field(
        description="What the viewer says of themselves, up to 160 characters; null leaves it.", default=None
    )


@strawberry.input(description="What to log out.")
class LogOutInput:
    """What to log out."""

    token: str | None = strawberry.field(
        description="A token of the viewer's, of another device say; null: the one this request carries.", default=None
    )


@strawberry.input(
    description="What a new Space is to be. Settings that are left out or null are as `viewer.spaceDefaults` says."
)
class CreateSpaceInput:
    """What a new Space is to be."""

    title: str = strawberry.field(description="What it is about, 1 to 70 characters.")
    topics: list[str] = strawberry.field(description="Up to 3 of the server's `topics`.", default_factory=list)
    language: str | None = strawberry.field(
        description="The language spoken, as a BCP 47 tag; null: the viewer's default.", default=None
    )
    recording_enabled: bool | None = strawberry.field(
        description="Whether it is recorded while live, fixed once it has started; null: the viewer's default.",
        default=None,
    )
    clipping_allowed: bool | None = strawberry.field(
        description="Whether clips may be made; null: the viewer's default. If not when the Space starts, there are "
        "never any of it.",
        default=None,
    )
    speak_policy: SpeakPolicy | None = strawberry.field(
        description="Who may ask for a seat; null: the viewer's default.", default=None
    )
    initial_speaker_ids: list[relay.GlobalID] = strawberry.field(
        description="Users to invite as speakers at once.", default_factory=list
    )
    idempotency_key: str | None = strawberry.field(description=KEY_DESCRIPTION, default=None)


@strawberry.input
class InSpaceInput:
    """What every command in a Space names."""

    space_id: relay.GlobalID = strawberry.field(description="The Space.")


@strawberry.input(description="The Space to start.")
class StartSpaceInput(InSpaceInput):
    """The Space to start."""


@strawberry.input(description="The Space to end.")
class EndSpaceInput(InSpaceInput):
    """The Space to end."""


@strawberry.input(description="The Space to delete.")
class DeleteSpaceInput(InSpaceInput):
    """The Space to delete."""

    confirm: bool = strawberry.field(description="True: it cannot be undone.")


@strawberry.input(description="What is to be otherwise; what is left out stays as it is.")
class UpdateSpaceInput(InSpaceInput):
    """What is to be otherwise."""

    title: strawberry.Maybe[str] = strawberry.field(description="What it is about, 1 to 70 characters.")
    topics: strawberry.Maybe[list[str]] = strawberry.field(description="Up to 3 of the server's `topics`.")
    language: strawberry.Maybe[str | None] = strawberry.field(
        description="The language spoken, as a BCP 47 tag; null: not said."
    )
    recording_enabled: strawberry.Maybe[bool] = strawberry.field(description="Whether it is recorded while live.")
    clipping_allowed: strawberry.Maybe[bool] = strawberry.field(description="Whether clips may be made.")
    speak_policy: strawberry.Maybe[SpeakPolicy] = strawberry.field(description="Who may ask for a seat.")


@strawberry.input(description="Who is to be the host.")
class TransferHostInput(InSpaceInput):
    """Who is to be the host."""

    user_id: relay.GlobalID = strawberry.field(description="One of the Space's co-hosts.")


@strawberry.input(description="Who may ask for a seat from now on.")
class SetSpeakPolicyInput(InSpaceInput):
    """Who may ask for a seat from now on."""

    speak_policy: SpeakPolicy = strawberry.field(description="The new policy.")


@strawberry.input(description="Whether clips may be made from now on.")
class SetClippingAllowedInput(InSpaceInput):
    """Whether clips may be made from now on."""

    clipping_allowed: bool = strawberry.field(description="Whether they may.")


@strawberry.input(description="The Space to come into.")
class JoinSpaceInput(InSpaceInput):
    """The Space to come into."""


@strawberry.input(description="The Space to leave.")
class LeaveSpaceInput(InSpaceInput):
    """The Space to leave."""


@strawberry.input(description="Where to raise a hand.")
class RequestToSpeakInput(InSpaceInput):
    """Where to raise a hand."""


@strawberry.input(description="Where to take the hand down.")
class CancelSpeakRequestInput(InSpaceInput):
    """Where to take the hand down."""


@strawberry.input(description="The request to accept.")
class AcceptSpeakRequestInput(InSpaceInput):
    """The request to accept."""

    request_id: strawberry.ID = strawberry.field(description="The request, as `Space.speakRequests` has it.")


@strawberry.input(description="The request to decline.")
class DeclineSpeakRequestInput(InSpaceInput):
    """The request to decline."""

    request_id: strawberry.ID = strawberry.field(description="The request, as `Space.speakRequests` has it.")


@strawberry.input(description="Whom to offer a seat.")
class InviteToStageInput(InSpaceInput):
    """Whom to offer a seat."""

    user_id: relay.GlobalID = strawberry.field(description="Anyone with an account, in the Space or not.")
    role: InvitationRole = strawberry.field(description="The seat to offer.", default=InvitationRole.SPEAKER)


@strawberry.input(description="The invitation to accept.")
class AcceptInvitationInput(InSpaceInput):
    """The invitation to accept."""

    invitation_id: strawberry.ID = strawberry.field(description="The invitation, as `viewer.invitations` has it.")


@strawberry.input(description="The invitation to decline.")
class DeclineInvitationInput(InSpaceInput):
    """The invitation to decline."""

    invitation_id: strawberry.ID = strawberry.field(description="The invitation, as `viewer.invitations` has it.")


@strawberry.input(description="The invitation to take back.")
class RevokeInvitationInput(InSpaceInput):
    """The invitation to take back."""

    invitation_id: strawberry.ID = strawberry.field(description="The invitation, as `Space.invitations` has it.")


@strawberry.input(description="Whose seat is to be taken back.")
class RemoveFromStageInput(InSpaceInput):
    """Whose seat is to be taken back."""

    user_id: relay.GlobalID = strawberry.field(description="Who is to listen again; oneself, to step down.")


@strawberry.input(description="The viewer's own microphone.")
class SetMutedInput(InSpaceInput):
    """The viewer's own microphone."""

    muted: bool = strawberry.field(description="Whether it is to be closed.")


@strawberry.input(description="Whose microphone is to be closed.")
class MuteParticipantInput(InSpaceInput):
    """Whose microphone is to be closed."""

    user_id: relay.GlobalID = strawberry.field(description="Whose microphone.")


@strawberry.input(description="Where all is to be quiet.")
class MuteAllInput(InSpaceInput):
    """Where all is to be quiet."""


@strawberry.input(description="A reaction.")
class SendReactionInput(InSpaceInput):
    """A reaction."""

    emoji: str = strawberry.field(description="One of `Space.availableReactions`.")
    idempotency_key: str | None = strawberry.field(description=KEY_DESCRIPTION, default=None)


@strawberry.input(description="Which seconds to keep.")
class CreateClipInput(InSpaceInput):
    """Which seconds to keep."""

    start_offset_ms: int | None = strawberry.field(
        description="Where it starts, in ms from the first recorded sample; null: the last seconds there are.",
        default=None,
    )
    duration_ms: int | None = strawberry.field(
        description="How long, at most 30 000; null: 30 000, or what there is.", default=None
    )
    idempotency_key: str | None = strawberry.field(description=KEY_DESCRIPTION, default=None)
