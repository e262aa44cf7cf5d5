"""Removals: putting people out of a Space, and letting them in again."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.domain import evictions
from resolvers.arguments import key
from resolvers.context import Info
from resolvers.payloads import changed
from resolvers.reports import complaint
from schema.people import User
from schema.removals import (
    ReadmitParticipantInput,
    ReadmitParticipantPayload,
    RemoveParticipantInput,
    RemoveParticipantPayload,
)
from schema.spaces import Space


@strawberry.type
class RemovalMutation:
    """Who may not be in a Space."""

    @strawberry.mutation(
        description="Puts a person out of a Space for good, in one act: seat, raised hand, invitation and sound go, "
        "their streams of it close with the code REMOVED_FROM_SPACE, and by that code they cannot come back, nor "
        "listen by an old address. For host and co-hosts, who cannot remove the host or the other co-host. "
        "Repeating it adds nothing."
    )
    async def remove_participant(
        self, info: Info, input: Annotated[RemoveParticipantInput, strawberry.argument(description="Whom.")]
    ) -> RemoveParticipantPayload:
        command = info.context.use_cases.removals.remove(
            info.context.actor,
            key(Space, input.space_id, "spaceId"),
            key(User, input.user_id, "userId"),
            evictions.RemovalAction[input.action.name],
            complaint=complaint(input.report) if input.report else None,
            reason=input.reason,
        )
        return await changed(info, RemoveParticipantPayload, command)

    @strawberry.mutation(
        description="Lets a person who was removed come back; a block stays. For the host, and for co-hosts where "
        "nobody else removed that person."
    )
    async def readmit_participant(
        self, info: Info, input: Annotated[ReadmitParticipantInput, strawberry.argument(description="Whom.")]
    ) -> ReadmitParticipantPayload:
        removals, space_id = info.context.use_cases.removals, key(Space, input.space_id, "spaceId")
        user_id = key(User, input.user_id, "userId")
        return await changed(info, ReadmitParticipantPayload, removals.readmit(info.context.actor, space_id, user_id))
