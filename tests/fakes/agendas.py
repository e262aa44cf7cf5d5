"""Agendas in memory, beside the Spaces; one contract suite checks this store and the real one."""

from dataclasses import replace
from datetime import datetime

from app.domain.agendas import Agenda
from app.domain.spaces import Space
from tests.fakes.spaces import MemorySpaceStore


class MemoryAgendaStore:
    """`AgendaStore` over the Spaces in a dict."""

    def __init__(self, spaces: MemorySpaceStore) -> None:
        self._stored = spaces.stored

    async def claim(self, now: datetime, until: datetime) -> tuple[Space, Agenda] | None:
        due = [(one.agenda.at, one.space.id) for one in self._stored.values() if one.agenda and one.agenda.at <= now]
        if not due:
            return None
        stored = self._stored[min(due)[1]]
        assert stored.agenda
        stored.agenda = replace(stored.agenda, at=until)
        return stored.space, stored.agenda

    async def note(self, space_id: str, seen: Agenda, noted: Agenda | None) -> bool:
        stored = self._stored[space_id]
        if stored.agenda is None or (stored.agenda.version, stored.agenda.at) != (seen.version, seen.at):
            return False
        stored.agenda = noted
        return True
