"""Messages: what people tell each other alone, and telling others of a Space."""

from __future__ import annotations

from datetime import datetime

import strawberry
from strawberry import relay

from schema.context import Info
from schema.inputs import KEY_DESCRIPTION, InSpaceInput
from schema.payloads import Payload
from schema.people import User
from schema.posts import Card, CardKind, Post, UnavailableCard


@strawberry.type(description="What one person told another alone. Its two people see it, and nobody else.")
class DirectMessage(relay.Node):
    """A message as one of its people sees it."""

    key: relay.NodeID[str]
    text: str = strawberry.field(description="Up to 1000 characters; empty only above a card.")
    created_at: datetime = strawberry.field(description="When it was sent.")
    sender_key: strawberry.Private[str]
    recipient_key: strawberry.Private[str]
    space_key: strawberry.Private[str | None]

    @strawberry.field(description="Who sent it.")
    async def sender(self, info: Info) -> User:
        return await info.context.user(self.sender_key)

    @strawberry.field(description="Who received it.")
    async def recipient(self, info: Info) -> User:
        return await info.context.user(self.recipient_key)

    @strawberry.field(description="The Space that it tells of; null if it tells of none.")
    async def card(self, info: Info) -> Card | None:
        if self.space_key is None:
            return None
        return await info.context.card(CardKind.SPACE, self.space_key) or UnavailableCard(kind=CardKind.SPACE)


@strawberry.input(description="A direct message.")
class SendDirectMessageInput:
    """A direct message."""

    user_ids: list[relay.GlobalID] = strawberry.field(description="1 to 20 people; each gets a message of their own.")
    text: str = strawberry.field(description="1 to 1000 characters.")
    idempotency_key: str | None = strawberry.field(description=KEY_DESCRIPTION, default=None)


@strawberry.type(description="What `sendDirectMessage` answers.")
class SendDirectMessagePayload(Payload):
    """What `sendDirectMessage` answers."""

    messages: list[DirectMessage] = strawberry.field(
        description="One for each person, in their order; none where a rule said no.", default_factory=list
    )


@strawberry.input(description="A Post with the Space's card.")
class ShareAsPostInput:
    """A Post with the Space's card."""

    text: str = strawberry.field(description="What to say of it, up to 280 characters.", default="")


@strawberry.input(description="A direct message with the Space's card.")
class ShareAsMessageInput:
    """A direct message with the Space's card."""

    user_ids: list[relay.GlobalID] = strawberry.field(description="1 to 20 people; each gets a message of their own.")
    text: str = strawberry.field(description="What to say of it, up to 1000 characters.", default="")


@strawberry.input(one_of=True, description="How to tell others of a Space: one of these.")
class ShareSpaceAsInput:
    """How to tell others of a Space."""

    post: ShareAsPostInput | None = strawberry.field(
        description="To everyone who follows the viewer, by a Post.", default=strawberry.UNSET
    )
    message: ShareAsMessageInput | None = strawberry.field(
        description="To named people, by direct messages.", default=strawberry.UNSET
    )
    link: bool | None = strawberry.field(
        description="True: nothing is sent; the answer has the link. For everyone who may see the Space, without an "
        "account too.",
        default=strawberry.UNSET,
    )


@strawberry.input(description="Which Space to tell others of, and how.")
class ShareSpaceInput(InSpaceInput):
    """Which Space to tell others of, and how."""

    form: ShareSpaceAsInput = strawberry.field(name="as", description="How.")
    idempotency_key: str | None = strawberry.field(description=KEY_DESCRIPTION, default=None)


@strawberry.type(description="What `shareSpace` answers.")
class ShareSpacePayload(Payload):
    """What `shareSpace` answers."""

    url: str | None = strawberry.field(
        description="The Space's public address; null where a rule said no.", default=None
    )
    post: Post | None = strawberry.field(description="The Post, if it was one.", default=None)
    messages: list[DirectMessage] = strawberry.field(
        description="The direct messages, if that is how, in the order of their people.", default_factory=list
    )
