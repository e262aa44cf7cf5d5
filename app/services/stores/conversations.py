"""Conversations: what the use cases ask of the database about them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from app.domain.conversations import Conversation
from app.domain.messages import Place
from app.services.pages import Moment, Window


class ConversationStore(Protocol):
    """Each person's conversations. They come with the first message: `MessageStore.add` keeps both or neither."""

    async def page(self, person_id: str, window: Window[Moment]) -> list[Conversation]:
        """A person's conversations by their `place`, the newest first."""

    async def get_many(self, person_id: str, other_ids: Collection[str]) -> list[Conversation]:
        """Those that a person has with these others, in no particular order."""

    async def unread(self, conversations: Sequence[Conversation], *, limit: int) -> list[int]:
        """How many messages of each are unread, `limit` at most; by one query, and none where nothing is unread."""

    async def count_unread(self, person_id: str, *, without: Collection[str], limit: int) -> int:
        """How many of a person's conversations have something unread, `limit` at most, those with some left out."""

    async def read(self, person_id: str, other_id: str, place: Place) -> Conversation:
        """Takes everything up to a message of the conversation as read, where that is further than before.

        Answers the conversation as it is since; of several at once the furthest stays.
        """

    async def take_in(self, *, limit: int) -> int:
        """Brings messages into conversations that an earlier version kept without, as read, the newest first.

        `limit` at most, and answers how many it was: 0 when there are no more. Several processes may do so at once.
        """
