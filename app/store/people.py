"""Accounts: one document each, with the handle folded for finding it in any case."""

from collections.abc import Collection
from typing import Final

from pymongo.errors import DuplicateKeyError

from app.domain.people import Account
from app.services.plain import Plain
from app.services.ports import HandleExists
from app.store.database import Database, Document, from_document, to_document

_ACCOUNTS: Final = Plain(Account)


class MongoPersonStore:
    """The `PersonStore` port on MongoDB: unique indexes on folded handle and subject keep accounts apart."""

    def __init__(self, database: Database) -> None:
        self._people = database["people"]

    async def add(self, account: Account) -> None:
        document = to_document(_ACCOUNTS.encode(account)) | {"folded_handle": account.handle.casefold()}
        try:
            await self._people.insert_one(document)
        except DuplicateKeyError as error:
            raise HandleExists(account.handle) from error

    async def get(self, person_id: str) -> Account | None:
        return await self._one({"_id": person_id})

    async def get_many(self, person_ids: Collection[str]) -> list[Account]:
        return [_account(one) async for one in self._people.find({"_id": {"$in": list(person_ids)}})]

    async def by_handle(self, handle: str) -> Account | None:
        return await self._one({"folded_handle": handle.casefold()})

    async def by_subject(self, subject: str) -> Account | None:
        return await self._one({"subject": subject})

    async def _one(self, query: Document) -> Account | None:
        document = await self._people.find_one(query)
        return _account(document) if document else None


def _account(document: Document) -> Account:
    return _ACCOUNTS.decode(from_document(document))
