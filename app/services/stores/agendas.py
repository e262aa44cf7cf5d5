"""Agendas: what the use cases ask of the database about what is to be done for scheduled Spaces."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from app.domain.agendas import Agenda
from app.domain.spaces import Space


class AgendaStore(Protocol):
    """The agendas of Spaces: `SpaceStore` opens and rewrites them, in the write of the Space that they are about."""

    async def claim(self, now: datetime, until: datetime) -> tuple[Space, Agenda] | None:
        """The Space whose agenda is due for longest, for this caller alone until that time; None where none is due.

        The agenda has that time as its `at`. Whoever dies leaves it to the others then.
        """

    async def note(self, space_id: str, seen: Agenda, noted: Agenda | None) -> bool:
        """Keeps the agenda as it is after work on what was seen of it; None: nothing is left to be done, ever.

        False, with nothing kept, where it was rewritten or claimed by another meanwhile.
        """
