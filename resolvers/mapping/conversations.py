"""Conversations, as the schema shows them."""

from __future__ import annotations

from app.domain import conversations
from schema.conversations import Conversation, ConversationKeys

_BETWEEN = "."
"""Between the two ids in a conversation's key: no id has one."""


def conversation(found: conversations.Conversation) -> Conversation:
    """A person's side of a conversation; its id is the same for both, and its messages are looked up when asked for."""
    at, newest = found.newest
    return Conversation(
        key=_BETWEEN.join(sorted((found.person_id, found.other_id))),
        updated_at=at,
        keys=ConversationKeys(
            other=found.other_id,
            newest=newest,
            read_up_to=found.read_up_to[1] if found.read_up_to else None,
            state=found,
        ),
    )


def other_in(key: str, viewer_id: str | None) -> str | None:
    """With whom the viewer has the conversation of this key; None if it is not one of theirs."""
    people = key.split(_BETWEEN)
    if len(people) != 2 or viewer_id not in people:
        return None
    return people[1 - people.index(viewer_id)]
