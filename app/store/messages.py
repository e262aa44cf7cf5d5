"""Messages: one document each, found by either of its two people, and by both together."""

from collections.abc import Collection, Sequence
from typing import Final

from pymongo import UpdateOne

from app.domain.messages import DirectMessage
from app.services.pages import Moment, Window
from app.services.plain import Plain
from app.store.database import Database, Document, from_document
from app.store.pages import find_page
from app.store.places import NEWEST, by_place, place

_MESSAGES: Final = Plain(DirectMessage)


class MongoMessageStore:
    """The `MessageStore` port on MongoDB."""

    def __init__(self, database: Database) -> None:
        self._messages = database["messages"]

    async def add(self, messages: Sequence[DirectMessage]) -> None:
        await self._messages.bulk_write(
            [UpdateOne({"_id": one.id}, {"$setOnInsert": _document(one)}, upsert=True) for one in messages]
        )

    async def get_many(self, message_ids: Collection[str]) -> list[DirectMessage]:
        found = self._messages.find({"_id": {"$in": list(message_ids)}})
        return [_message(document) async for document in found]

    async def of_person(self, person_id: str, window: Window[Moment]) -> list[DirectMessage]:
        return await self._page({"people": person_id}, window)

    async def between(self, person_id: str, other_id: str, window: Window[Moment]) -> list[DirectMessage]:
        return await self._page({"pair": _pair(person_id, other_id)}, window)

    async def _page(self, query: Document, window: Window[Moment]) -> list[DirectMessage]:
        return [_message(one) for one in await find_page(self._messages, query, NEWEST, by_place(window))]


def _document(message: DirectMessage) -> Document:
    sender_id, recipient_id = message.sender.id, message.recipient.id
    content = {name: value for name, value in _MESSAGES.encode(message).items() if name != "id"}
    found_by = {"people": [sender_id, recipient_id], "pair": _pair(sender_id, recipient_id)}
    return content | found_by | {"place": place(message.place)}


def _message(document: Document) -> DirectMessage:
    return _MESSAGES.decode(from_document(document))


def _pair(one: str, other: str) -> Document:
    first, second = sorted((one, other))
    return {"first": first, "second": second}
