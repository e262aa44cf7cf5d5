"""Messages: what the use cases ask of the database about them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from app.domain.messages import DirectMessage
from app.services.pages import Moment, Window


class MessageStore(Protocol):
    """Direct messages, in lists by their `place`, the newest first."""

    async def add(self, messages: Sequence[DirectMessage]) -> list[DirectMessage]:
        """Keeps the messages, and moves the conversations of their people on: all of it or nothing.

        Answers them as they are kept, in their order: each after all that its two people wrote before it (`after`), and
        those that were kept already as they were.
        """

    async def get_many(self, message_ids: Collection[str]) -> list[DirectMessage]:
        """Those of the messages that there are, in no particular order."""

    async def of_person(self, person_id: str, window: Window[Moment]) -> list[DirectMessage]:
        """What a person sent and received."""

    async def between(self, person_id: str, other_id: str, window: Window[Moment]) -> list[DirectMessage]:
        """What two people sent each other."""
