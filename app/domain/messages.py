"""Messages: what one person tells another alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeAlias

from app.domain import refusals
from app.domain.personal import Delivery, DirectMessageReceived, DirectMessageSent
from app.domain.posts import tidied
from app.domain.roster import Person

MESSAGE_LENGTH = 1000
RECIPIENTS_AT_ONCE = 20
SHORTEST = timedelta(milliseconds=1)
"""What times are told apart by."""

Place: TypeAlias = tuple[datetime, str]
"""Where a message stands among others: when it was sent, and its id where times are equal."""


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
    def place(self) -> Place:
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


def after(newest: Place | None, message: DirectMessage) -> DirectMessage:
    """The message behind the newest of its conversation, a millisecond later than that if its own clock says otherwise.

    Clocks differ, and a message that is kept late may have been written first: but whoever has read up to the newest
    one has not read it.
    """
    if newest is None or message.place > newest:
        return message
    return replace(message, created_at=newest[0] + SHORTEST)


def told(message: DirectMessage) -> list[Delivery]:
    """How the recipient hears of a message, and the sender's other devices."""
    received = DirectMessageReceived(at=message.created_at, message_id=message.id)
    sent = DirectMessageSent(at=message.created_at, message_id=message.id)
    key = f"message {message.id}"
    return [Delivery(message.recipient.id, key, received), Delivery(message.sender.id, key, sent)]
