"""Messages: one document each, found by either of its two people, and by both together.

Each is kept in one transaction with what it changes in the conversations of its people (`app.store.conversations`).
"""

from collections.abc import Collection, Sequence
from typing import Final

from app.domain.messages import DirectMessage, after
from app.services.pages import Moment, Window
from app.services.plain import Plain
from app.store.conversations import moves_by
from app.store.database import Database, Document, Session, from_document, to_document, transact
from app.store.pages import find_page
from app.store.pairs import key
from app.store.places import NEWEST, by_place, moment, place

_MESSAGES: Final = Plain(DirectMessage)


class MongoMessageStore:
    """The `MessageStore` port on MongoDB."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._messages = database["messages"]
        self._conversations = database["conversations"]

    async def add(self, messages: Sequence[DirectMessage]) -> list[DirectMessage]:
        async def keep(session: Session) -> list[DirectMessage]:
            found = self._messages.find({"_id": {"$in": [one.id for one in messages]}}, session=session)
            kept = {one["_id"]: _message(one) async for one in found}
            new = await self._in_line([one for one in messages if one.id not in kept], session)
            if new:
                await self._messages.insert_many([_document(one) for one in new], session=session)
                await self._conversations.bulk_write(moves_by(new), session=session)
            kept |= {one.id: one for one in new}
            return [kept[one.id] for one in messages]

        return await transact(self._database, keep)

    async def _in_line(self, messages: Sequence[DirectMessage], session: Session) -> list[DirectMessage]:
        """Each after what there is of its conversation; who adds to that meanwhile is in the transaction's way."""
        pairs = [key(one.sender.id, one.recipient.id) for one in messages]
        found = self._conversations.find({"_id": {"$in": pairs}}, {"place": True}, session=session)
        newest = {frozenset(one["_id"].values()): moment(one) async for one in found}
        lined_up = []
        for one in messages:
            pair = frozenset((one.sender.id, one.recipient.id))
            lined_up.append(after(newest.get(pair), one))
            newest[pair] = lined_up[-1].place
        return lined_up

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
    found_by = {"people": [sender_id, recipient_id], "pair": _pair(sender_id, recipient_id)}
    return to_document(_MESSAGES.encode(message)) | found_by | {"place": place(message.place), "filed": True}


def _message(document: Document) -> DirectMessage:
    return _MESSAGES.decode(from_document(document))


def _pair(one: str, other: str) -> Document:
    first, second = sorted((one, other))
    return {"first": first, "second": second}
