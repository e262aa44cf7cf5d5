"""Posts: what people write for those who follow them, and what of it is shown in a Space."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Annotated, TypeAlias

import strawberry
from strawberry import relay

from schema.clips import Clip
from schema.context import Info
from schema.inputs import KEY_DESCRIPTION, InSpaceInput
from schema.marks import FOR_ALL, PER_VIEWER
from schema.payloads import Payload, SpacePayload
from schema.people import User
from schema.spaces import Space


@strawberry.enum(description="What a card shows.")
class CardKind(Enum):
    """What a card shows."""

    SPACE = strawberry.enum_value("SPACE", description="A Space.")
    CLIP = strawberry.enum_value("CLIP", description="A clip.")
    POST = strawberry.enum_value("POST", description="Another Post: a quote.")


@strawberry.type(description="A card of something that is gone since, or that is not for the viewer to see.")
class UnavailableCard:
    """A card of something that is gone, or not for the viewer to see."""

    kind: CardKind = strawberry.field(description="What it showed.")


@strawberry.type(description="Something that a person wrote for those who follow them. It never changes.")
class Post(relay.Node):
    """A Post as one viewer sees it."""

    key: relay.NodeID[str]
    text: str = strawberry.field(
        description="Up to 280 characters (Unicode code points, composed as NFC); empty only above a card.",
        metadata=FOR_ALL,
    )
    created_at: datetime = strawberry.field(description="When it was written.", metadata=FOR_ALL)
    author_key: strawberry.Private[str]
    known_author: strawberry.Private[User | None]
    card_kind: strawberry.Private[CardKind | None]
    card_key: strawberry.Private[str]

    @strawberry.field(description="Who wrote it.", metadata=FOR_ALL)
    async def author(self, info: Info) -> User:
        return self.known_author or await info.context.user(self.author_key)

    @strawberry.field(description="What stands below the text; null if nothing does.", metadata=PER_VIEWER)
    async def card(self, info: Info) -> Card | None:
        if self.card_kind is None:
            return None
        return await info.context.card(self.card_kind, self.card_key) or UnavailableCard(kind=self.card_kind)


Card: TypeAlias = Annotated[
    Space | Clip | Post | UnavailableCard,
    strawberry.union("Card", description="What stands below a Post or a direct message."),
]


@strawberry.type(description="A Post that is shown to all in a Space.")
class SharedPost:
    """A Post that is shown to all in a Space."""

    shared_by: User = strawberry.field(description="Who showed it.", metadata=FOR_ALL)
    shared_at: datetime = strawberry.field(description="Since when it is shown.", metadata=FOR_ALL)
    post_key: strawberry.Private[str]
    known_post: strawberry.Private[Post | None]

    @strawberry.field(
        description="The Post, the same for all who see the Space; null if it is deleted. A live Space then shows it "
        "no longer, one that has ended goes on saying that there was one.",
        metadata=FOR_ALL,
    )
    async def post(self, info: Info) -> Post | None:
        return self.known_post or await info.context.shared_post(self.post_key)


@strawberry.input(one_of=True, description="What to show below a Post: one of these.")
class CardInput:
    """What to show below a Post."""

    space_id: relay.GlobalID | None = strawberry.field(
        description="A Space that the viewer may share now (`viewerCapabilities`: SHARE).", default=strawberry.UNSET
    )
    clip_id: relay.GlobalID | None = strawberry.field(description="A published clip.", default=strawberry.UNSET)
    post_id: relay.GlobalID | None = strawberry.field(description="A Post to quote.", default=strawberry.UNSET)


@strawberry.input(description="A new Post.")
class CreatePostInput:
    """A new Post."""

    text: str = strawberry.field(description="Up to 280 characters; may be empty above a card.", default="")
    card: CardInput | None = strawberry.field(description="What to show below it; null: nothing.", default=None)
    idempotency_key: str | None = strawberry.field(description=KEY_DESCRIPTION, default=None)


@strawberry.type(description="What `createPost` answers.")
class CreatePostPayload(Payload):
    """What `createPost` answers."""

    post: Post | None = strawberry.field(description="The new Post; null where a rule said no.", default=None)


@strawberry.input(description="The Post to delete.")
class DeletePostInput:
    """The Post to delete."""

    post_id: relay.GlobalID = strawberry.field(description="A Post of the viewer's.")


@strawberry.type(description="What `deletePost` answers.")
class DeletePostPayload(Payload):
    """What `deletePost` answers."""

    deleted_post_id: relay.GlobalID | None = strawberry.field(
        description="The id that there was; null where a rule said no.", default=None
    )


@strawberry.input(description="The Post to show in a Space.")
class SharePostToSpaceInput(InSpaceInput):
    """The Post to show in a Space."""

    post_id: relay.GlobalID = strawberry.field(description="Any Post, the viewer's or another's.")


@strawberry.type(description="What `sharePostToSpace` answers.")
class SharePostToSpacePayload(SpacePayload):
    """What `sharePostToSpace` answers."""


@strawberry.input(description="The Post to show in a Space no longer.")
class UnsharePostInput(InSpaceInput):
    """The Post to show in a Space no longer."""

    post_id: relay.GlobalID = strawberry.field(description="A Post that the Space shows.")


@strawberry.type(description="What `unsharePost` answers.")
class UnsharePostPayload(SpacePayload):
    """What `unsharePost` answers."""
