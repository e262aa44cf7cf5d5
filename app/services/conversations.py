"""Conversations: with whom one writes, what of it is unread, and reading it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta

from app.domain import conversations
from app.domain.actions import MessageAction
from app.domain.conversations import UNREAD_SHOWN, Conversation
from app.domain.permissions import may
from app.domain.roster import Person
from app.domain.standing import Standing
from app.services.inboxes import Inboxes
from app.services.pages import Moment, Window
from app.services.ports import Clock
from app.services.rounds import every
from app.services.stores import ConversationStore, MessageStore, PairStore

ROUND = timedelta(minutes=1)
"""How often it is looked whether a process of an earlier version has kept messages without their conversations."""
TAKEN_IN_AT_ONCE = 100


class Conversations:
    """Each person's own. What the other one has read is told to nobody."""

    def __init__(
        self,
        store: ConversationStore,
        messages: MessageStore,
        mutes: PairStore,
        blocks: PairStore,
        inboxes: Inboxes,
        *,
        clock: Clock,
    ) -> None:
        self._store = store
        self._messages = messages
        self._mutes = mutes
        self._blocks = blocks
        self._inboxes = inboxes
        self._clock = clock

    async def page(self, actor: Person, window: Window[Moment]) -> list[Conversation]:
        """The actor's conversations, the one with the newest message first; those with whom a block divides too."""
        return await self._store.page(actor.id, window)

    async def with_people(self, person_id: str, other_ids: Collection[str]) -> list[Conversation]:
        """Those that a person has with these others, in no particular order."""
        return await self._store.get_many(person_id, other_ids)

    async def unread(self, listed: Sequence[Conversation]) -> list[int]:
        """How many messages of each are unread; `UNREAD_SHOWN + 1` stands for more than that."""
        return await self._store.unread(listed, limit=UNREAD_SHOWN + 1)

    async def count_unread(self, actor: Person) -> int:
        """How many of the actor's conversations have something unread, `UNREAD_SHOWN + 1` at most.

        Without those whom the actor mutes or blocks: of them one does not want to hear.
        """
        unheard = await self._mutes.others(actor.id) | await self._blocks.others(actor.id)
        return await self._store.count_unread(actor.id, without=unheard, limit=UNREAD_SHOWN + 1)

    async def mark_read(self, actor: Person, other_id: str, message_id: str) -> Conversation:
        """Takes everything up to the message as read, and tells the actor's other devices.

        Done already is done, and what was read stays read. Raises `CannotTargetSelf`, `MessageNotFound`.
        """
        found = await self._messages.get_many([message_id])
        own = [one for one in found if may(Standing(actor.id), MessageAction.READ, one)]
        message = conversations.require_in(actor, other_id, own[0] if own else None)
        read = await self._store.read(actor.id, other_id, message.place)
        # Also where it was read before: a server that died after that has told nobody.
        await self._inboxes.tell(conversations.read_told(read, message, self._clock()))
        return read

    async def run(self) -> None:
        """Brings what earlier versions kept into conversations, for ever."""
        await every(ROUND, self.take_in)

    async def take_in(self) -> None:
        """One round of `run`, to the last message there is."""
        while await self._store.take_in(limit=TAKEN_IN_AT_ONCE):
            pass
