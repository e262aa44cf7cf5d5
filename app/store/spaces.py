"""Spaces: one document each, which holds the state and the ring of its last events."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, get_args

from pymongo import ASCENDING, DESCENDING, UpdateOne
from pymongo.errors import DuplicateKeyError

from app.domain import agendas
from app.domain.agendas import Agenda
from app.domain.events import Numbered, SpaceEvent
from app.domain.evolution import evolve
from app.domain.listings import Listing, Order, audience, facets
from app.domain.space_bar import Sighting
from app.domain.spaces import Space, SpaceState
from app.services.pages import Moment, Place, Window
from app.services.plain import Plain
from app.services.stores import IdTaken, Letter, SlotsTaken, VersionConflict
from app.store.database import Database, Document, from_document, to_document
from app.store.indexes import FACETS_BY_AUDIENCE, FACETS_BY_SCHEDULE, FACETS_BY_START
from app.store.pages import find_page

RING_SIZE: Final = 128
"""How many events a Space's document keeps for streams that missed some."""

AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class _Envelope:
    letter: Letter


_SPACES: Final = Plain(Space)
_EVENTS: Final = Plain(Numbered)
_ORDERS: Final = {
    Order.STARTED_AT: [("started_at", DESCENDING), ("_id", DESCENDING)],
    Order.LISTENERS: [("audience", DESCENDING), ("_id", DESCENDING)],
    Order.SCHEDULED_START: [("schedule.start", ASCENDING), ("_id", ASCENDING)],
}
_FACETED_BY: Final = {
    Order.STARTED_AT: FACETS_BY_START,
    Order.LISTENERS: FACETS_BY_AUDIENCE,
    Order.SCHEDULED_START: FACETS_BY_SCHEDULE,
}
_RECORDED: Final = {"state": SpaceState.ENDED.value, "recording_enabled": True, "recording_deleted_at": None}
_STATE_ONLY: Final = {"ring": False, "outbox": False, "facets": False, "audience": False}
_FACETED: Final = frozenset({"host", "title", "topics", "language"})
_COUNTED: Final = frozenset({"listeners", "anonymous"})
_LETTERS: Final = Plain(_Envelope)
_LETTER_TYPES: Final = [kind.__name__ for kind in get_args(Letter)]
_NEWEST_END: Final = [("ended_at", DESCENDING), ("_id", DESCENDING)]
_AGENDAS: Final = Plain(Agenda)


class MongoSpaceStore:
    """The `SpaceStore` port on MongoDB: a change is one conditional write, so state and events cannot drift apart.

    Beside the state a document has what lists are read by: `facets`, and everyone who listens as `audience`. A text
    index would have to sort all that a word finds, and knows nothing of most languages; one multikey index of facets
    has whatever is named, and the order.
    """

    def __init__(self, database: Database) -> None:
        self._spaces = database["spaces"]

    async def add(self, space: Space, letters: Sequence[Letter] = ()) -> None:
        try:
            await self._spaces.insert_one(new_document(space, letters))
        except DuplicateKeyError as error:
            raise IdTaken(space.id) from error

    async def add_scheduled(self, space: Space, letters: Sequence[Letter] = (), *, slots: int) -> None:
        for slot in await self._free_slots(space.host.id, slots):
            try:
                await self._spaces.insert_one(new_document(space, letters) | {"slot": slot})
                return
            except DuplicateKeyError as error:
                if "_id" in (error.details or {})["keyPattern"]:
                    raise IdTaken(space.id) from None
        raise SlotsTaken(f"{space.host.id} has {slots} scheduled Spaces")

    async def _free_slots(self, host_id: str, slots: int) -> list[int]:
        """Where to try: another process may be faster, but then the index says so."""
        taken = self._spaces.find({"host.id": host_id, "slot": {"$exists": True}}, {"slot": True})
        return sorted(set(range(slots)) - {document["slot"] async for document in taken})

    async def get(self, space_id: str) -> Space | None:
        document = await self._spaces.find_one({"_id": space_id}, _STATE_ONLY)
        return space_in(document) if document else None

    async def get_many(self, space_ids: Collection[str]) -> list[Space]:
        return await self._find({"_id": {"$in": list(space_ids)}})

    async def save(
        self, before: Space, events: Sequence[SpaceEvent], letters: Sequence[Letter] = ()
    ) -> tuple[Space, list[Numbered]]:
        after, numbered = evolve(before, events)
        if not numbered:
            return after, []
        changes, tail = _SPACES.encode_changes(before, after), [_EVENTS.encode(one) for one in numbered]
        changes |= _found_by(after, changes.keys())
        changes |= _agenda_changes(before, after, numbered[-1].event.at)
        if after.state is SpaceState.DELETED:
            write: Document = {"$set": changes | {"ring": tail[-1:], "unpurged": True}, "$push": {}}
        else:
            if after.recording_deleted_at != before.recording_deleted_at:
                changes["unpurged"] = True
            write = {"$set": changes, "$push": {"ring": {"$each": tail, "$slice": -RING_SIZE}}}
        if before.state is SpaceState.SCHEDULED is not after.state:
            write["$unset"] = {"slot": True}
        if before.trim != after.trim:
            write["$unset"] = {"measured": True}
        if letters:
            write["$push"]["outbox"] = {"$each": _outbox(letters)}
        written = await self._spaces.update_one({"_id": before.id, "version": before.version}, write)
        if not written.matched_count:
            raise VersionConflict(f"Space {before.id} is no longer at version {before.version}")
        return after, numbered

    async def undispatched(self, limit: int) -> list[tuple[str, list[Letter]]]:
        waiting = self._spaces.find({"outbox.type": {"$in": _LETTER_TYPES}}, {"outbox": True}, limit=limit)
        return [(one["_id"], [_letter(each) for each in one["outbox"]]) async for one in waiting]

    async def dispatched(self, space_id: str, letters: Sequence[Letter]) -> None:
        await self._spaces.update_one({"_id": space_id}, {"$pullAll": {"outbox": _outbox(letters)}})

    async def unpurged(self) -> list[str]:
        return await self._ids({"unpurged": True})

    async def purged(self, space: Space) -> None:
        await self._spaces.update_one({"_id": space.id, "version": space.version}, {"$unset": {"unpurged": True}})

    async def unmeasured(self, limit: int) -> list[Space]:
        found = self._spaces.find(_RECORDED | {"measured": None}, _STATE_ONLY, limit=limit)
        return [space_in(document) async for document in found]

    async def measured(self, space: Space) -> None:
        known = {"$set": {"measured": True}}
        await self._spaces.update_one({"_id": space.id, "version": space.version}, known)

    async def expired(self, ended_before: datetime, limit: int) -> list[str]:
        over = {"measured": {"$in": [True, None]}, "ended_at": {"$lte": ended_before}}
        found = self._spaces.find(_RECORDED | over, {"_id": True}, limit=limit)
        return [document["_id"] async for document in found]

    async def events_after(self, space_id: str, version: int) -> list[Numbered] | None:
        missed = {"$filter": {"input": "$ring", "cond": {"$gt": ["$$this.version", version]}}}
        document = await self._spaces.find_one({"_id": space_id}, {"version": True, "ring": missed})
        if document is None or len(document["ring"]) != document["version"] - version:
            return None
        return [_EVENTS.decode(one) for one in document["ring"]]

    async def versions(self, space_ids: Collection[str]) -> Mapping[str, int]:
        found = self._spaces.find({"_id": {"$in": list(space_ids)}}, {"version": True})
        return {document["_id"]: document["version"] async for document in found}

    async def listed(self, listing: Listing, window: Window[Place]) -> list[Space]:
        query: Document = {"state": listing.state.value}
        index = None
        if demands := listing.demands():
            query["$and"] = [{"facets": {"$in": one}} for one in demands]
            index = _FACETED_BY[listing.order]
        page = await find_page(self._spaces, query, _ORDERS[listing.order], window, _STATE_ONLY, index=index)
        return [space_in(one) for one in page]

    async def sightings(self, person_ids: Collection[str]) -> list[Sighting]:
        query = {"state": SpaceState.LIVE.value, "stage.person.id": {"$in": list(person_ids)}}
        found = self._spaces.find(query, {"started_at": True, "stage.person.id": True})
        return [
            Sighting(one["_id"], one["started_at"], frozenset(seat["person"]["id"] for seat in one["stage"]))
            async for one in found
        ]

    async def live_ids(self) -> list[str]:
        return await self._ids({"state": SpaceState.LIVE.value})

    async def live_with_anonymous(self) -> list[str]:
        return await self._ids({"state": SpaceState.LIVE.value, "anonymous": {"$gt": 0}})

    async def open_of(self, host_id: str) -> list[Space]:
        states = [SpaceState.SCHEDULED.value, SpaceState.PREPARING.value, SpaceState.LIVE.value]
        return await self._find({"host.id": host_id, "state": {"$in": states}})

    async def recorded(self, host_id: str, window: Window[Moment]) -> list[Space]:
        found = await find_page(self._spaces, {"host.id": host_id, **_RECORDED}, _NEWEST_END, window, _STATE_ONLY)
        return [space_in(one) for one in found]

    async def showing(self, post_id: str) -> list[str]:
        query = {"shared_posts.post_id": post_id, "state": SpaceState.LIVE.value}
        return [document["_id"] async for document in self._spaces.find(query, {"_id": True})]

    async def scheduled_of(self, host_ids: Collection[str]) -> list[Space]:
        return await self._find({"host.id": {"$in": list(host_ids)}, "state": SpaceState.SCHEDULED.value})

    async def planned_of(self, host_id: str, since: datetime, *, limit: int) -> list[Space]:
        planned = {"host.id": host_id, "schedule.start": {"$gt": since}}
        latest = [("schedule.start", DESCENDING), ("_id", DESCENDING)]
        return await self._find(planned, sort=latest, limit=limit)

    async def inviting(self, person_id: str) -> list[Space]:
        newest = [("created_at", DESCENDING), ("_id", DESCENDING)]
        return await self._find({"invitations.person.id": person_id}, sort=newest)

    async def _ids(self, query: Document) -> list[str]:
        return [document["_id"] async for document in self._spaces.find(query, {"_id": True})]

    async def _find(self, query: Document, *, sort: list[tuple[str, int]] | None = None, limit: int = 0) -> list[Space]:
        found = self._spaces.find(query, _STATE_ONLY, sort=sort, limit=limit)
        return [space_in(document) async for document in found]


async def make_findable(database: Database) -> None:
    """Gives Spaces that were kept before there were facets what lists are read by; a look at an index once done."""
    spaces = database["spaces"]
    while found := [one async for one in spaces.find({"facets": None}, _STATE_ONLY, limit=AT_ONCE)]:
        writes = [
            UpdateOne({"_id": one["_id"], "version": one["version"]}, {"$set": _found_by(space_in(one), one.keys())})
            for one in found
        ]
        await spaces.bulk_write(writes, ordered=False)


def new_document(space: Space, letters: Sequence[Letter] = ()) -> Document:
    """The document of a Space that has no events yet."""
    document = to_document(_SPACES.encode(space)) | {"ring": [], "outbox": _outbox(letters)}
    document |= _found_by(space, document.keys())
    agenda = agendas.opened(space)
    return document | {"agenda": _AGENDAS.encode(agenda)} if agenda else document


def _found_by(space: Space, changed: Collection[str]) -> Document:
    """What lists are read by, as far as it may have changed with these fields."""
    found_by: Document = {}
    if not _FACETED.isdisjoint(changed):
        found_by["facets"] = sorted(facets(space))
    if not _COUNTED.isdisjoint(changed):
        found_by["audience"] = audience(space)
    return found_by


def _outbox(letters: Sequence[Letter]) -> list[Document]:
    return [_LETTERS.encode(_Envelope(one))["letter"] for one in letters]


def _letter(document: Document) -> Letter:
    return _LETTERS.decode({"letter": document}).letter


def space_in(document: Document) -> Space:
    """The Space that a document holds."""
    return _SPACES.decode(from_document(document))


def _agenda_changes(before: Space, after: Space, at: datetime) -> Document:
    if agendas.is_new(before, after):
        return {"agenda": _AGENDAS.encode(Agenda(after.version, at))}
    if agendas.is_touched(before, after):
        return {"agenda.version": after.version, "agenda.at": at, "agenda.told": ""}
    return {}
