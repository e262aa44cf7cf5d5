"""Accounts: one document each, with handle and name folded for finding them in any case."""

from collections.abc import Collection
from typing import Final

from pymongo import ASCENDING, ReturnDocument
from pymongo.errors import DuplicateKeyError

from app.domain.defaults import SpaceDefaults
from app.domain.drafts import SettingsEdit
from app.domain.people import BY_HANDLE, BY_NAME, Account, Found, folded
from app.services.pages import Window
from app.services.plain import Plain
from app.services.stores import HandleExists
from app.store.database import Database, Document, from_document, to_document
from app.store.pages import Order, find_page

_ACCOUNTS: Final = Plain(Account)
_DEFAULTS: Final = Plain(SpaceDefaults)
_NAMES: Final = [("folded_name", ASCENDING), ("_id", ASCENDING)]


class MongoPersonStore:
    """The `PersonStore` port on MongoDB: unique indexes on folded handle and subject keep accounts apart."""

    def __init__(self, database: Database) -> None:
        self._people = database["people"]

    async def add(self, account: Account) -> None:
        document = to_document(_ACCOUNTS.encode(account)) | {
            "folded_handle": folded(account.handle),
            "folded_name": folded(account.display_name),
        }
        try:
            await self._people.insert_one(document)
        except DuplicateKeyError as error:
            raise HandleExists(account.handle) from error

    async def get(self, person_id: str) -> Account | None:
        return await self._one({"_id": person_id})

    async def get_many(self, person_ids: Collection[str]) -> list[Account]:
        return [_account(one) async for one in self._people.find({"_id": {"$in": list(person_ids)}})]

    async def by_handle(self, handle: str) -> Account | None:
        return await self._one({"folded_handle": folded(handle)})

    async def by_subject(self, subject: str) -> Account | None:
        # The index is of those who have one; MongoDB only takes it where the question says so too.
        return await self._one({"subject": {"$eq": subject, "$type": "string"}})

    async def update(self, person_id: str, *, display_name: str | None, bio: str | None) -> Account | None:
        changes: Document = {}
        if display_name is not None:
            changes |= {"display_name": display_name, "folded_name": folded(display_name)}
        if bio is not None:
            changes["bio"] = bio
        if not changes:
            return await self.get(person_id)
        return await self._change(person_id, changes)

    async def set_listening_visible(self, person_id: str, visible: bool) -> Account | None:
        return await self._change(person_id, {"listening_visible": visible})

    async def listening_visible(self, person_ids: Collection[str]) -> frozenset[str]:
        query = {"_id": {"$in": list(person_ids)}, "listening_visible": True}
        return frozenset([one["_id"] async for one in self._people.find(query, {"_id": True})])

    async def update_space_defaults(self, person_id: str, edit: SettingsEdit) -> Account | None:
        changes, named = _DEFAULTS.encode(SpaceDefaults().changed(edit)), edit.named()
        if not named:
            return await self.get(person_id)
        document = await self._people.find_one_and_update(
            {"_id": person_id},
            {"$set": {f"space_defaults.{name}": changes[name] for name in named}},
            return_document=ReturnDocument.AFTER,
        )
        return _account(document) if document else None

    async def search(self, prefix: str, window: Window[Found]) -> list[Account]:
        begins = _beginning(folded(prefix))
        lists: list[tuple[str, Document, Order]] = [
            (BY_HANDLE, {"folded_handle": begins}, [("folded_handle", ASCENDING)]),
            (BY_NAME, {"folded_name": begins, "folded_handle": {"$not": begins}}, _NAMES),
        ]
        found: list[Account] = []
        for name, query, order in reversed(lists) if window.last else lists:
            if len(found) < window.limit and (rest := _within(window, name, len(order), len(found))):
                read = [_account(one) for one in await find_page(self._people, query, order, rest)]
                found = [*read, *found] if window.last else [*found, *read]
        return found

    async def _change(self, person_id: str, changes: Document) -> Account | None:
        document = await self._people.find_one_and_update(
            {"_id": person_id}, {"$set": changes}, return_document=ReturnDocument.AFTER
        )
        return _account(document) if document else None

    async def _one(self, query: Document) -> Account | None:
        document = await self._people.find_one(query)
        return _account(document) if document else None


def _beginning(prefix: str) -> Document:
    """The range of an index in which all texts begin so; U+10FFFF comes after every letter."""
    return {"$gte": prefix, "$lt": prefix + "\U0010ffff"}


def _within(window: Window[Found], name: str, fields: int, had: int) -> Window[tuple[str, ...]] | None:
    """What the window leaves of one of the two lists, whose keys are as long as its order; None: nothing."""
    after, before = window.after, window.before
    if (after and after[0] > name) or (before and before[0] < name):
        return None
    return Window(
        window.limit - had,
        after=after[1 : 1 + fields] if after and after[0] == name else None,
        before=before[1 : 1 + fields] if before and before[0] == name else None,
        last=window.last,
    )


def _account(document: Document) -> Account:
    return _ACCOUNTS.decode(from_document(document))
