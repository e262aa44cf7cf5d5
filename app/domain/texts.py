"""Texts that people write to moderators, operators and hosts: how long they may be."""

from __future__ import annotations

from app.domain import refusals

REASON_LENGTH = 300
TEXT_LENGTH = 1000


def checked(text: str, field: str, limit: int = TEXT_LENGTH) -> str:
    """The text without space around it. Raises `TextTooLong`."""
    stripped = text.strip()
    if len(stripped) > limit:
        raise refusals.TextTooLong(field=field, limit=limit, current=len(stripped))
    return stripped
