"""The contract of `ConversationStore`, and what MongoDB adds to it: races, and messages of earlier versions."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import cast

import pytest
from motor.motor_asyncio import AsyncIOMotorCollection

from app.domain.conversations import Conversation
from app.domain.messages import DirectMessage, Place
from app.services.pages import Window
from app.services.stores import ConversationStore, MessageStore
from app.store.conversations import MongoConversationStore
from app.store.database import Database, Document, Session
from app.store.messages import MongoMessageStore
from app.store.pairs import key
from tests.domain_values import NOW
from tests.store.test_messages import message

LIMIT = 100


def at(message_id: str, seconds: int = 0) -> Place:
    return NOW + timedelta(seconds=seconds), message_id


async def unread_of(conversations: ConversationStore, person_id: str) -> dict[str, int]:
    """How much each other wrote that a person has not read."""
    page = await conversations.page(person_id, Window(LIMIT))
    counts = await conversations.unread(page, limit=LIMIT)
    return {one.other_id: count for one, count in zip(page, counts, strict=True)}


async def test_each_of_two_people_has_a_conversation_of_their_own(
    messages: MessageStore, conversations: ConversationStore
) -> None:
    await messages.add([message("a", "ann bob")])
    await messages.add([message("b", "bob ann", seconds=1)])
    await messages.add([message("c", "ann bob", seconds=2)])
    assert await conversations.page("id-ann", Window(9)) == [
        Conversation("id-ann", "id-bob", newest=at("c", 2), newest_received=at("b", 1), read_up_to=None)
    ]
    assert await conversations.get_many("id-bob", ["id-ann", "id-bob", "id-cid"]) == [
        Conversation("id-bob", "id-ann", newest=at("c", 2), newest_received=at("c", 2), read_up_to=None)
    ]
    assert await conversations.page("id-cid", Window(9)) == []


async def test_a_page_has_the_newest_first_from_either_end(
    messages: MessageStore, conversations: ConversationStore
) -> None:
    await messages.add([message("a", "bob ann", seconds=1), message("b", "ann cid", seconds=2)])
    await messages.add([message("c", "dan ann", seconds=3), message("d", "bob ann", seconds=4)])
    page = await conversations.page("id-ann", Window(9))
    assert [one.other_id for one in page] == ["id-bob", "id-dan", "id-cid"]
    assert await conversations.page("id-ann", Window(1, after=page[0].place)) == [page[1]]
    assert await conversations.page("id-ann", Window(1, last=True)) == [page[2]]


async def test_what_one_wrote_oneself_is_not_unread(messages: MessageStore, conversations: ConversationStore) -> None:
    await messages.add([message("a", "bob ann", seconds=1), message("b", "bob ann", seconds=2)])
    await messages.add([message("c", "ann bob", seconds=3), message("d", "ann cid", seconds=4)])
    assert await unread_of(conversations, "id-ann") == {"id-bob": 2, "id-cid": 0}
    assert await unread_of(conversations, "id-bob") == {"id-ann": 1}
    page = await conversations.page("id-ann", Window(9))
    assert await conversations.unread(page, limit=1) == [0, 1]
    assert await conversations.unread([], limit=1) == []


async def test_reading_goes_on_and_never_back(messages: MessageStore, conversations: ConversationStore) -> None:
    await messages.add([message(one, "bob ann", seconds=number) for number, one in enumerate("abcd")])
    read = await conversations.read("id-ann", "id-bob", at("c", 2))
    assert read == Conversation("id-ann", "id-bob", at("d", 3), at("d", 3), read_up_to=at("c", 2))
    assert await unread_of(conversations, "id-ann") == {"id-bob": 1}
    assert await conversations.read("id-ann", "id-bob", at("a")) == read
    assert (await conversations.read("id-ann", "id-bob", at("d", 3))).is_unread is False
    assert await unread_of(conversations, "id-ann") == {"id-bob": 0}
    assert (await conversations.get_many("id-bob", ["id-ann"]))[0].read_up_to is None
    await messages.add([message("e", "bob ann", seconds=4)])
    assert await unread_of(conversations, "id-ann") == {"id-bob": 1}


async def test_unread_conversations_are_counted_but_those_left_out(
    messages: MessageStore, conversations: ConversationStore
) -> None:
    await messages.add([message(one, f"{one} ann", seconds=number) for number, one in enumerate("bcd")])
    await messages.add([message("e", "ann e", seconds=5)])
    assert await conversations.count_unread("id-ann", without=[], limit=9) == 3
    assert await conversations.count_unread("id-ann", without=["id-b", "id-z"], limit=9) == 2
    assert await conversations.count_unread("id-ann", without=[], limit=2) == 2
    await conversations.read("id-ann", "id-c", at("c", 1))
    assert await conversations.count_unread("id-ann", without=["id-b"], limit=9) == 1
    assert await conversations.count_unread("id-e", without=[], limit=9) == 1
    assert await conversations.count_unread("id-z", without=[], limit=9) == 0


async def test_a_message_that_is_kept_already_moves_nothing(
    messages: MessageStore, conversations: ConversationStore
) -> None:
    await messages.add([message("a", "bob ann")])
    before = await conversations.page("id-ann", Window(9))
    await messages.add([message("a", "bob ann", seconds=9)])
    assert await conversations.page("id-ann", Window(9)) == before


async def test_writing_and_reading_at_once_loses_nothing(
    messages: MessageStore, conversations: ConversationStore
) -> None:
    """One writes, some of it twice, with clocks that differ, and the other reads each as it comes: all at once."""
    kept: set[str] = set()
    read: set[str] = set()

    async def write(one: DirectMessage, *, reading: bool) -> None:
        [written] = await messages.add([one])
        kept.add(written.id)
        if reading:
            seen = await messages.between("id-ann", "id-bob", Window(LIMIT))
            await conversations.read("id-ann", "id-bob", written.place)
            read.update(other.id for other in seen if other.place <= written.place)

    written = [message(f"{n:02}", "bob ann", seconds=-n) for n in range(16)]
    twice = [(one, n % 4 == 0) for n, one in enumerate(written)] + [(one, False) for one in written[::2]]
    await asyncio.gather(*(write(one, reading=reading) for one, reading in twice))
    assert len(kept) == len(await messages.between("id-ann", "id-bob", Window(LIMIT))) == 16
    assert await unread_of(conversations, "id-ann") == {"id-bob": 16 - len(read)}
    [conversation] = await conversations.page("id-ann", Window(9))
    assert conversation.newest_received == conversation.newest


class Deadly:
    """A collection whose server dies when it is written to."""

    def __init__(self, collection: AsyncIOMotorCollection[Document]) -> None:
        self.find = collection.find

    async def bulk_write(self, writes: Sequence[object], session: Session) -> None:
        raise ConnectionError


async def test_a_message_and_its_conversations_are_kept_or_neither_is(database: Database) -> None:
    messages, conversations = MongoMessageStore(database), MongoConversationStore(database)
    dying = MongoMessageStore(database)
    dying._conversations = cast("AsyncIOMotorCollection[Document]", Deadly(database["conversations"]))
    with pytest.raises(ConnectionError):
        await dying.add([message("a", "bob ann")])
    assert (await messages.get_many(["a"]), await conversations.page("id-ann", Window(9))) == ([], [])
    await messages.add([message("a", "bob ann")])
    assert await unread_of(conversations, "id-ann") == {"id-bob": 1}


async def as_of_an_earlier_version(database: Database, messages: Sequence[DirectMessage]) -> None:
    """Makes the messages what a server without conversations left of them."""
    pairs = [(one.sender.id, one.recipient.id) for one in messages]
    of_either = [key(*one) for by, of in pairs for one in ((by, of), (of, by))]
    await database["messages"].update_many({"_id": {"$in": [one.id for one in messages]}}, {"$unset": {"filed": True}})
    await database["conversations"].delete_many({"_id": {"$in": of_either}})


async def test_messages_of_earlier_versions_are_taken_in_as_read(database: Database) -> None:
    messages, conversations = MongoMessageStore(database), MongoConversationStore(database)
    old = [message(f"o{n}", "bob ann" if n % 2 else "cid ann", seconds=n) for n in range(5)]
    await messages.add(old)
    await as_of_an_earlier_version(database, old)
    # A new one comes before the old ones are in.
    await messages.add([message("new", "bob ann", seconds=9)])
    assert [await conversations.take_in(limit=3) for _ in range(3)] == [3, 2, 0]
    page = await conversations.page("id-ann", Window(9))
    assert [(one.other_id, one.newest, one.read_up_to) for one in page] == [
        ("id-bob", at("new", 9), at("o3", 3)),
        ("id-cid", at("o4", 4), at("o4", 4)),
    ]
    assert await unread_of(conversations, "id-ann") == {"id-bob": 1, "id-cid": 0}
    assert [one.other_id for one in await conversations.page("id-cid", Window(9))] == ["id-ann"]


async def test_two_processes_take_in_what_there_is_once(database: Database) -> None:
    messages, conversations = MongoMessageStore(database), MongoConversationStore(database)
    old = [message(f"{n:02}", "bob ann", seconds=n) for n in range(12)]
    await messages.add(old)
    await as_of_an_earlier_version(database, old)

    async def all_of_it() -> int:
        total = 0
        while taken := await conversations.take_in(limit=5):
            total += taken
        return total

    assert sum(await asyncio.gather(all_of_it(), all_of_it())) == 12
    assert await unread_of(conversations, "id-ann") == {"id-bob": 0}
