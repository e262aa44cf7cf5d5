"""What the links between types may ask of the running request; the resolvers implement it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, TypeAlias

import strawberry
from strawberry import relay

if TYPE_CHECKING:
    from schema.audio import Audio
    from schema.capabilities import Capability
    from schema.clips import Clip
    from schema.conversations import Conversation, ConversationKeys
    from schema.defaults import SpaceDefaults
    from schema.feedback import Feedback, FeedbackSummary
    from schema.messages import DirectMessage
    from schema.pages import Connection, Page
    from schema.people import Profile, Settings, User
    from schema.posts import CardKind, Post, SharedPost
    from schema.reactions import ReactionCount
    from schema.recordings import Recording
    from schema.removals import Removal
    from schema.schedules import Reminder
    from schema.space_bar import SpaceBarEntry
    from schema.spaces import Space
    from schema.stage import Invitation, SpeakRequest
    from schema.transcripts import Phrase

Stretch: TypeAlias = tuple[str, int, int]
"""A Space's id, and from which to which ms of its recording."""


class Context(Protocol):
    """One running request. Every lookup is batched with those of the same moment."""

    async def profile(self, user_id: str) -> Profile:
        """What only the account of a user knows."""

    async def user(self, user_id: str) -> User:
        """A user who is known to exist."""

    async def viewer_follows(self, user_id: str) -> bool:
        """Whether the viewer follows this user."""

    async def viewer_blocks(self, user_id: str) -> bool:
        """Whether the viewer blocks this user."""

    async def viewer_mutes(self, user_id: str) -> bool:
        """Whether the viewer mutes this user."""

    def viewer_is_operator(self) -> bool:
        """Whether the viewer is one of the server's operators."""

    async def space(self, space_id: str) -> Space | None:
        """A Space, as far as the viewer may see it."""

    async def find_user(self, user_id: str) -> User | None:
        """A user, if there is one of this id."""

    async def clip(self, clip_id: str) -> Clip | None:
        """A clip, as far as the viewer may see it."""

    async def card(self, kind: CardKind, item_id: str) -> Space | Clip | Post | None:
        """What a card shows, as far as the viewer may see it."""

    async def post(self, post_id: str) -> Post | None:
        """A Post, as far as the viewer may see it."""

    async def shared_post(self, post_id: str) -> Post | None:
        """A Post as a Space shows it, the same for all; None if it was deleted."""

    async def message(self, message_id: str) -> DirectMessage | None:
        """A direct message, if there is one of this id that the viewer sent or received."""

    async def posts(self, user_id: str, page: Page) -> Connection[Post]:
        """What a user wrote."""

    async def direct_messages(self, other_id: relay.GlobalID | None, page: Page) -> Connection[DirectMessage]:
        """What the viewer sent and received; to and from one other person, if that is said."""

    async def conversations(self, page: Page) -> Connection[Conversation]:
        """With whom the viewer writes."""

    async def viewer_conversation(self, user_id: str) -> Conversation | None:
        """The viewer's conversation with a user; None if there is none."""

    async def conversation(self, key: str) -> Conversation | None:
        """The conversation of this key, if it is one of the viewer's."""

    async def unread_count(self, keys: ConversationKeys) -> int:
        """How many messages of a conversation the viewer has not read."""

    async def unread_conversation_count(self) -> int:
        """How many conversations have something that the viewer has not read."""

    async def invitations(self, page: Page) -> Connection[Invitation]:
        """The viewer's pending invitations, over all Spaces."""

    async def space_defaults(self) -> SpaceDefaults:
        """What the viewer's new Spaces are by default."""

    async def recordings(self, page: Page) -> Connection[Space]:
        """The viewer's Spaces that have ended and keep a recording."""

    def calendar_url(self, user_id: str) -> str:
        """Where calendar apps find the Spaces that a user schedules."""

    async def scheduled_spaces(self, user_id: str, page: Page) -> Connection[Space]:
        """The Spaces that a user has scheduled, as far as the viewer may see them."""

    async def reminders(self, page: Page) -> Connection[Reminder]:
        """Of which Spaces the viewer is to be reminded."""

    async def blocks(self, page: Page) -> Connection[User]:
        """Whom the viewer blocks."""

    async def settings(self) -> Settings:
        """What the viewer has chosen for themselves."""

    async def space_bar(self, page: Page) -> Connection[SpaceBarEntry]:
        """The live Spaces that people whom the viewer follows are in."""

    async def words_of(self, stretch: Stretch) -> Sequence[Phrase]:
        """What was said in some seconds of a Space."""


class SpaceLinks(Protocol):
    """What leads from one Space to things that are not part of it, for one viewer."""

    async def listeners(self, page: Page) -> Connection[User]: ...

    async def clips(self, page: Page) -> Connection[Clip]: ...

    def shared_posts(self, page: Page) -> Connection[SharedPost]: ...

    def speak_requests(self, page: Page) -> Connection[SpeakRequest] | None: ...

    def invitations(self, page: Page) -> Connection[Invitation] | None: ...

    async def reaction_counts(self) -> Sequence[ReactionCount]: ...

    async def viewer_is_participant(self) -> bool: ...

    async def viewer_has_reminder(self) -> bool: ...

    async def reminder_count(self) -> int | None: ...

    async def viewer_capabilities(self) -> list[Capability]: ...

    async def viewer_blocked_speakers(self) -> list[User]: ...

    async def viewer_feedback(self) -> Feedback | None: ...

    async def feedback_summary(self) -> FeedbackSummary | None: ...

    async def removals(self, page: Page) -> Connection[Removal] | None: ...

    async def audio(self) -> Audio | None: ...

    async def recording(self) -> Recording | None: ...

    async def transcript(self, page: Page) -> Connection[Phrase] | None: ...


Info: TypeAlias = strawberry.Info[Context, None]
