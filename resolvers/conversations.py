"""Conversations: reading them."""

from __future__ import annotations

from typing import Annotated

import strawberry

from resolvers import mapping
from resolvers.arguments import key
from resolvers.context import Info
from resolvers.payloads import outcome
from schema.conversations import MarkConversationReadInput, MarkConversationReadPayload
from schema.messages import DirectMessage
from schema.people import User


@strawberry.type
class ConversationMutation:
    """Reading."""

    @strawberry.mutation(
        description="Takes everything in a conversation up to a message as read, for the viewer alone: their other "
        "devices hear of it by `viewerEvents`, the other person does not. What was read stays read, whatever comes "
        "later or twice."
    )
    async def mark_conversation_read(
        self,
        info: Info,
        input: Annotated[MarkConversationReadInput, strawberry.argument(description="Which, and up to where.")],
    ) -> MarkConversationReadPayload:
        other_id, message_id = key(User, input.user_id, "userId"), key(DirectMessage, input.message_id, "messageId")
        mark = info.context.use_cases.conversations.mark_read
        found, errors = await outcome(mark(info.context.actor, other_id, message_id))
        return MarkConversationReadPayload(
            conversation=mapping.conversation(found) if found else None, user_errors=errors
        )
