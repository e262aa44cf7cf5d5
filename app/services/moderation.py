"""Moderation: reading the log of what moderators did."""

from __future__ import annotations

from app.domain import refusals
from app.domain.moderation import LogEntry
from app.domain.permissions import Action, may_see, require
from app.domain.roster import Person
from app.services.pages import Number, Window
from app.services.stores import ModerationStore, SpaceStore


class Moderation:
    """Each Space's log; `Changes` writes it."""

    def __init__(self, spaces: SpaceStore, store: ModerationStore) -> None:
        self._spaces = spaces
        self._store = store

    async def log(self, actor: Person, space_id: str, window: Window[Number]) -> list[LogEntry]:
        """The Space's log for its host in order of version, newest first.

        Raises `SpaceNotFound`, `NotPermitted`.
        """
        space = await self._spaces.get(space_id)
        if space is None or not may_see(space, actor.id):
            raise refusals.SpaceNotFound(field="spaceId")
        require(space, actor.id, Action.READ_MODERATION_LOG)
        return await self._store.of_space(space_id, window)
