"""The stage: asking for seats, granting them, inviting, muting, removing."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.domain import roster
from resolvers.arguments import key
from resolvers.context import Info
from resolvers.payloads import changed, outcome
from schema.errors import ErrorCode
from schema.inputs import (
    AcceptInvitationInput,
    AcceptSpeakRequestInput,
    CancelSpeakRequestInput,
    DeclineInvitationInput,
    DeclineSpeakRequestInput,
    InviteToStageInput,
    MuteAllInput,
    MuteParticipantInput,
    RemoveFromStageInput,
    RequestToSpeakInput,
    RevokeInvitationInput,
    SetMutedInput,
)
from schema.payloads import (
    AcceptInvitationPayload,
    AcceptSpeakRequestPayload,
    CancelSpeakRequestPayload,
    DeclineInvitationPayload,
    DeclineSpeakRequestPayload,
    InviteToStagePayload,
    MuteAllPayload,
    MuteParticipantPayload,
    RemoveFromStagePayload,
    RequestToSpeakPayload,
    RevokeInvitationPayload,
    SetMutedPayload,
)
from schema.people import User
from schema.spaces import Space


@strawberry.type
class StageMutation:
    """Seats and microphones."""

    @strawberry.mutation(
        description="Raises a hand: joins the queue for a seat. For listeners; asking twice is one request."
    )
    async def request_to_speak(
        self, info: Info, input: Annotated[RequestToSpeakInput, strawberry.argument(description="Which Space.")]
    ) -> RequestToSpeakPayload:
        stage, space_id = info.context.use_cases.stage, key(Space, input.space_id, "spaceId")
        return await changed(info, RequestToSpeakPayload, stage.request_to_speak(info.context.actor, space_id))

    @strawberry.mutation(description="Takes the viewer's hand down.")
    async def cancel_speak_request(
        self, info: Info, input: Annotated[CancelSpeakRequestInput, strawberry.argument(description="Which Space.")]
    ) -> CancelSpeakRequestPayload:
        stage, space_id = info.context.use_cases.stage, key(Space, input.space_id, "spaceId")
        return await changed(info, CancelSpeakRequestPayload, stage.cancel_request(info.context.actor, space_id))

    @strawberry.mutation(
        description="Grants a seat to someone in the queue, muted. For host and co-hosts, in any order."
    )
    async def accept_speak_request(
        self, info: Info, input: Annotated[AcceptSpeakRequestInput, strawberry.argument(description="The request.")]
    ) -> AcceptSpeakRequestPayload:
        stage, space_id = info.context.use_cases.stage, key(Space, input.space_id, "spaceId")
        return await changed(
            info, AcceptSpeakRequestPayload, stage.accept_request(info.context.actor, space_id, input.request_id)
        )

    @strawberry.mutation(description="Takes someone out of the queue. For host and co-hosts.")
    async def decline_speak_request(
        self, info: Info, input: Annotated[DeclineSpeakRequestInput, strawberry.argument(description="The request.")]
    ) -> DeclineSpeakRequestPayload:
        stage, space_id = info.context.use_cases.stage, key(Space, input.space_id, "spaceId")
        return await changed(
            info, DeclineSpeakRequestPayload, stage.decline_request(info.context.actor, space_id, input.request_id)
        )

    @strawberry.mutation(
        description="Offers a seat to anyone with an account. For host and co-hosts; only the host invites co-hosts."
    )
    async def invite_to_stage(
        self, info: Info, input: Annotated[InviteToStageInput, strawberry.argument(description="Whom to invite.")]
    ) -> InviteToStagePayload:
        stage, space_id = info.context.use_cases.stage, key(Space, input.space_id, "spaceId")
        user_id, role = key(User, input.user_id, "userId"), roster.Role[input.role.name]
        return await changed(info, InviteToStagePayload, stage.invite(info.context.actor, space_id, user_id, role))

    @strawberry.mutation(
        description="Comes in and takes the offered seat in one step. Where the seat has gone meanwhile the viewer "
        "comes in as a listener: the payload has the Space, and SEAT_TAKEN among its errors."
    )
    async def accept_invitation(
        self, info: Info, input: Annotated[AcceptInvitationInput, strawberry.argument(description="The invitation.")]
    ) -> AcceptInvitationPayload:
        context, space_id = info.context, key(Space, input.space_id, "spaceId")
        space, errors = await outcome(
            context.use_cases.stage.accept_invitation(context.actor, space_id, input.invitation_id)
        )
        if any(one.code is ErrorCode.SEAT_TAKEN for one in errors):
            space = await context.use_cases.spaces.get(context.viewer_id, space_id)
        return AcceptInvitationPayload(space=context.shown(space) if space else None, user_errors=errors)

    @strawberry.mutation(description="Says no to an offered seat.")
    async def decline_invitation(
        self, info: Info, input: Annotated[DeclineInvitationInput, strawberry.argument(description="The invitation.")]
    ) -> DeclineInvitationPayload:
        stage, space_id = info.context.use_cases.stage, key(Space, input.space_id, "spaceId")
        return await changed(
            info, DeclineInvitationPayload, stage.decline_invitation(info.context.actor, space_id, input.invitation_id)
        )

    @strawberry.mutation(
        description="Takes an offered seat back that was not answered yet. For host and co-hosts; a co-host's only for "
        "the host."
    )
    async def revoke_invitation(
        self, info: Info, input: Annotated[RevokeInvitationInput, strawberry.argument(description="The invitation.")]
    ) -> RevokeInvitationPayload:
        stage, space_id = info.context.use_cases.stage, key(Space, input.space_id, "spaceId")
        return await changed(
            info, RevokeInvitationPayload, stage.revoke_invitation(info.context.actor, space_id, input.invitation_id)
        )

    @strawberry.mutation(
        description="Takes a seat back: the person listens again, and is no longer heard when this answers. "
        "For host and co-hosts; for oneself it is stepping down."
    )
    async def remove_from_stage(
        self, info: Info, input: Annotated[RemoveFromStageInput, strawberry.argument(description="Whose seat.")]
    ) -> RemoveFromStagePayload:
        stage, space_id = info.context.use_cases.stage, key(Space, input.space_id, "spaceId")
        return await changed(
            info, RemoveFromStagePayload, stage.remove(info.context.actor, space_id, key(User, input.user_id, "userId"))
        )

    @strawberry.mutation(description="Closes or opens the viewer's own microphone.")
    async def set_muted(
        self, info: Info, input: Annotated[SetMutedInput, strawberry.argument(description="Closed or open.")]
    ) -> SetMutedPayload:
        stage, space_id = info.context.use_cases.stage, key(Space, input.space_id, "spaceId")
        return await changed(info, SetMutedPayload, stage.set_muted(info.context.actor, space_id, input.muted))

    @strawberry.mutation(description="Closes someone's microphone; only they can open it again. For host and co-hosts.")
    async def mute_participant(
        self, info: Info, input: Annotated[MuteParticipantInput, strawberry.argument(description="Whose microphone.")]
    ) -> MuteParticipantPayload:
        stage, space_id = info.context.use_cases.stage, key(Space, input.space_id, "spaceId")
        return await changed(
            info, MuteParticipantPayload, stage.mute(info.context.actor, space_id, key(User, input.user_id, "userId"))
        )

    @strawberry.mutation(
        description="Closes every other microphone on the stage. For the host; for co-hosts, those of the speakers."
    )
    async def mute_all(
        self, info: Info, input: Annotated[MuteAllInput, strawberry.argument(description="Which Space.")]
    ) -> MuteAllPayload:
        stage, space_id = info.context.use_cases.stage, key(Space, input.space_id, "spaceId")
        return await changed(info, MuteAllPayload, stage.mute_all(info.context.actor, space_id))
