"""Spaces: one document each, which holds the state and the ring of its last events."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, get_args

from pymongo import DESCENDING
from pymongo.errors import DuplicateKeyError

from app.domain.events import Numbered, SpaceEvent
from app.domain.spaces import Space, SpaceState, evolve
from app.services.pages import Moment, Window
from app.services.plain import Plain
from app.services.stores import IdTaken, Letter, VersionConflict
from app.store.database import Database, Document, from_document, to_document
from app.store.pages import find_page

RING_SIZE: Final = 128
"""How many events a Space's document keeps for streams that missed some."""


@dataclass(frozen=True, slots=True)
class _Envelope:
    letter: Letter


_SPACES: Final = Plain(Space)
_EVENTS: Final = Plain(Numbered)
_LETTERS: Final = Plain(_Envelope)
_LETTER_TYPES: Final = [kind.__name__ for kind in get_args(Letter)]
_NEWEST_START: Final = [("started_at", DESCENDING), ("_id", DESCENDING)]
_NEWEST_END: Final = [("ended_at", DESCENDING), ("_id", DESCENDING)]
_STATE_ONLY: Final = {"ring": False, "outbox": False}


class MongoSpaceStore:
    """The `SpaceStore` port on MongoDB: a change is one conditional write, so state and events cannot drift apart."""

    def __init__(self, database: Database) -> None:
        self._spaces = database["spaces"]

    async def add(self, space: Space, letters: Sequence[Letter] = ()) -> None:
        try:
            await self._spaces.insert_one(to_document(_SPACES.encode(space)) | {"ring": [], "outbox": _outbox(letters)})
        except DuplicateKeyError as error:
            raise IdTaken(space.id) from error

    async def get(self, space_id: str) -> Space | None:
        document = await self._spaces.find_one({"_id": space_id}, _STATE_ONLY)
        return _space(document) if document else None

    async def get_many(self, space_ids: Collection[str]) -> list[Space]:
        return await self._find({"_id": {"$in": list(space_ids)}})

    async def save(
        self, before: Space, events: Sequence[SpaceEvent], letters: Sequence[Letter] = ()
    ) -> tuple[Space, list[Numbered]]:
        after, numbered = evolve(before, events)
        if not numbered:
            return after, []
        changes, tail = _SPACES.encode_changes(before, after), [_EVENTS.encode(one) for one in numbered]
        if after.state is SpaceState.DELETED:
            write: Document = {"$set": changes | {"ring": tail[-1:], "unpurged": True}, "$push": {}}
        else:
            if after.recording_deleted_at != before.recording_deleted_at:
                changes["unpurged"] = True
            write = {"$set": changes, "$push": {"ring": {"$each": tail, "$slice": -RING_SIZE}}}
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
        return [document["_id"] async for document in self._spaces.find({"unpurged": True}, {"_id": True})]

    async def purged(self, space: Space) -> None:
        await self._spaces.update_one({"_id": space.id, "version": space.version}, {"$unset": {"unpurged": True}})

    async def events_after(self, space_id: str, version: int) -> list[Numbered] | None:
        missed = {"$filter": {"input": "$ring", "cond": {"$gt": ["$$this.version", version]}}}
        document = await self._spaces.find_one({"_id": space_id}, {"version": True, "ring": missed})
        if document is None or len(document["ring"]) != document["version"] - version:
            return None
        return [_EVENTS.decode(one) for one in document["ring"]]

    async def versions(self, space_ids: Collection[str]) -> Mapping[str, int]:
        found = self._spaces.find({"_id": {"$in": list(space_ids)}}, {"version": True})
        return {document["_id"]: document["version"] async for document in found}

    async def live(self, window: Window[Moment]) -> list[Space]:
        live = {"state": SpaceState.LIVE.value}
        return [_space(one) for one in await find_page(self._spaces, live, _NEWEST_START, window, _STATE_ONLY)]

    async def all_live(self) -> AsyncIterator[Space]:
        async for document in self._spaces.find({"state": SpaceState.LIVE.value}, _STATE_ONLY):
            yield _space(document)

    async def open_of(self, host_id: str) -> list[Space]:
        states = [SpaceState.PREPARING.value, SpaceState.LIVE.value]
        return await self._find({"host.id": host_id, "state": {"$in": states}})

    async def recorded(self, host_id: str, window: Window[Moment]) -> list[Space]:
        kept = {"state": SpaceState.ENDED.value, "recording_enabled": True, "recording_deleted_at": None}
        found = await find_page(self._spaces, {"host.id": host_id, **kept}, _NEWEST_END, window, _STATE_ONLY)
        return [_space(one) for one in found]

    async def showing(self, post_id: str) -> list[str]:
        query = {"shared_posts.post_id": post_id, "state": SpaceState.LIVE.value}
        return [document["_id"] async for document in self._spaces.find(query, {"_id": True})]

    async def inviting(self, person_id: str) -> list[Space]:
        newest = [("created_at", DESCENDING), ("_id", DESCENDING)]
        return await self._find({"invitations.person.id": person_id}, sort=newest)

    async def _find(self, query: Document, *, sort: list[tuple[str, int]] | None = None) -> list[Space]:
        found = self._spaces.find(query, _STATE_ONLY, sort=sort)
        return [_space(document) async for document in found]


def _outbox(letters: Sequence[Letter]) -> list[Document]:
    return [_LETTERS.encode(_Envelope(one))["letter"] for one in letters]


def _letter(document: Document) -> Letter:
    return _LETTERS.decode({"letter": document}).letter


def _space(document: Document) -> Space:
    return _SPACES.decode(from_document(document))
