"""Inboxes: what concerns a person reaches them, wherever they are connected, once and in order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from app.domain.personal import Delivery, InvitationReceived, Received, RemovedFromSpace
from app.domain.roster import Role
from app.services.inboxes import Opened
from app.services.pages import Window
from app.services.ports import Heartbeat
from app.services.stores import Letter
from tests.fakes.spaces import MemorySpaceStore
from tests.services.world import DRAFT, NOW, Process, World
from tests.waiting import DEADLINE


def removals(person_id: str, *numbers: int) -> list[Delivery]:
    """Deliveries with these numbers as keys."""
    return [Delivery(person_id, str(one), removal(one)) for one in numbers]


def removal(number: int) -> RemovedFromSpace:
    return RemovedFromSpace(at=NOW, space_id=f"space-{number}")


@asynccontextmanager
async def hearing(process: Process) -> AsyncIterator[None]:
    """While this is open the process hears bells of others."""
    async with asyncio.timeout(DEADLINE), asyncio.TaskGroup() as group:
        running = group.create_task(process.inboxes.run_bells())
        try:
            await asyncio.sleep(0)
            yield
        finally:
            running.cancel()


async def test_a_stream_begins_now_and_tells_what_comes() -> None:
    process = Process(World())
    await process.inboxes.tell(removals("ana", 1))
    async with process.inboxes.follow("ana", None) as items:
        assert await anext(items) == Opened(1)
        await process.inboxes.tell(removals("ana", 2, 3))
        await process.inboxes.tell(removals("bob", 4))
        assert [await anext(items), await anext(items)] == [Received(2, removal(2)), Received(3, removal(3))]
        await process.inboxes.beat()
        assert await anext(items) == Heartbeat(3)


async def test_who_comes_back_gets_what_was_missed_and_then_a_heartbeat() -> None:
    process = Process(World())
    await process.inboxes.tell(removals("ana", 1, 2))
    async with process.inboxes.follow("ana", 1) as items:
        assert [await anext(items), await anext(items)] == [Received(2, removal(2)), Heartbeat(2)]
    async with process.inboxes.follow("ana", 2) as items:
        assert await anext(items) == Heartbeat(2)
    async with process.inboxes.follow("ana", 9) as items:
        assert await anext(items) == Opened(2)


async def test_what_another_process_tells_is_heard() -> None:
    world = World()
    here, elsewhere = Process(world, "a"), Process(world, "b")
    async with hearing(here), here.inboxes.follow("ana", None) as items:
        assert await anext(items) == Opened(0)
        await elsewhere.inboxes.tell(removals("ana", 1))
        assert await anext(items) == Received(1, removal(1))


async def test_what_no_bell_told_of_is_found() -> None:
    world = World()
    process = Process(world)
    async with hearing(process), process.inboxes.follow("ana", None) as items:
        assert await anext(items) == Opened(0)
        await world.stores.inboxes.deliver(removals("ana", 1))
        world.bells.lose()
        assert await anext(items) == Received(1, removal(1))
        await world.stores.inboxes.deliver(removals("ana", 2))
        await process.inboxes.beat()
        assert await anext(items) == Received(2, removal(2))


async def test_news_is_not_forgotten_for_a_look_that_was_before_it() -> None:
    world = World()
    process = Process(world)
    async with process.inboxes.follow("ana", 0) as items:
        assert await anext(items) == Heartbeat(0)
        waiting = asyncio.ensure_future(anext(items))
        await asyncio.sleep(0)
        await process.inboxes.tell(removals("ana", 1))
        versions = world.stores.inboxes.versions

        async def of_before(person_ids: Sequence[str]) -> dict[str, int]:
            return dict.fromkeys(await versions(person_ids), 0)

        world.stores.inboxes.versions = of_before  # type: ignore[method-assign, assignment]
        await process.inboxes.beat()
        assert await waiting == Received(1, removal(1))


async def test_missed_bells_cost_one_look_for_everyone() -> None:
    world = World()
    process = Process(world)
    async with hearing(process), AsyncExitStack() as open_streams:
        streams = [await open_streams.enter_async_context(process.inboxes.follow(str(n), 0)) for n in range(5)]
        for items in streams:
            assert await anext(items) == Heartbeat(0)
        await world.stores.inboxes.deliver(removals("3", 1))
        world.bells.lose()
        for number, items in enumerate(streams):
            assert await anext(items) == (Received(1, removal(1)) if number == 3 else Heartbeat(0))


class ForgetfulSpaceStore(MemorySpaceStore):
    """A server that dies right after a change was saved: its letters stay in the outbox."""

    def __init__(self) -> None:
        super().__init__()
        self.dies = False

    async def save(self, before, events, letters: Sequence[Letter] = ()):  # type: ignore[no-untyped-def]
        saved = await super().save(before, events, letters)
        if self.dies:
            raise ConnectionError
        return saved


async def test_what_a_server_that_died_had_to_tell_is_told_by_the_next_round_and_once() -> None:
    store = ForgetfulSpaceStore()
    world = World(spaces=store)
    process, host = Process(world), await world.person("hana")
    await world.person("ana")
    space_id = await process.live_space(host)
    store.dies = True
    try:
        await process.stage.invite(host, space_id, "ana", Role.SPEAKER)
    except ConnectionError:
        store.dies = False
    assert await world.stores.inboxes.received_after("ana", 0) == []
    assert await process.moderation.log(world.viewer(host), space_id, Window(9)) == []
    for _ in range(2):
        await process.outbox.round()
        received = await world.stores.inboxes.received_after("ana", 0)
        assert received
        assert [type(one.event) for one in received] == [InvitationReceived]
        assert len(await process.moderation.log(world.viewer(host), space_id, Window(9))) == 1
    assert await store.undispatched(9) == []


async def test_a_letter_that_was_brought_but_not_taken_out_is_not_brought_twice() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    await world.person("ana")
    space = await process.spaces.create(host, DRAFT, ["ana"])
    [told] = await world.stores.inboxes.received_after("ana", 0) or []
    offer = space.invitation("ana")
    assert offer
    again = Delivery("ana", f"{space.id}/{space.version}", told.event)
    await process.outbox.dispatch(space.id, [again])
    assert await world.stores.inboxes.received_after("ana", 0) == [told]
