"""Moderation: the logs of what moderators did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from app.domain.moderation import LogEntry
from app.services.pages import Moment, Window


class ModerationStore(Protocol):
    """The logs of what moderators did; nothing is ever changed in one."""

    async def append(self, entries: Sequence[LogEntry]) -> None:
        """Keeps the entries, by one write; one whose id is there already is not kept twice."""

    async def of_space(self, space_id: str, window: Window[Moment]) -> list[LogEntry]:
        """A Space's log in order of (time, id), newest first."""
