"""The contract of `InboxStore`."""

import asyncio

from hypothesis import HealthCheck, given, settings

from app.domain.personal import Delivery, PersonalEvent, Received, RemovedFromSpace
from app.services.stores import InboxStore
from tests.domain_values import NOW, values


def removal(number: int) -> RemovedFromSpace:
    return RemovedFromSpace(at=NOW, space_id=f"space-{number}")


async def test_a_person_reads_what_came_after_a_version(inboxes: InboxStore) -> None:
    await inboxes.deliver([])
    await inboxes.deliver([Delivery("ann", str(one), removal(one)) for one in (1, 2, 3)])
    await inboxes.deliver([Delivery("bob", "1", removal(1))])
    assert await inboxes.received_after("ann", 0) == [Received(one, removal(one)) for one in (1, 2, 3)]
    assert await inboxes.received_after("ann", 2) == [Received(3, removal(3))]
    assert await inboxes.received_after("ann", 3) == []
    assert await inboxes.received_after("ann", 4) is None
    assert await inboxes.received_after("ann", -1) is None
    assert await inboxes.received_after("zoe", 0) == []
    assert await inboxes.received_after("zoe", 1) is None
    assert await inboxes.versions(["ann", "bob", "zoe"]) == {"ann": 3, "bob": 1}


async def test_what_is_delivered_twice_is_received_once(inboxes: InboxStore) -> None:
    first, second = Delivery("ann", "a", removal(1)), Delivery("ann", "b", removal(2))
    await inboxes.deliver([first, second])
    await inboxes.deliver([first, Delivery("bob", "a", removal(1)), second])
    assert await inboxes.versions(["ann", "bob"]) == {"ann": 2, "bob": 1}


async def test_at_once_too(inboxes: InboxStore) -> None:
    await asyncio.gather(*(inboxes.deliver([Delivery("ann", str(one % 5), removal(one % 5))]) for one in range(20)))
    received = await inboxes.received_after("ann", 0)
    assert received
    assert [one.version for one in received] == [1, 2, 3, 4, 5]
    assert {one.event for one in received} == {removal(one) for one in range(5)}


async def test_what_is_long_ago_is_gone(inboxes: InboxStore) -> None:
    await inboxes.deliver([Delivery("ann", str(one), removal(one)) for one in range(1, 131)])
    assert await inboxes.received_after("ann", 1) is None
    kept = await inboxes.received_after("ann", 2)
    assert kept
    assert (len(kept), kept[0], kept[-1]) == (128, Received(3, removal(3)), Received(130, removal(130)))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values(PersonalEvent))
async def test_every_kind_of_event_is_read_as_it_was_written(inboxes: InboxStore, event: PersonalEvent) -> None:
    version = (await inboxes.versions(["ann"])).get("ann", 0)
    await inboxes.deliver([Delivery("ann", f"${version}", event)])
    received = await inboxes.received_after("ann", version)
    assert received == [Received(version + 1, event)]
