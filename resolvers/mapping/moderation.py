"""The moderation log, as the schema shows it."""

from __future__ import annotations

from app.domain import moderation
from resolvers.mapping.people import user
from schema.moderation import ModerationAction, ModerationEntry


def moderation_entry(entry: moderation.LogEntry) -> ModerationEntry:
    """An entry of a moderation log."""
    return ModerationEntry(
        actor=user(entry.actor),
        target=user(entry.target),
        action=ModerationAction[entry.measure.name],
        reason=entry.reason,
        at=entry.at,
        version=entry.version,
    )
