"""Agendas: a part of the document of each scheduled Space, which `app.store.spaces` writes together with it."""

from datetime import datetime
from typing import Final

from pymongo import ASCENDING, ReturnDocument

from app.domain.agendas import Agenda
from app.domain.spaces import Space
from app.services.plain import Plain
from app.store.database import Database
from app.store.spaces import space_in

_AGENDAS: Final = Plain(Agenda)


class MongoAgendaStore:
    """The `AgendaStore` port on MongoDB."""

    def __init__(self, database: Database) -> None:
        self._spaces = database["spaces"]

    async def claim(self, now: datetime, until: datetime) -> tuple[Space, Agenda] | None:
        document = await self._spaces.find_one_and_update(
            {"agenda.at": {"$lte": now}},
            {"$set": {"agenda.at": until}},
            projection={"ring": False, "outbox": False},
            sort=[("agenda.at", ASCENDING)],
            return_document=ReturnDocument.AFTER,
        )
        return (space_in(document), _AGENDAS.decode(document["agenda"])) if document else None

    async def note(self, space_id: str, seen: Agenda, noted: Agenda | None) -> bool:
        written = await self._spaces.update_one(
            {"_id": space_id, "agenda.version": seen.version, "agenda.at": seen.at},
            {"$set": {"agenda": _AGENDAS.encode(noted)}} if noted else {"$unset": {"agenda": True}},
        )
        return written.matched_count > 0
