"""The contract of `SpaceStore`: versioned writes, the ring, and what is found how."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from operator import itemgetter

import pytest
from hypothesis import HealthCheck, given, settings

from app.domain.events import (
    RecordingDeleted,
    RecordingTrimmed,
    SpaceDeleted,
    SpaceEvent,
    SpaceRenamed,
    SpaceStarted,
)
from app.domain.evolution import evolve
from app.domain.handovers import HandedOver
from app.domain.moderation import LogEntry, Measure
from app.domain.personal import Delivery, RemovedFromSpace
from app.domain.posts import SharedPost
from app.domain.recorded import Trim
from app.domain.roster import Invitation, Role
from app.domain.spaces import Space, SpaceState
from app.domain.warnings import NewlySeated
from app.services.pages import Window
from app.services.stores import IdTaken, SpaceStore, VersionConflict
from app.store.database import Database
from app.store.spaces import RING_SIZE, MongoSpaceStore
from tests.domain_values import NOW, person, space, values


def renamed(title: str) -> SpaceRenamed:
    return SpaceRenamed(at=NOW, title=title)


async def added(spaces: SpaceStore, one: Space) -> Space:
    await spaces.add(one)
    return one


async def test_of_many_spaces_of_one_id_at_once_one_is_kept(spaces: SpaceStore) -> None:
    made = [space("a", host=host) for host in ("ann", "bob", "cid", "dan")]
    results = await asyncio.gather(*(spaces.add(one) for one in made), return_exceptions=True)
    assert results.count(None) == 1
    assert sum(isinstance(one, IdTaken) for one in results) == 3
    assert await spaces.get("a") == made[results.index(None)]


async def test_the_open_spaces_of_a_host(spaces: SpaceStore) -> None:
    for state in SpaceState:
        await spaces.add(space(state.name, state=state))
        await spaces.add(space(f"other {state.name}", host="other", state=state))
    assert {one.id for one in await spaces.open_of("id-host")} == {"SCHEDULED", "PREPARING", "LIVE"}
    assert await spaces.open_of("nobody") == []


async def test_a_space_comes_back_as_it_was_added(spaces: SpaceStore) -> None:
    one = await added(spaces, space("a"))
    assert await spaces.get("a") == one
    assert await spaces.get("b") is None
    assert await spaces.events_after("a", 1) == []


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(one=values(Space))
async def test_any_space_survives_mongodb(database: Database, one: Space) -> None:
    await database["spaces"].delete_many({})
    store = MongoSpaceStore(database)
    await store.add(one)
    assert await store.get(one.id) == one


async def test_saving_keeps_the_state_and_its_events_together(spaces: SpaceStore) -> None:
    before = await added(spaces, space("a", state=SpaceState.PREPARING))
    events: list[SpaceEvent] = [SpaceStarted(at=NOW), renamed("Another title")]
    after, numbered = await spaces.save(before, events)
    assert (after, numbered) == evolve(before, events)
    assert await spaces.get("a") == after
    assert await spaces.events_after("a", before.version) == numbered
    assert await spaces.events_after("a", before.version + 1) == numbered[1:]


async def test_saving_nothing_writes_nothing(spaces: SpaceStore) -> None:
    before = await added(spaces, space("a"))
    assert await spaces.save(before, []) == (before, [])
    assert await spaces.versions(["a"]) == {"a": 1}


async def test_a_decision_on_an_old_version_is_refused_whole(spaces: SpaceStore) -> None:
    before = await added(spaces, space("a"))
    after, numbered = await spaces.save(before, [renamed("First")])
    with pytest.raises(VersionConflict):
        await spaces.save(before, [renamed("Second"), renamed("Third")])
    assert await spaces.get("a") == after
    assert await spaces.events_after("a", before.version) == numbered


async def test_a_space_that_is_not_there_cannot_be_saved(spaces: SpaceStore) -> None:
    with pytest.raises(VersionConflict):
        await spaces.save(space("nowhere"), [renamed("First")])
    assert await spaces.get("nowhere") is None


async def test_of_many_writes_on_one_version_one_wins(spaces: SpaceStore) -> None:
    before = await added(spaces, space("a"))
    writes = [spaces.save(before, [renamed(str(number))]) for number in range(20)]
    results = await asyncio.gather(*writes, return_exceptions=True)
    won = [result[0] for result in results if isinstance(result, tuple)]
    assert sum(isinstance(result, VersionConflict) for result in results) == len(writes) - 1
    assert [await spaces.get("a")] == won


async def test_the_ring_reaches_back_so_far_and_no_further(spaces: SpaceStore) -> None:
    one = await added(spaces, space("a"))
    for number in range(3):
        one, _ = await spaces.save(one, [renamed(f"{number}.{part}") for part in range(50)])
    oldest = one.version - RING_SIZE
    missed = await spaces.events_after("a", oldest)
    assert missed is not None
    assert [event.version for event in missed] == list(range(oldest + 1, one.version + 1))
    assert missed[-1].event == renamed("2.49")
    assert await spaces.events_after("a", oldest - 1) is None
    assert await spaces.events_after("a", one.version) == []


async def test_there_are_no_events_after_a_version_yet_to_come_or_of_no_space(spaces: SpaceStore) -> None:
    await added(spaces, space("a"))
    assert await spaces.events_after("a", 2) is None
    assert await spaces.events_after("b", 1) is None


async def test_many_spaces_and_versions_are_found_at_once(spaces: SpaceStore) -> None:
    first, second = await added(spaces, space("a")), await added(spaces, space("b"))
    second, _ = await spaces.save(second, [renamed("Second")])
    found = await spaces.get_many(["a", "b", "c"])
    assert sorted(found, key=lambda one: one.id) == [first, second]
    assert await spaces.versions(["a", "b", "c"]) == {"a": 1, "b": 2}


async def test_the_invited_find_the_spaces_that_await_their_answer(spaces: SpaceStore) -> None:
    for seconds, (space_id, name) in enumerate([("a", "ann"), ("b", "ann"), ("c", "bob")]):
        invitation = Invitation(f"to-{space_id}", person(name), Role.SPEAKER, "id-host", NOW)
        created_at = NOW + timedelta(seconds=seconds)
        await added(spaces, replace(space(space_id), created_at=created_at, invitations=(invitation,)))
    assert [one.id for one in await spaces.inviting("id-ann")] == ["b", "a"]
    assert await spaces.inviting("id-nobody") == []


async def test_of_a_deleted_space_its_tombstone_is_left(spaces: SpaceStore) -> None:
    one = await added(spaces, space("a", state=SpaceState.PREPARING))
    one, _ = await spaces.save(one, [renamed("A secret")])
    after, numbered = await spaces.save(one, [SpaceDeleted(at=NOW)])
    assert await spaces.get("a") == after
    assert await spaces.events_after("a", one.version) == numbered
    assert await spaces.events_after("a", 1) is None

    assert await spaces.unpurged() == ["a"]
    await spaces.purged(after)
    assert await spaces.unpurged() == []
    assert await spaces.get("a") == after


async def recorded(spaces: SpaceStore, space_id: str, *, seconds: int = 0, host: str = "host") -> Space:
    """An ended Space with a recording."""
    over = replace(space(space_id, host=host, state=SpaceState.ENDED), recording_enabled=True)
    return await added(spaces, replace(over, ended_at=NOW + timedelta(seconds=seconds)))


async def test_a_deleted_recording_is_to_be_purged_and_the_ring_stays(spaces: SpaceStore) -> None:
    one = await recorded(spaces, "a")
    one, _ = await spaces.save(one, [renamed("As it was")])
    assert await spaces.unpurged() == []
    without, numbered = await spaces.save(one, [RecordingDeleted(at=NOW)])
    assert await spaces.get("a") == without
    assert (await spaces.events_after("a", one.version), await spaces.unpurged()) == (numbered, ["a"])
    await spaces.purged(without)
    assert await spaces.unpurged() == []


async def test_what_was_deleted_since_is_still_to_be_purged(spaces: SpaceStore) -> None:
    without, _ = await spaces.save(await recorded(spaces, "a"), [RecordingDeleted(at=NOW)])
    gone, _ = await spaces.save(without, [SpaceDeleted(at=NOW)])
    await spaces.purged(without)
    assert await spaces.unpurged() == ["a"]
    await spaces.purged(gone)
    assert await spaces.unpurged() == []


async def test_a_hosts_recordings_come_in_pages_the_newest_end_first(spaces: SpaceStore) -> None:
    for space_id, seconds in [("a", 1), ("b", 3), ("c", 1), ("d", 2)]:
        await recorded(spaces, space_id, seconds=seconds)
    await spaces.save(await recorded(spaces, "deleted"), [RecordingDeleted(at=NOW)])
    await recorded(spaces, "another's", host="other")
    await added(spaces, space("unrecorded", state=SpaceState.ENDED))
    await added(spaces, replace(space("live"), recording_enabled=True))
    first = await spaces.recorded("id-host", Window(3))
    assert [one.id for one in first] == ["b", "d", "c"]
    rest = Window(3, after=(NOW + timedelta(seconds=1), "c"))
    assert [one.id for one in await spaces.recorded("id-host", rest)] == ["a"]
    assert [one.id for one in await spaces.recorded("id-host", Window(2, last=True))] == ["c", "a"]


async def test_what_a_recording_measures_is_to_be_found_out_once_and_after_each_trim(spaces: SpaceStore) -> None:
    one = await recorded(spaces, "a")
    await added(spaces, replace(space("live"), recording_enabled=True))
    await added(spaces, replace(space("unrecorded", state=SpaceState.ENDED), recording_enabled=False))
    assert await spaces.unmeasured(5) == [one]
    await spaces.measured(one)
    assert await spaces.unmeasured(5) == []
    trimmed, _ = await spaces.save(one, [RecordingTrimmed(at=NOW, trim=Trim(1_000, None))])
    await spaces.measured(one)
    assert [space.trim for space in await spaces.unmeasured(5)] == [Trim(1_000, None)], "that was before the trim"
    await spaces.measured(trimmed)
    assert await spaces.unmeasured(5) == []
    await spaces.save(await recorded(spaces, "b"), [RecordingDeleted(at=NOW)])
    await recorded(spaces, "c")
    await recorded(spaces, "d")
    assert len(await spaces.unmeasured(5)) == 2
    assert len(await spaces.unmeasured(1)) == 1


async def test_recordings_are_found_by_the_end_of_their_spaces(spaces: SpaceStore) -> None:
    await spaces.measured(await recorded(spaces, "a", seconds=1))
    await recorded(spaces, "b", seconds=2)
    await recorded(spaces, "c", seconds=4)
    await spaces.save(await recorded(spaces, "deleted"), [RecordingDeleted(at=NOW)])
    assert sorted(await spaces.expired(NOW + timedelta(seconds=2), 5)) == ["a", "b"]
    assert len(await spaces.expired(NOW + timedelta(seconds=2), 1)) == 1
    assert await spaces.expired(NOW, 5) == []


async def test_a_page_of_recordings_examines_what_it_answers(database: Database) -> None:
    spaces = MongoSpaceStore(database)
    for number in range(60):
        one = await recorded(spaces, f"{number:02}", seconds=number)
        if number % 2:
            await spaces.save(one, [RecordingDeleted(at=NOW)])
    await database.command("profile", 2)
    assert len(await spaces.recorded("id-host", Window(5, after=(NOW + timedelta(seconds=30), "30")))) == 5
    of_spaces = {"op": "query", "ns": database["spaces"].full_name}
    [seen] = [one async for one in database["system.profile"].find(of_spaces)]
    assert (seen["docsExamined"] <= 6, seen.get("hasSortStage", False)) == (True, False)


async def test_letters_wait_in_the_outbox_until_they_are_dispatched(spaces: SpaceStore) -> None:
    one = Delivery("ann", "a/2", RemovedFromSpace(at=NOW, space_id="a"))
    two = LogEntry("a:2", "a", 2, NOW, person("host"), person("ann"), Measure.MUTED)
    three = NewlySeated("a", 2, person("ann"), NOW)
    four = HandedOver("a", 2, "ann")
    other = Delivery("bob", "b/1", RemovedFromSpace(at=NOW, space_id="b"))
    before = await added(spaces, space("a"))
    await spaces.add(space("b"), [other])
    await spaces.save(before, [renamed("Second")], [one, two, three, four])
    assert sorted(await spaces.undispatched(9), key=itemgetter(0)) == [("a", [one, two, three, four]), ("b", [other])]
    assert len(await spaces.undispatched(1)) == 1
    await spaces.dispatched("a", [one, three, four])
    await spaces.dispatched("b", [other])
    assert await spaces.undispatched(9) == [("a", [two])]
    await spaces.dispatched("a", [one, two])
    assert await spaces.undispatched(9) == []


async def test_a_lost_race_leaves_no_letters(spaces: SpaceStore) -> None:
    before = await added(spaces, space("a"))
    await spaces.save(before, [renamed("Second")])
    with pytest.raises(VersionConflict):
        await spaces.save(before, [renamed("Third")], [Delivery("ann", "k", RemovedFromSpace(at=NOW, space_id="a"))])
    assert await spaces.undispatched(9) == []


async def test_a_deletion_has_letters_too(spaces: SpaceStore) -> None:
    letter = Delivery("ann", "k", RemovedFromSpace(at=NOW, space_id="a"))
    before = await added(spaces, space("a", state=SpaceState.PREPARING))
    await spaces.save(before, [SpaceDeleted(at=NOW)], [letter])
    assert await spaces.undispatched(9) == [("a", [letter])]


async def test_live_spaces_and_those_of_them_with_anonymous_listeners(spaces: SpaceStore) -> None:
    for state in SpaceState:
        await added(spaces, space(state.name, state=state))
        await added(spaces, replace(space(f"anonymous {state.name}", state=state), anonymous=2))
    assert sorted(await spaces.live_ids()) == ["LIVE", "anonymous LIVE"]
    assert await spaces.live_with_anonymous() == ["anonymous LIVE"]


async def test_the_live_spaces_that_show_a_post(spaces: SpaceStore) -> None:
    for state in SpaceState:
        shown = tuple(SharedPost(post_id, person("host"), NOW) for post_id in ("p", "q"))
        await spaces.add(replace(space(state.name, state=state), shared_posts=shown))
    await spaces.add(space("bare"))
    assert await spaces.showing("q") == ["LIVE"]
    assert await spaces.showing("r") == []
