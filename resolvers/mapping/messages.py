"""Messages, as the schema shows them."""

from __future__ import annotations

from app.domain import messages
from schema.messages import DirectMessage


def direct_message(message: messages.DirectMessage) -> DirectMessage:
    """A direct message; its people are looked up when asked for."""
    return DirectMessage(
        key=message.id,
        text=message.text,
        created_at=message.created_at,
        sender_key=message.sender.id,
        recipient_key=message.recipient.id,
        space_key=message.space_id,
    )
