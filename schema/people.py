"""People: users as everyone sees them, and the viewer who asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry import relay

from schema.context import Info
from schema.marks import FOR_ALL, PER_VIEWER
from schema.pages import After, Before, Connection, First, Last, Page

if TYPE_CHECKING:
    from schema.conversations import Conversation
    from schema.defaults import SpaceDefaults
    from schema.messages import DirectMessage
    from schema.posts import Post
    from schema.schedules import Reminder
    from schema.space_bar import SpaceBarEntry
    from schema.spaces import Space
    from schema.stage import Invitation


@dataclass(frozen=True, slots=True)
class Profile:
    """What a Space does not know of its people."""

    bio: str
    created_at: datetime
    follower_count: int
    following_count: int


@strawberry.type(description="A person with an account.")
class User(relay.Node):
    """A person. Made from what a Space shows of people, the profile is fetched only if asked for."""

    key: relay.NodeID[str]
    handle: str = strawberry.field(
        description="Unique without regard to case: 3 to 15 of `A-Za-z0-9_`.", metadata=FOR_ALL
    )
    display_name: str = strawberry.field(description="The name shown to people, 1 to 50 characters.", metadata=FOR_ALL)
    known_profile: strawberry.Private[Profile | None] = None

    @strawberry.field(description="What the person says of themselves; empty if nothing.", metadata=FOR_ALL)
    async def bio(self, info: Info) -> str:
        return (await self._profile(info)).bio

    @strawberry.field(description="When the account was made.", metadata=FOR_ALL)
    async def created_at(self, info: Info) -> datetime:
        return (await self._profile(info)).created_at

    @strawberry.field(description="How many follow this person.", metadata=FOR_ALL)
    async def follower_count(self, info: Info) -> int:
        return (await self._profile(info)).follower_count

    @strawberry.field(description="How many this person follows.", metadata=FOR_ALL)
    async def following_count(self, info: Info) -> int:
        return (await self._profile(info)).following_count

    @strawberry.field(description="Whether the viewer follows this person.", metadata=PER_VIEWER)
    async def viewer_follows(self, info: Info) -> bool:
        return await info.context.viewer_follows(self.key)

    @strawberry.field(description="Whether the viewer blocks this person; nobody else is told.", metadata=PER_VIEWER)
    async def viewer_blocks(self, info: Info) -> bool:
        return await info.context.viewer_blocks(self.key)

    @strawberry.field(description="Whether the viewer mutes this person; nobody else is told.", metadata=PER_VIEWER)
    async def viewer_mutes(self, info: Info) -> bool:
        return await info.context.viewer_mutes(self.key)

    @strawberry.field(
        description="The viewer's conversation with this person; null if they wrote each other nothing.",
        metadata=PER_VIEWER,
    )
    async def viewer_conversation(
        self, info: Info
    ) -> Annotated[Conversation, strawberry.lazy("schema.conversations")] | None:
        return await info.context.viewer_conversation(self.key)

    @strawberry.field(
        description="What this person wrote, the newest first; nothing for whom they block.", metadata=PER_VIEWER
    )
    async def posts(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Annotated[Post, strawberry.lazy("schema.posts")]]:
        return await info.context.posts(self.key, Page(first, after, last, before))

    @strawberry.field(
        description="The person's Spaces that are SCHEDULED, the soonest first. None for whom the person blocks.",
        metadata=PER_VIEWER,
    )
    async def scheduled_spaces(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Annotated[Space, strawberry.lazy("schema.spaces")]]:
        return await info.context.scheduled_spaces(self.key, Page(first, after, last, before))

    @strawberry.field(
        description="The address, for calendar apps to subscribe to, of the Spaces that the person schedules: as "
        "iCalendar (RFC 5545), with every change, and those canceled of late as such.",
        metadata=FOR_ALL,
    )
    def ics_url(self, info: Info) -> str:
        return info.context.calendar_url(self.key)

    async def _profile(self, info: Info) -> Profile:
        return self.known_profile or await info.context.profile(self.key)


@strawberry.type(description="What a person has chosen for themselves.")
class Settings:
    """What a person has chosen for themselves."""

    listening_visibility: bool = strawberry.field(
        description="Whether followers may see in their space bars where this person listens; off unless turned on."
    )


@strawberry.type(description="The person whose token the request carries, and what is theirs alone.")
class Viewer:
    """The person who asks."""

    user: User = strawberry.field(description="The viewer as everyone sees them.")

    @strawberry.field(
        description="Whether the server's configuration names the viewer as an operator: one who reads `reports`, and "
        "may end any Space."
    )
    def is_operator(self, info: Info) -> bool:
        return info.context.viewer_is_operator()

    @strawberry.field(description="The viewer's pending invitations to stages, the newest first.")
    async def invitations(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Annotated[Invitation, strawberry.lazy("schema.stage")]]:
        return await info.context.invitations(Page(first, after, last, before))

    @strawberry.field(description="Whom the viewer blocks, the newest block first.")
    async def blocks(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[User]:
        return await info.context.blocks(Page(first, after, last, before))

    @strawberry.field(description="What the viewer has chosen for themselves.")
    async def settings(self, info: Info) -> Settings:
        return await info.context.settings()

    @strawberry.field(
        description="The live Spaces in which someone the viewer follows is host, co-host or speaker, or listens and "
        "lets it be seen; that which started last first, 200 at most. Nobody whom the viewer mutes counts, nor is a "
        "Space shown whose host the viewer mutes or blocks, or who blocks the viewer. Of whom the viewer follows the "
        "10 000 followed last count. `spaceBarUpdated` streams it."
    )
    async def space_bar(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Annotated[SpaceBarEntry, strawberry.lazy("schema.space_bar")]]:
        return await info.context.space_bar(Page(first, after, last, before))

    @strawberry.field(description="What the viewer's new Spaces are, as far as they say nothing else.")
    async def space_defaults(self, info: Info) -> Annotated[SpaceDefaults, strawberry.lazy("schema.defaults")]:
        return await info.context.space_defaults()

    @strawberry.field(
        description="The viewer's history: the Spaces they hosted that have ended and keep a recording, the newest end "
        "first."
    )
    async def recordings(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Annotated[Space, strawberry.lazy("schema.spaces")]]:
        return await info.context.recordings(Page(first, after, last, before))

    @strawberry.field(description="What the viewer sent and received, the newest first.")
    async def direct_messages(
        self,
        info: Info,
        with_user: Annotated[
            relay.GlobalID | None,
            strawberry.argument(name="with", description="Only those to and from this user; null: all."),
        ] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Annotated[DirectMessage, strawberry.lazy("schema.messages")]]:
        return await info.context.direct_messages(with_user, Page(first, after, last, before))

    @strawberry.field(description="With whom the viewer writes, the conversation with the newest message first.")
    async def conversations(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Annotated[Conversation, strawberry.lazy("schema.conversations")]]:
        return await info.context.conversations(Page(first, after, last, before))

    @strawberry.field(
        description="How many conversations have something that the viewer has not read; 100 stands for 100 and more. "
        "Those with people whom the viewer mutes or blocks do not count. It changes with `DirectMessageReceived` and "
        "`ConversationRead` of `viewerEvents`."
    )
    async def unread_conversation_count(self, info: Info) -> int:
        return await info.context.unread_conversation_count()

    @strawberry.field(description="Of which Spaces to come the viewer asked to be reminded, the newest wish first.")
    async def reminders(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Annotated[Reminder, strawberry.lazy("schema.schedules")]]:
        return await info.context.reminders(Page(first, after, last, before))
