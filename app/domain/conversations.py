"""Conversations: what two people wrote each other as one of them finds it, with what that one has not read yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain import refusals
from app.domain.messages import DirectMessage, Place
from app.domain.people import require_other
from app.domain.personal import ConversationRead, Delivery
from app.domain.roster import Person

UNREAD_SHOWN = 99
"""As far as is counted; whatever is more is one more."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A person's side of a conversation. `read_up_to`: everything up to there is read; None: nothing is.

    What is unread is what the other wrote after that, so that there is no count that could be wrong.
    """

    person_id: str
    other_id: str
    newest: Place
    newest_received: Place | None
    read_up_to: Place | None

    @property
    def place(self) -> Place:
        """Where it stands among the person's conversations."""
        return self.newest

    @property
    def is_unread(self) -> bool:
        """Whether the other wrote something that the person has not read."""
        received, read = self.newest_received, self.read_up_to
        return received is not None and (read is None or received > read)


def require_in(person: Person, other_id: str, message: DirectMessage | None) -> DirectMessage:
    """The message, if it is one of that conversation. Raises `CannotTargetSelf`, `MessageNotFound`."""
    require_other(person.id, other_id)
    if message is None or {message.sender.id, message.recipient.id} != {person.id, other_id}:
        raise refusals.MessageNotFound(field="messageId")
    return message


def read_told(conversation: Conversation, message: DirectMessage, now: datetime) -> list[Delivery]:
    """How the person's other devices hear that they have read up to a message: not where they had read further."""
    if conversation.read_up_to != message.place:
        return []
    read = ConversationRead(at=now, other_id=conversation.other_id, message_id=message.id)
    return [Delivery(conversation.person_id, f"read {message.id}", read)]
