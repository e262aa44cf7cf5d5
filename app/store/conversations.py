"""Conversations: two documents for each, a person's own, which every message of the two moves on."""

from collections.abc import Collection, Iterable, Sequence
from itertools import chain
from typing import Any, Final

from pymongo import DESCENDING, ReturnDocument, UpdateOne

from app.domain.conversations import Conversation
from app.domain.messages import DirectMessage, Place
from app.services.pages import Moment, Window
from app.store.database import Database, Document, Session, transact
from app.store.pages import find_page
from app.store.pairs import key
from app.store.places import NEWEST, by_place, moment, place

_UNFILED: Final = {"filed": None}
"""Messages of an earlier version."""
_IS_UNREAD: Final = {"$gt": ["$received", "$read"]}
"""MongoDB takes what is not there for less than anything that is."""


class MongoConversationStore:
    """The `ConversationStore` port on MongoDB.

    What is unread is counted from the read position on, over keys of an index, and only as far as is shown: a counter
    would have to be right under every race of a message with its being read.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._conversations = database["conversations"]
        self._messages = database["messages"]

    async def page(self, person_id: str, window: Window[Moment]) -> list[Conversation]:
        found = await find_page(self._conversations, {"_id.by": person_id}, NEWEST, by_place(window))
        return [_conversation(one) for one in found]

    async def get_many(self, person_id: str, other_ids: Collection[str]) -> list[Conversation]:
        found = self._conversations.find({"_id": {"$in": [key(person_id, one) for one in other_ids]}})
        return [_conversation(one) async for one in found]

    async def unread(self, conversations: Sequence[Conversation], *, limit: int) -> list[int]:
        counts = [0] * len(conversations)
        parts = [_counting(n, one, limit) for n, one in enumerate(conversations) if one.is_unread]
        if parts:
            others = [{"$unionWith": {"coll": self._messages.name, "pipeline": one}} for one in parts[1:]]
            async for counted in self._messages.aggregate([*parts[0], *others]):
                counts[counted["of"]] = counted["unread"]
        return counts

    async def count_unread(self, person_id: str, *, without: Collection[str], limit: int) -> int:
        query = {"_id.by": person_id, "unread": True, "_id.of": {"$nin": list(without)}}
        return await self._conversations.count_documents(query, limit=limit)

    async def read(self, person_id: str, other_id: str, place: Place) -> Conversation:
        # The message may be one that an earlier version kept: then this may be the first word of the conversation.
        update = _moving(newest=place, read=place)
        return _conversation(
            await self._conversations.find_one_and_update(
                {"_id": key(person_id, other_id)}, update, upsert=True, return_document=ReturnDocument.AFTER
            )
        )

    async def take_in(self, *, limit: int) -> int:
        async def take(session: Session) -> int:
            unfiled = self._messages.find(_UNFILED, sort=[("place", DESCENDING)], limit=limit, session=session)
            documents = [one async for one in unfiled]
            if documents:
                moves = [_moves(one["sender"]["id"], one["recipient"]["id"], moment(one), True) for one in documents]
                await self._conversations.bulk_write([*chain.from_iterable(moves)], session=session)
                ids = [one["_id"] for one in documents]
                await self._messages.update_many({"_id": {"$in": ids}}, {"$set": {"filed": True}}, session=session)
            return len(documents)

        return await transact(self._database, take)


def moves_by(messages: Iterable[DirectMessage]) -> list[UpdateOne]:
    """How new messages move the conversations of their people on; to be written in one transaction with them."""
    return [*chain.from_iterable(_moves(one.sender.id, one.recipient.id, one.place, False) for one in messages)]


def _moves(sender_id: str, recipient_id: str, at: Place, is_read: bool) -> list[UpdateOne]:
    read = at if is_read else None
    return [
        UpdateOne({"_id": key(sender_id, recipient_id)}, _moving(newest=at, read=read), upsert=True),
        UpdateOne({"_id": key(recipient_id, sender_id)}, _moving(newest=at, received=at, read=read), upsert=True),
    ]


def _moving(*, newest: Place, received: Place | None = None, read: Place | None = None) -> list[Document]:
    """An update that moves these on, and never back."""
    further = {
        name: {"$max": [f"${name}", {"$literal": place(to)}]}
        for name, to in (("place", newest), ("received", received), ("read", read))
        if to is not None
    }
    return [{"$set": further}, {"$set": {"unread": _IS_UNREAD}}]


def _counting(number: int, conversation: Conversation, limit: int) -> list[Document]:
    after = {} if conversation.read_up_to is None else place(conversation.read_up_to)
    received = {"recipient.id": conversation.person_id, "sender.id": conversation.other_id, "place": {"$gt": after}}
    return [{"$match": received}, {"$limit": limit}, {"$count": "unread"}, {"$set": {"of": number}}]


def _conversation(document: Any) -> Conversation:
    received, read = document.get("received"), document.get("read")
    return Conversation(
        person_id=document["_id"]["by"],
        other_id=document["_id"]["of"],
        newest=moment(document),
        newest_received=(received["at"], received["id"]) if received else None,
        read_up_to=(read["at"], read["id"]) if read else None,
    )
