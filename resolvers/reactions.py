"""Reactions: sending them."""

from __future__ import annotations

from typing import Annotated

import strawberry

from resolvers.arguments import key
from resolvers.context import Info
from resolvers.payloads import outcome
from schema.inputs import SendReactionInput
from schema.payloads import SendReactionPayload
from schema.spaces import Space


@strawberry.type
class ReactionMutation:
    """Reactions."""

    @strawberry.mutation(description="Sends a silent emoji. For anyone in a live Space, at most 5 a second.")
    async def send_reaction(
        self, info: Info, input: Annotated[SendReactionInput, strawberry.argument(description="The reaction.")]
    ) -> SendReactionPayload:
        reactions, space_id = info.context.use_cases.reactions, key(Space, input.space_id, "spaceId")
        _, errors = await outcome(reactions.send(info.context.actor, space_id, input.emoji, input.idempotency_key))
        return SendReactionPayload(emoji=None if errors else input.emoji, user_errors=errors)
