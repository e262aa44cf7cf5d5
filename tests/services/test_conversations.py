"""Conversations: what is unread of them, and reading them on several devices."""

from dataclasses import replace

import pytest

from app.domain import refusals
from app.domain.conversations import UNREAD_SHOWN
from app.domain.messages import DirectMessage
from app.domain.personal import ConversationRead, DirectMessageReceived, DirectMessageSent
from app.domain.roster import Person
from app.services.pages import Window
from app.services.stores import InboxStore
from tests.services.test_messages import DyingInboxes, people
from tests.services.world import Process, World


async def unread(process: Process, person: Person) -> dict[str, int]:
    """How much each other wrote that a person has not read, the newest conversation first."""
    page = await process.conversations.page(person, Window(9))
    counts = await process.conversations.unread(page)
    return {one.other_id: count for one, count in zip(page, counts, strict=True)}


async def told(inboxes: InboxStore, person_id: str) -> list[tuple[type, str]]:
    """The messages, and the readings of them, that a person's devices were told of."""
    kinds = DirectMessageReceived | DirectMessageSent | ConversationRead
    events = [one.event for one in await inboxes.received_after(person_id, 0) or []]
    return [(type(one), one.message_id) for one in events if isinstance(one, kinds)]


async def test_what_is_not_read_counts_until_it_is_in_every_process() -> None:
    world = World()
    one, other, (ana, ben, cem) = Process(world), Process(world, "b"), await people(world)
    first, second, third = [(await one.messages.send(ana, ["ben"], text))[0] for text in "123"]
    await one.messages.send(cem, ["ben"], "Hello.")
    assert await unread(other, ben) == {"cem": 1, "ana": 3}
    assert await unread(other, ana) == {"ben": 0}
    read = await other.conversations.mark_read(ben, "ana", second.id)
    assert (read.other_id, read.read_up_to, read.newest) == ("ana", second.place, third.place)
    assert await unread(one, ben) == {"cem": 1, "ana": 1}
    assert await one.conversations.count_unread(ben) == 2
    assert await one.conversations.mark_read(ben, "ana", first.id) == read, "what was read stays read"
    await one.conversations.mark_read(ben, "ana", third.id)
    assert await other.conversations.count_unread(ben) == 1


async def test_the_readers_devices_are_told_once_and_the_writer_is_not() -> None:
    world = World()
    process, (ana, ben, _) = Process(world), await people(world)
    first, second = [(await process.messages.send(ana, ["ben"], text))[0] for text in "12"]
    for message in (second, second, first):
        await process.conversations.mark_read(ben, "ana", message.id)
    inboxes = world.stores.inboxes
    received = [(DirectMessageReceived, one.id) for one in (first, second)]
    assert await told(inboxes, "ben") == [*received, (ConversationRead, second.id)]
    assert await told(inboxes, "ana") == [(DirectMessageSent, one.id) for one in (first, second)]


async def test_a_server_that_dies_before_it_tells_is_made_good_by_reading_again() -> None:
    world, inboxes = World(), DyingInboxes()
    inboxes.down = False
    world.stores = replace(world.stores, inboxes=inboxes)
    process, (ana, ben, _) = Process(world), await people(world)
    [message] = await process.messages.send(ana, ["ben"], "Hello.")
    inboxes.down = True
    with pytest.raises(ConnectionError):
        await process.conversations.mark_read(ben, "ana", message.id)
    inboxes.down = False
    await process.conversations.mark_read(ben, "ana", message.id)
    assert (await told(inboxes, "ben"))[1:] == [(ConversationRead, message.id)]


async def test_nobody_reads_what_is_not_of_their_conversation() -> None:
    world = World()
    process, (ana, ben, cem) = Process(world), await people(world)
    [message] = await process.messages.send(ana, ["ben"], "Hello.")
    for reader, other_id, message_id, refusal in (
        (cem, "ana", message.id, refusals.MessageNotFound),
        (ben, "cem", message.id, refusals.MessageNotFound),
        (ben, "nobody", message.id, refusals.MessageNotFound),
        (ben, "ana", "nothing", refusals.MessageNotFound),
        (ben, "ben", message.id, refusals.CannotTargetSelf),
    ):
        with pytest.raises(refusal):
            await process.conversations.mark_read(reader, other_id, message_id)
    assert await process.conversations.count_unread(ben) == 1


async def test_who_is_muted_or_blocked_is_listed_but_does_not_count() -> None:
    world = World()
    process, (ana, ben, cem) = Process(world), await people(world)
    [from_ben] = await process.messages.send(ben, ["ana"], "Hello.")
    await process.messages.send(cem, ["ana"], "Hello.")
    await process.mutes.mute(ana, "ben")
    await process.blocks.block(ana, "cem")
    assert await process.conversations.count_unread(ana) == 0
    assert await unread(process, ana) == {"cem": 1, "ben": 1}
    # Who is blocked reads on as before: they learn nothing.
    assert [one.other_id for one in await process.conversations.page(cem, Window(9))] == ["ana"]
    await process.mutes.unmute(ana, "ben")
    assert await process.conversations.count_unread(ana) == 1
    await process.conversations.mark_read(ana, "ben", from_ben.id)
    assert await process.conversations.count_unread(ana) == 0


async def test_no_more_is_counted_than_is_shown() -> None:
    world = World()
    process, (ana, ben, _) = Process(world), await people(world)
    said = [DirectMessage(f"m{n:03}", ben, ana, "Hi.", None, world.clock()) for n in range(UNREAD_SHOWN + 9)]
    await world.stores.messages.add(said)
    assert await unread(process, ana) == {"ben": UNREAD_SHOWN + 1}
    await process.conversations.mark_read(ana, "ben", said[8].id)
    assert await unread(process, ana) == {"ben": UNREAD_SHOWN}
