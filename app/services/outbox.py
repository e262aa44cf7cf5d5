"""The outbox: what follows from a change of a Space elsewhere is done, also where the server dies in between."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from app.domain.moderation import LogEntry
from app.domain.personal import Delivery
from app.domain.warnings import NewlySeated
from app.services.inboxes import Inboxes
from app.services.rounds import every
from app.services.stores import Letter, ModerationStore, SpaceStore
from app.services.warnings import Warnings

ROUND = timedelta(seconds=10)
"""How often letters are looked for that a server left behind."""
SPACES_AT_ONCE = 100


class Outbox:
    """Letters are saved with the change they follow from, and go when they are where they belong.

    Whatever happens in between, they are brought again; log and inboxes take each but once.
    """

    def __init__(self, spaces: SpaceStore, log: ModerationStore, inboxes: Inboxes, warnings: Warnings) -> None:
        self._spaces = spaces
        self._log = log
        self._inboxes = inboxes
        self._warnings = warnings

    async def dispatch(self, space_id: str, letters: Sequence[Letter]) -> None:
        """Brings letters that were saved with a change; all of them are there when this returns."""
        if letters:
            await self._log.append([one for one in letters if isinstance(one, LogEntry)])
            await self._inboxes.tell([one for one in letters if isinstance(one, Delivery)])
            await self._warnings.warn([one for one in letters if isinstance(one, NewlySeated)])
            await self._spaces.dispatched(space_id, letters)

    async def run(self) -> None:
        """Brings what a server that died has left, for ever."""
        await every(ROUND, self.round)

    async def round(self) -> None:
        """One round of `run`."""
        for space_id, letters in await self._spaces.undispatched(SPACES_AT_ONCE):
            await self.dispatch(space_id, letters)
