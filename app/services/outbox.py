"""The outbox: what follows from a change of a Space elsewhere is done, also where the server dies in between."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta

from app.domain import refusals
from app.domain.handovers import HandedOver
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

log = logging.getLogger(__name__)


class Outbox:
    """Letters are saved with the change they follow from, and go when they are where they belong.

    Whatever happens in between, they are brought again; log and inboxes take each but once, and who was put out is out.
    """

    def __init__(
        self,
        spaces: SpaceStore,
        log: ModerationStore,
        inboxes: Inboxes,
        warnings: Warnings,
        screen: Callable[[HandedOver], Awaitable[None]],
    ) -> None:
        self._spaces = spaces
        self._log = log
        self._inboxes = inboxes
        self._warnings = warnings
        self._screen = screen

    async def dispatch(self, space_id: str, letters: Sequence[Letter]) -> None:
        """Brings letters that were saved with a change; all of them are there when this returns.

        Raises `Busy` where a handover cannot be completed: then it is in a later round.
        """
        if letters:
            await self._log.append([one for one in letters if isinstance(one, LogEntry)])
            await self._inboxes.tell([one for one in letters if isinstance(one, Delivery)])
            await self._warnings.warn([one for one in letters if isinstance(one, NewlySeated)])
            for one in letters:
                if isinstance(one, HandedOver):
                    await self._screen(one)
            await self._spaces.dispatched(space_id, letters)

    async def run(self) -> None:
        """Brings what a server that died has left, for ever."""
        await every(ROUND, self.round)

    async def round(self) -> None:
        """One round of `run`."""
        for space_id, letters in await self._spaces.undispatched(SPACES_AT_ONCE):
            try:
                with suppress(refusals.Busy):
                    await self.dispatch(space_id, letters)
            except Exception:
                log.exception("what follows from a change of Space %s is not done; it is in a later round", space_id)
