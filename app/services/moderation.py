"""Moderation: reading the log of what moderators did."""

from __future__ import annotations

from app.domain import refusals
from app.domain.moderation import LogEntry
from app.domain.permissions import require_log_reader
from app.services.pages import Moment, Window
from app.services.stores import ModerationStore, SpaceStore
from app.services.viewers import Viewer


class Moderation:
    """Each Space's log; what is done in Spaces and to those in them writes it."""

    def __init__(self, spaces: SpaceStore, store: ModerationStore) -> None:
        self._spaces = spaces
        self._store = store

    async def log(self, viewer: Viewer, space_id: str, window: Window[Moment]) -> list[LogEntry]:
        """The Space's log for its host and for operators, newest first.

        Raises `SpaceNotFound`, `NotPermitted`.
        """
        space = await self._spaces.get(space_id)
        if space is None:
            raise refusals.SpaceNotFound(field="spaceId")
        require_log_reader(space, viewer.person.id, is_operator=viewer.is_operator)
        return await self._store.of_space(space_id, window)
