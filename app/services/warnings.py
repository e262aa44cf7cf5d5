"""Warnings: telling people in a Space that someone whom they block is on its stage now."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.warnings import NewlySeated, warning
from app.services.inboxes import Inboxes
from app.services.stores import AttendanceStore, BlockStore

AT_ONCE = 500
"""How many of those who block someone are looked at by one query."""


class Warnings:
    """Only who blocks is told. Of all who block someone, those in the Space alone cost more than two index keys."""

    def __init__(self, blocks: BlockStore, attendance: AttendanceStore, inboxes: Inboxes) -> None:
        self._blocks = blocks
        self._attendance = attendance
        self._inboxes = inboxes

    async def warn(self, seated: Sequence[NewlySeated]) -> None:
        """Tells everyone in the Space who blocks one of these people. Done again, it is told once."""
        for one in seated:
            await self._warn_of(one)

    async def _warn_of(self, seated: NewlySeated) -> None:
        last: str | None = None
        while True:
            blockers = await self._blocks.blockers(seated.person.id, limit=AT_ONCE, after=last)
            there = await self._attendance.among(seated.space_id, blockers) if blockers else ()
            await self._inboxes.tell([warning(seated, one) for one in blockers if one in there])
            if len(blockers) < AT_ONCE:
                return
            last = blockers[-1]
