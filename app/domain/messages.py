"""Messages: what one person tells another alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain import refusals
from app.domain.personal import Delivery, DirectMessageReceived
from app.domain.posts import tidied
from app.domain.roster import Person

MESSAGE_LENGTH = 1000
RECIPIENTS_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class DirectMessage:
    """One message; it never changes. Both people have the names they had then."""

    id: str
    sender: Person
    recipient: Person
    text: str
    space_id: str | None
    created_at: datetime

    @property
    def place(self) -> tuple[datetime, str]:
        """Where it stands in every list of messages."""
        return self.created_at, self.id


def message_text(text: str, *, has_card: bool, field: str) -> str:
    """The text as it is sent. Raises `EmptyMessage` for nothing at all, `InvalidText` for too much."""
    written = tidied(text, MESSAGE_LENGTH, field=field)
    if not written and not has_card:
        raise refusals.EmptyMessage(field=field)
    return written


def recipients(sender: Person, person_ids: Sequence[str]) -> list[str]:
    """Those named, each once. Raises `InvalidRecipients` for none or too many, `CannotTargetSelf`."""
    named = list(dict.fromkeys(person_ids))
    if not 1 <= len(named) <= RECIPIENTS_AT_ONCE:
        raise refusals.InvalidRecipients(field="userIds", limit=RECIPIENTS_AT_ONCE, current=len(named))
    if sender.id in named:
        raise refusals.CannotTargetSelf(field="userIds")
    return named


def told(message: DirectMessage) -> Delivery:
    """How the recipient hears of a message."""
    received = DirectMessageReceived(at=message.created_at, message_id=message.id)
    return Delivery(message.recipient.id, f"message {message.id}", received)
