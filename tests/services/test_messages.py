"""Direct messages: to people who want them, to all named or to none, and told once."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from app.domain import refusals
from app.domain.personal import Delivery, DirectMessageReceived
from app.domain.roster import Person
from app.services.messages import PER_WINDOW, WINDOW
from app.services.pages import Window
from tests.fakes.inboxes import MemoryInboxStore
from tests.services.world import DRAFT, Process, World


async def people(world: World) -> tuple[Person, Person, Person]:
    return await world.person("ana"), await world.person("ben"), await world.person("cem")


async def told(world: World, person_id: str) -> list[str]:
    """The messages that a person was told of."""
    events = [one.event for one in await world.stores.inboxes.received_after(person_id, 0) or []]
    return [one.message_id for one in events if isinstance(one, DirectMessageReceived)]


async def test_each_of_the_named_gets_a_message_and_is_told_of_it() -> None:
    world = World()
    process, (ana, ben, cem) = Process(world), await people(world)
    sent = await process.messages.send(ana, ["cem", "ben", "cem"], " Hello. ")
    assert [(one.sender, one.recipient, one.text, one.space_id) for one in sent] == [
        (ana, cem, "Hello.", None),
        (ana, ben, "Hello.", None),
    ]
    assert [await told(world, name) for name in ("ana", "ben", "cem")] == [[], [sent[1].id], [sent[0].id]]
    assert await process.messages.page(ben, Window(9)) == [sent[1]]
    assert set(await process.messages.page(ana, Window(9))) == set(sent)
    assert await process.messages.page(ana, Window(9), other_id="cem") == [sent[0]]


async def test_a_message_is_seen_by_its_two_people_alone() -> None:
    world = World()
    process, (ana, _, _) = Process(world), await people(world)
    [sent] = await process.messages.send(ana, ["ben"], "Hello.")
    seen = [await process.messages.get_many(viewer_id, [sent.id]) for viewer_id in ("ana", "ben", "cem", None)]
    assert seen == [[sent], [sent], [], []]


async def nothing_was_sent(world: World, process: Process, sender: Person) -> bool:
    return not await process.messages.page(sender, Window(9)) and not await told(world, "cem")


@pytest.mark.parametrize("blocker", ["ana", "ben"])
async def test_a_block_either_way_keeps_messages_from_all_that_are_named_with_them(blocker: str) -> None:
    world = World()
    process, (ana, ben, _) = Process(world), await people(world)
    by, of = (ana, "ben") if blocker == "ana" else (ben, "ana")
    await process.blocks.block(by, of)
    with pytest.raises(refusals.CannotMessage, match="@ben") as caught:
        await process.messages.send(ana, ["cem", "ben"], "Hello.")
    assert caught.value.field == "userIds"
    assert await nothing_was_sent(world, process, ana)


async def test_nobody_is_told_where_someone_named_is_not_there() -> None:
    world = World()
    process, (ana, _, _) = Process(world), await people(world)
    for named, refusal in (
        (["cem", "nobody"], refusals.UserNotFound),
        (["cem", "ana"], refusals.CannotTargetSelf),
        ([], refusals.InvalidRecipients),
    ):
        with pytest.raises(refusal):
            await process.messages.send(ana, named, "Hello.")
    with pytest.raises(refusals.EmptyMessage):
        await process.messages.send(ana, ["cem"], " ")
    assert await nothing_was_sent(world, process, ana)


async def test_a_spaces_card_is_sent_by_those_who_may_share_it() -> None:
    world = World()
    process, (ana, ben, _) = Process(world), await people(world)
    space = await process.spaces.create(ana, DRAFT, [])
    [sent] = await process.messages.send(ana, ["ben"], "", space.id)
    assert (sent.text, sent.space_id) == ("", space.id)
    await process.spaces.start(ana, space.id)
    with pytest.raises(refusals.NotAParticipant):
        await process.messages.send(ben, ["cem"], "", space.id)
    await process.attendance.join(ben, space.id)
    assert await process.messages.send(ben, ["cem"], "", space.id)


async def test_a_person_sends_so_many_messages_in_ten_minutes_over_all_processes() -> None:
    world = World()
    one, other, (ana, ben, _) = Process(world), Process(world, "b"), await people(world)
    for number in range(PER_WINDOW // 2):
        await (one, other)[number % 2].messages.send(ana, ["ben", "cem"], "Hello.")
    for process in (one, other):
        with pytest.raises(refusals.RateLimited) as caught:
            await process.messages.send(ana, ["ben"], "Hello.")
        assert caught.value.limit == PER_WINDOW
    assert await one.messages.send(ben, ["ana"], "Stop it.")
    world.clock.advance(WINDOW)
    assert await one.messages.send(ana, ["ben"], "Sorry.")


async def test_what_is_sent_twice_under_a_key_is_sent_counted_and_told_once() -> None:
    world = World()
    one, other, (ana, _, _) = Process(world), Process(world, "b"), await people(world)
    sent = await one.messages.send(ana, ["ben", "cem"], "Hello.", idempotency_key="k")
    assert await other.messages.send(ana, ["ben", "cem"], "Hello, again.", idempotency_key="k") == sent
    assert [await told(world, name) for name in ("ben", "cem")] == [[sent[0].id], [sent[1].id]]
    assert len(await one.messages.page(ana, Window(9))) == 2


class DyingInboxes(MemoryInboxStore):
    """Inboxes that a server cannot reach any more."""

    down = True

    async def deliver(self, deliveries: Sequence[Delivery]) -> None:
        if self.down:
            raise ConnectionError
        await super().deliver(deliveries)


async def test_a_server_that_dies_before_it_tells_is_made_good_by_trying_again() -> None:
    world, inboxes = World(), DyingInboxes()
    world.stores = replace(world.stores, inboxes=inboxes)
    process, (ana, _, _) = Process(world), await people(world)
    with pytest.raises(ConnectionError):
        await process.messages.send(ana, ["ben"], "Hello.", idempotency_key="k")
    inboxes.down = False
    sent = await process.messages.send(ana, ["ben"], "Hello.", idempotency_key="k")
    assert await process.messages.page(ana, Window(9)) == sent
    assert await told(world, "ben") == [sent[0].id]
