"""Messages: what the use cases ask of the database about them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from app.domain.messages import DirectMessage
from app.services.pages import Moment, Window


class MessageStore(Protocol):
    """Direct messages, in lists by their `place`, the newest first."""

    async def add(self, messages: Sequence[DirectMessage]) -> None:
        """Keeps the messages, by one write; those that are kept already stay as they are."""

    async def get_many(self, message_ids: Collection[str]) -> list[DirectMessage]:
        """Those of the messages that there are, in no particular order."""

    async def of_person(self, person_id: str, window: Window[Moment]) -> list[DirectMessage]:
        """What a person sent and received."""

    async def between(self, person_id: str, other_id: str, window: Window[Moment]) -> list[DirectMessage]:
        """What two people sent each other."""
