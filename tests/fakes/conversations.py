"""Conversations in memory, made of the messages there are; the same contract suite checks them and the real ones."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from app.domain.conversations import Conversation
from app.domain.messages import Place
from app.services.pages import Moment, Window, part
from tests.fakes.messages import MemoryMessageStore


class MemoryConversationStore:
    """`ConversationStore` over messages in memory, with the read positions in a dict."""

    def __init__(self, messages: MemoryMessageStore) -> None:
        self._messages = messages
        self._read: dict[tuple[str, str], Place] = {}

    async def page(self, person_id: str, window: Window[Moment]) -> list[Conversation]:
        return part(self._all(person_id), window, key_of=lambda one: one.place, newest_first=True)

    async def get_many(self, person_id: str, other_ids: Collection[str]) -> list[Conversation]:
        return [one for one in self._all(person_id) if one.other_id in other_ids]

    async def unread(self, conversations: Sequence[Conversation], *, limit: int) -> list[int]:
        return [min(limit, self._count(one)) for one in conversations]

    async def count_unread(self, person_id: str, *, without: Collection[str], limit: int) -> int:
        unread = [one for one in self._all(person_id) if one.is_unread and one.other_id not in without]
        return min(limit, len(unread))

    async def read(self, person_id: str, other_id: str, place: Place) -> Conversation:
        before = self._read.get((person_id, other_id))
        self._read[person_id, other_id] = max(before or place, place)
        return self._conversation(person_id, other_id)

    async def take_in(self, *, limit: int) -> int:
        return 0

    def _all(self, person_id: str) -> list[Conversation]:
        return [self._conversation(person_id, other_id) for other_id in self._messages.others(person_id)]

    def _conversation(self, person_id: str, other_id: str) -> Conversation:
        said = self._messages.said(person_id, other_id)
        received = [one.place for one in said if one.recipient.id == person_id]
        return Conversation(
            person_id,
            other_id,
            newest=max(one.place for one in said),
            newest_received=max(received, default=None),
            read_up_to=self._read.get((person_id, other_id)),
        )

    def _count(self, conversation: Conversation) -> int:
        said = self._messages.said(conversation.person_id, conversation.other_id)
        received = [one.place for one in said if one.recipient.id == conversation.person_id]
        read = conversation.read_up_to
        return sum(1 for one in received if read is None or one > read)
