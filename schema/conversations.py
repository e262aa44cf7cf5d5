"""Conversations: with whom the viewer writes, and how far they have read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import strawberry
from strawberry import relay

from schema.context import Info
from schema.messages import DirectMessage
from schema.payloads import Payload
from schema.people import User


@dataclass(frozen=True, slots=True)
class ConversationKeys:
    """What leads on from a conversation. `state` is the application's own, and only handed back to it."""

    other: str
    newest: str
    read_up_to: str | None
    state: Any


@strawberry.type(
    description="What the viewer and one other person wrote each other, as the viewer finds it: how far one has read "
    "is not told to the other. It stays when one of them blocks the other."
)
class Conversation(relay.Node):
    """A conversation as one of its two people finds it."""

    key: relay.NodeID[str]
    updated_at: datetime = strawberry.field(description="When the newest message was sent.")
    keys: strawberry.Private[ConversationKeys]

    @strawberry.field(description="The other person.")
    async def user(self, info: Info) -> User:
        return await info.context.user(self.keys.other)

    @strawberry.field(description="The newest message of the two; null only if it is gone.")
    async def last_message(self, info: Info) -> DirectMessage | None:
        return await info.context.message(self.keys.newest)

    @strawberry.field(
        description="How many messages of the other the viewer has not read; 100 stands for 100 and more."
    )
    async def unread_count(self, info: Info) -> int:
        return await info.context.unread_count(self.keys)

    @strawberry.field(
        description="The message up to which the viewer has read, of either person; null if they have read none, or if "
        "it is gone. Messages from before the server counted are read."
    )
    async def read_up_to(self, info: Info) -> DirectMessage | None:
        return await info.context.message(self.keys.read_up_to) if self.keys.read_up_to else None


@strawberry.input(description="Up to which message a conversation is read.")
class MarkConversationReadInput:
    """Up to which message a conversation is read."""

    user_id: relay.GlobalID = strawberry.field(description="The other person of the conversation.")
    message_id: relay.GlobalID = strawberry.field(
        description="The newest message of it that the viewer has seen, of either person."
    )


@strawberry.type(description="What `markConversationRead` answers.")
class MarkConversationReadPayload(Payload):
    """What `markConversationRead` answers."""

    conversation: Conversation | None = strawberry.field(
        description="The conversation as it is now, read at least up to there; null where a rule said no.", default=None
    )
