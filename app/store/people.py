"""Accounts: one document each, with handle and name folded for finding them in any case."""

from collections.abc import Collection
from typing import Final

from pymongo import ASCENDING, ReturnDocument
from pymongo.errors import DuplicateKeyError

from app.domain.people import Account, folded
from app.services.plain import Plain
from app.services.stores import HandleExists
from app.store.database import Database, Document, from_document, to_document

_ACCOUNTS: Final = Plain(Account)


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
        return await self._one({"subject": subject})

    async def update(self, person_id: str, *, display_name: str | None, bio: str | None) -> Account | None:
        changes: Document = {}
        if display_name is not None:
            changes |= {"display_name": display_name, "folded_name": folded(display_name)}
        if bio is not None:
            changes["bio"] = bio
        if not changes:
            return await self.get(person_id)
        document = await self._people.find_one_and_update(
            {"_id": person_id}, {"$set": changes}, return_document=ReturnDocument.AFTER
        )
        return _account(document) if document else None

    async def search(self, prefix: str, *, limit: int, after: str | None = None) -> list[Account]:
        last = await self._people.find_one({"_id": after}) if after is not None else None
        if after is not None and last is None:
            return []
        begins, found = _beginning(folded(prefix)), list[Account]()
        if last is None or last["folded_handle"].startswith(folded(prefix)):
            by_handle = begins | ({"$gt": last["folded_handle"]} if last else {})
            found, last = await self._many({"folded_handle": by_handle}, ["folded_handle"], limit), None
        if len(found) < limit:
            by_name: Document = {"folded_name": begins, "folded_handle": {"$not": begins}}
            if last is not None:
                name = last["folded_name"]
                by_name["$or"] = [{"folded_name": {"$gt": name}}, {"folded_name": name, "_id": {"$gt": after}}]
            found += await self._many(by_name, ["folded_name", "_id"], limit - len(found))
        return found

    async def _many(self, query: Document, order: list[str], limit: int) -> list[Account]:
        found = self._people.find(query, sort=[(one, ASCENDING) for one in order], limit=limit)
        return [_account(one) async for one in found]

    async def _one(self, query: Document) -> Account | None:
        document = await self._people.find_one(query)
        return _account(document) if document else None


def _beginning(prefix: str) -> Document:
    """The range of an index in which all texts begin so; U+10FFFF comes after every letter."""
    return {"$gte": prefix, "$lt": prefix + "\U0010ffff"}


def _account(document: Document) -> Account:
    return _ACCOUNTS.decode(from_document(document))
