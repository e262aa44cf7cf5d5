"""Abandonment: the server ends a live Space that nobody at all has been in for the time-out."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from app.domain import life, refusals
from app.domain.events import EndReason
from app.services.airings import Airings
from app.services.attendance import Attendances
from app.services.changes import Changes
from app.services.media_engine import MediaEngine
from app.services.ports import Clock
from app.services.rounds import every

ROUND = timedelta(seconds=2)
"""How often the Spaces on air here are looked at: in memory, so that it costs next to nothing."""


class Abandonment:
    """Every process watches the Spaces that it mixes, as it alone knows who is connected to their sound.

    `Space.empty_since` is stored with the Space, so the time-out goes on over a restart.
    """

    def __init__(
        self,
        changes: Changes,
        airings: Airings,
        attendance: Attendances,
        media: MediaEngine,
        *,
        timeout: timedelta,
        clock: Clock,
    ) -> None:
        self._changes = changes
        self._airings = airings
        self._attendance = attendance
        self._media = media
        self._timeout = timeout
        self._clock = clock

    async def run(self) -> None:
        """Ends what is abandoned, for ever."""
        await every(ROUND, self.round)

    async def round(self) -> None:
        """One round of `run`."""
        connected_to = {space_id for space_id, _ in self._media.speaking_from() | self._media.listening_from()}
        for space in self._airings.on_air:
            due = space.id not in connected_to and life.is_abandoned(space, self._timeout, self._clock())
            if due and await self._attendance.is_empty(space.id):
                await self._end(space.id)

    async def _end(self, space_id: str) -> None:
        with suppress(refusals.Busy, refusals.SpaceNotFound):
            space = await self._changes.change(
                space_id, lambda space: life.end_abandoned(space, self._timeout, self._clock())
            )
            if space.end_reason is EndReason.EMPTY:
                await self._attendance.close(space_id)
