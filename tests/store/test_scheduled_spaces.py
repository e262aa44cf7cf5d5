"""The contract of `SpaceStore` for Spaces to come: a host's slots, and what is found of them."""

import asyncio
from datetime import timedelta

import pytest

from app.domain.events import (
    HostTransferred,
    SpaceCanceled,
    SpaceDeleted,
    SpaceEvent,
    SpaceExpired,
    SpacePrepared,
    SpaceRescheduled,
    SpaceStarted,
)
from app.domain.spaces import SpaceState
from app.services.stores import IdTaken, SlotsTaken, SpaceStore
from app.store.database import Database
from app.store.spaces import MongoSpaceStore
from tests.domain_values import NOW, person, scheduled, space

SLOTS = 3


async def fill(spaces: SpaceStore, host: str = "host") -> None:
    for number in range(SLOTS):
        await spaces.add_scheduled(scheduled(f"{host}-{number}", host=host), slots=SLOTS)


async def test_a_host_has_so_many_slots_and_no_more(spaces: SpaceStore) -> None:
    await fill(spaces)
    with pytest.raises(SlotsTaken):
        await spaces.add_scheduled(scheduled("one-more"), slots=SLOTS)
    assert await spaces.get("one-more") is None
    await fill(spaces, "another")
    await spaces.add(space("at-once"))
    assert len(await spaces.scheduled_of(["id-host", "id-another", "id-nobody"])) == 2 * SLOTS
    assert {one.host for one in await spaces.scheduled_of(["id-host"])} == {person("host")}


@pytest.mark.parametrize(
    "leaving",
    [
        [SpacePrepared(at=NOW)],
        [SpacePrepared(at=NOW), SpaceStarted(at=NOW)],
        [SpaceCanceled(at=NOW)],
        [SpaceExpired(at=NOW)],
        [SpaceDeleted(at=NOW)],
    ],
)
async def test_a_slot_is_free_again_when_its_space_is_not_scheduled_any_more(
    spaces: SpaceStore, leaving: list[SpaceEvent]
) -> None:
    await fill(spaces)
    left, _ = await spaces.save(scheduled("host-1"), leaving)
    assert left.state is not SpaceState.SCHEDULED
    await spaces.add_scheduled(scheduled("next"), slots=SLOTS)
    with pytest.raises(SlotsTaken):
        await spaces.add_scheduled(scheduled("one-more"), slots=SLOTS)


async def test_a_slot_stays_taken_while_its_space_is_moved(spaces: SpaceStore) -> None:
    await fill(spaces)
    await spaces.save(scheduled("host-1"), [SpaceRescheduled(at=NOW, start=NOW, time_zone="UTC")])
    with pytest.raises(SlotsTaken):
        await spaces.add_scheduled(scheduled("one-more"), slots=SLOTS)


async def test_a_prepared_space_goes_to_a_host_whose_slots_are_taken(spaces: SpaceStore) -> None:
    await fill(spaces)
    await fill(spaces, "another")
    one, _ = await spaces.save(scheduled("host-1"), [SpacePrepared(at=NOW)])
    given, _ = await spaces.save(one, [HostTransferred(at=NOW, host=person("another"), former_host_id="id-host")])
    assert given.host == person("another")
    assert len(await spaces.scheduled_of(["id-another"])) == SLOTS


async def test_an_id_is_given_once(spaces: SpaceStore) -> None:
    await spaces.add_scheduled(scheduled("a"), slots=SLOTS)
    with pytest.raises(IdTaken):
        await spaces.add_scheduled(scheduled("a", host="another"), slots=SLOTS)


async def test_a_race_for_the_slots_over_many_connections_has_as_many_winners(database: Database) -> None:
    stores = [MongoSpaceStore(database) for _ in range(4)]
    for attempt in range(3):
        host = f"host-{attempt}"
        scheduling = [
            stores[number % 4].add_scheduled(scheduled(f"{host}-{number}", host=host), slots=10) for number in range(40)
        ]
        results = await asyncio.gather(*scheduling, return_exceptions=True)
        assert [type(one) for one in results if one is not None] == [SlotsTaken] * 30
        assert len(await stores[0].scheduled_of([f"id-{host}"])) == 10


async def test_what_a_host_planned_is_found_whatever_became_of_it(spaces: SpaceStore) -> None:
    for number, space_id in enumerate("abcd"):
        await spaces.add_scheduled(scheduled(space_id, start=NOW + timedelta(days=number)), slots=10)
    await spaces.add_scheduled(scheduled("e", host="another"), slots=10)
    await spaces.add(space("f"))
    await spaces.save(scheduled("b", start=NOW + timedelta(days=1)), [SpaceCanceled(at=NOW)])
    await spaces.save(scheduled("d", start=NOW + timedelta(days=3)), [SpaceDeleted(at=NOW)])
    assert [one.id for one in await spaces.planned_of("id-host", NOW, limit=9)] == ["c", "b"]
    since = NOW - timedelta(seconds=1)
    assert [one.id for one in await spaces.planned_of("id-host", since, limit=9)] == ["c", "b", "a"]
    assert [one.id for one in await spaces.planned_of("id-host", since, limit=2)] == ["c", "b"]
