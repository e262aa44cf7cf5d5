"""The context: one running request, with its viewer and its batched lookups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

import strawberry
from strawberry.relay import GlobalID

from app.domain import clips, spaces
from app.domain.actions import ClipAction
from app.domain.people import Account
from app.domain.permissions import may
from app.domain.roster import Person
from app.domain.space_bar import Entry, place
from app.domain.standing import ANONYMOUS, Standing
from app.services.pages import part
from app.services.ports import Clock
from app.services.reminders import reminder_key
from app.services.schedules import start_key
from app.services.spaces import end_key
from app.services.stores import Stretch
from app.services.streams import StreamsOfSpaces
from app.services.use_cases import UseCases
from app.services.viewers import Viewer
from resolvers import mapping
from resolvers.arguments import connection, cursor, key, moment_key, window
from resolvers.at_hand import Found
from resolvers.faults import NotAuthenticated
from resolvers.links import Links
from resolvers.loaders import Loaders
from schema.clips import Clip
from schema.context import Context
from schema.conversations import Conversation, ConversationKeys
from schema.defaults import SpaceDefaults
from schema.messages import DirectMessage
from schema.pages import Connection, Page
from schema.people import Profile, Settings, User
from schema.posts import CardKind, Post
from schema.reports import Report
from schema.schedules import Reminder
from schema.space_bar import SpaceBarEntry
from schema.spaces import Space
from schema.stage import Invitation
from schema.transcripts import Phrase


class RequestContext(Context):
    """What the schema's links ask. Lookups are batched, never remembered: a subscription may live for hours."""

    def __init__(
        self, use_cases: UseCases, viewer: Viewer | None, *, address: str, public_url: str, clock: Clock
    ) -> None:
        self.use_cases = use_cases
        self.viewer = viewer
        self.address = address
        self.clock = clock
        self._public_url = public_url
        self.load = Loaders(use_cases, viewer)
        self.streams: StreamsOfSpaces = use_cases.streams

    @property
    def viewer_id(self) -> str | None:
        """The viewer's id; None: anonymous."""
        return self.viewer.person.id if self.viewer else None

    @property
    def standing(self) -> Standing:
        """How the viewer stands to any object, as far as that is known without asking."""
        return self.viewer.standing if self.viewer else ANONYMOUS

    @property
    def actor(self) -> Person:
        """The person who acts. Raises `NotAuthenticated` for an anonymous request."""
        return self.authenticated.person

    @property
    def authenticated(self) -> Viewer:
        """The viewer, who has an account. Raises `NotAuthenticated` for an anonymous request."""
        if self.viewer is None:
            raise NotAuthenticated
        return self.viewer

    async def profile(self, user_id: str) -> Profile:
        """What only the account of a user knows."""
        return mapping.profile(await self._account(user_id))

    async def user(self, user_id: str) -> User:
        """A user who is known to exist."""
        return mapping.user_of(await self._account(user_id))

    async def viewer_follows(self, user_id: str) -> bool:
        """Whether the viewer follows this user."""
        return self.viewer is not None and await self.load.followed.load(user_id)

    async def viewer_blocks(self, user_id: str) -> bool:
        """Whether the viewer blocks this user."""
        return self.viewer is not None and await self.load.blocked.load(user_id)

    async def viewer_mutes(self, user_id: str) -> bool:
        """Whether the viewer mutes this user."""
        return self.viewer is not None and await self.load.muted.load(user_id)

    def viewer_is_operator(self) -> bool:
        """Whether the viewer is one of the server's operators."""
        return self.standing.is_operator

    async def space(self, space_id: str) -> Space | None:
        """A Space, as far as the viewer may see it."""
        found = self.use_cases.spaces.at_hand(self.viewer_id, space_id) or await self.load.spaces.load(space_id)
        return self.shown(found) if found else None

    def space_at_hand(self, space_id: str) -> Found | None:
        """The same without asking, where this process keeps up with it. It is shown anew when it or a voice changes."""
        space = self.use_cases.spaces.at_hand(self.viewer_id, space_id)
        return Found((space, self.use_cases.voices.now(space_id)), lambda: self.shown(space)) if space else None

    async def find_user(self, user_id: str) -> User | None:
        """A user, if there is one of this id."""
        account = await self.load.accounts.load(user_id)
        return mapping.user_of(account) if account else None

    async def clip(self, clip_id: str) -> Clip | None:
        """A clip, if there is one of this id."""
        found = await self.load.clips.load(clip_id)
        return self.shown_clip(found) if found else None

    async def report(self, report_id: str) -> Report | None:
        """A report, if there is one of this id and the viewer is an operator."""
        found = await self.load.reports.load(report_id)
        return mapping.report(found) if found else None

    async def post(self, post_id: str) -> Post | None:
        """A Post, if there is one of this id that the viewer may see."""
        found = await self.load.posts.load(post_id)
        return mapping.post(found) if found else None

    async def shared_post(self, post_id: str) -> Post | None:
        """A Post as a Space shows it."""
        found = await self.load.shared_posts.load(post_id)
        return mapping.post(found) if found else None

    async def message(self, message_id: str) -> DirectMessage | None:
        """A direct message, if there is one of this id that the viewer sent or received."""
        found = await self.load.messages.load(message_id)
        return mapping.direct_message(found) if found else None

    async def card(self, kind: CardKind, item_id: str) -> Space | Clip | Post | None:
        """What a card shows, as far as the viewer may see it."""
        match kind:
            case CardKind.SPACE:
                return await self.space(item_id)
            case CardKind.CLIP:
                return await self.clip(item_id)
            case CardKind.POST:
                return await self.post(item_id)

    async def posts(self, user_id: str, page: Page) -> Connection[Post]:
        """What a user wrote, the newest first."""
        found = await self.use_cases.posts.of_author(self.viewer_id, user_id, window(page, moment_key))
        return connection(found, page, node=mapping.post, cursor_of=lambda one: cursor(*one.place))

    async def direct_messages(self, other_id: GlobalID | None, page: Page) -> Connection[DirectMessage]:
        """What the viewer sent and received, the newest first."""
        other = key(User, other_id, "with") if other_id else None
        found = await self.use_cases.messages.page(self.actor, window(page, moment_key), other_id=other)
        return connection(found, page, node=mapping.direct_message, cursor_of=lambda one: cursor(*one.place))

    async def conversations(self, page: Page) -> Connection[Conversation]:
        """With whom the viewer writes, the newest message first."""
        found = await self.use_cases.conversations.page(self.actor, window(page, moment_key))
        return connection(found, page, node=mapping.conversation, cursor_of=lambda one: cursor(*one.place))

    async def viewer_conversation(self, user_id: str) -> Conversation | None:
        """The viewer's conversation with a user; None if there is none."""
        found = await self.load.conversations.load(user_id) if self.viewer else None
        return mapping.conversation(found) if found else None

    async def conversation(self, key: str) -> Conversation | None:
        """The conversation of this key, if it is one of the viewer's."""
        other_id = mapping.other_in(key, self.viewer_id)
        return await self.viewer_conversation(other_id) if other_id else None

    async def unread_count(self, keys: ConversationKeys) -> int:
        """How many messages of a conversation the viewer has not read."""
        return await self.load.unread.load(keys.state)

    async def unread_conversation_count(self) -> int:
        """How many conversations have something that the viewer has not read."""
        return await self.use_cases.conversations.count_unread(self.actor)

    async def invitations(self, page: Page) -> Connection[Invitation]:
        """The viewer's pending invitations, over all Spaces."""
        found = [
            (space, invitation)
            for space in await self.use_cases.spaces.inviting(self.actor)
            if (invitation := space.invitation(self.actor.id))
        ]
        return connection(
            part(found, window(page, moment_key), key_of=lambda one: (one[1].sent_at, one[1].id), newest_first=True),
            page,
            node=lambda one: mapping.invitation(*one),
            cursor_of=lambda one: cursor(one[1].sent_at, one[1].id),
        )

    def calendar_url(self, user_id: str) -> str:
        """Where calendar apps find the Spaces that a user schedules."""
        return f"{self._public_url}/calendars/users/{user_id}.ics"

    async def scheduled_spaces(self, user_id: str, page: Page) -> Connection[Space]:
        """The Spaces that a user has scheduled, the soonest first."""
        return connection(
            part(await self.load.scheduled.load(user_id), window(page, moment_key), key_of=start_key),
            page,
            node=self.shown,
            cursor_of=lambda one: cursor(*start_key(one)),
        )

    async def reminders(self, page: Page) -> Connection[Reminder]:
        """Of which Spaces the viewer is to be reminded, the newest wish first."""
        return connection(
            await self.use_cases.reminders.page(self.actor, window(page, moment_key)),
            page,
            node=lambda one: Reminder(space=self.shown(one[1]), set_at=one[0].set_at),
            cursor_of=lambda one: cursor(*reminder_key(one)),
        )

    async def blocks(self, page: Page) -> Connection[User]:
        """Whom the viewer blocks, the newest block first."""
        found = await self.use_cases.blocks.page(self.actor, window(page, moment_key))
        return connection(
            found,
            page,
            node=lambda one: mapping.user_of(one[1]),
            cursor_of=lambda one: cursor(one[0], one[1].id),
        )

    async def settings(self) -> Settings:
        """What the viewer has chosen for themselves."""
        return mapping.settings(await self._account(self.actor.id))

    async def space_bar(self, page: Page) -> Connection[SpaceBarEntry]:
        """The live Spaces that people whom the viewer follows are in, the newest start first."""
        wanted = window(page, moment_key)
        found = await self.use_cases.space_bars.of(self.actor.id)
        return connection(
            part(found, wanted, key_of=place, newest_first=True),
            page,
            node=self.shown_in_bar,
            cursor_of=lambda one: cursor(*place(one)),
        )

    def shown_in_bar(self, entry: Entry) -> SpaceBarEntry:
        """An entry of the bar as the viewer sees it."""
        return mapping.space_bar_entry(entry, self.shown(entry.space))

    async def words_of(self, stretch: tuple[str, int, int]) -> Sequence[Phrase]:
        """What was said in some seconds of a Space."""
        return [mapping.phrase(one) for one in await self.load.words.load(Stretch(*stretch))]

    async def space_defaults(self) -> SpaceDefaults:
        """What the viewer's new Spaces are by default."""
        return mapping.space_defaults((await self._account(self.actor.id)).space_defaults)

    async def recordings(self, page: Page) -> Connection[Space]:
        """The viewer's history, the newest end first."""
        found = await self.use_cases.spaces.recorded(self.actor, window(page, moment_key))
        return connection(found, page, node=self.shown, cursor_of=lambda one: cursor(*end_key(one)))

    def space_url(self, space_id: str) -> str:
        """The stable public address of a Space."""
        return f"{self._public_url}/spaces/{space_id}"

    def shown(self, space: spaces.Space) -> Space:
        """A Space as the viewer sees it."""
        return mapping.space(
            space,
            viewer_id=self.viewer_id,
            limits=self.use_cases.spaces.limits,
            available_reactions=self.use_cases.reactions.available,
            url=self.space_url(space.id),
            ics_url=f"{self._public_url}/calendars/spaces/{space.id}.ics",
            now=self.clock(),
            voices=self.use_cases.voices.now(space.id),
            links=Links(self, space),
        )

    def shown_clip(self, clip: clips.Clip) -> Clip:
        """A clip with an address for the viewer."""
        return mapping.clip(
            clip,
            viewer=self.standing,
            page_url=f"{self._public_url}/clips/{clip.id}",
            signed_url=lambda name: self.clip_url(clip, name),
            deletable=lambda: self._may_delete(clip),
        )

    def clip_url(self, clip: clips.Clip, name: str) -> str:
        """Where the viewer finds a file of the clip."""
        return self.use_cases.audio.clip_url(clip, self.viewer_id, name)

    async def _may_delete(self, clip: clips.Clip) -> bool:
        space = await self.load.spaces.load(clip.space_id) if self.viewer else None
        hosts = space is not None and space.host.id == self.viewer_id
        return may(replace(self.standing, hosts=hosts), ClipAction.DELETE, clip)

    async def _account(self, user_id: str) -> Account:
        account = await self.load.accounts.load(user_id)
        if account is None:
            raise LookupError(f"the account {user_id} is gone")
        return account


Info: TypeAlias = strawberry.Info[RequestContext, None]
