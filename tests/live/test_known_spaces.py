"""Known Spaces: read once for each change, and never older than what was announced here."""

import asyncio
from collections.abc import AsyncIterator, Collection

import pytest

from app.bus.bus import Bus
from app.domain.events import Numbered, SpaceDeleted, SpaceRenamed
from app.domain.spaces import Space
from app.feeds.feeds import LiveFeeds
from app.feeds.keeping import KEPT_SPACES
from app.services.known_spaces import KnownSpaces
from tests.domain_values import NOW, space
from tests.fakes.reactions import MemoryReactionStore
from tests.fakes.spaces import MemorySpaceStore
from tests.waiting import until


class CountingStore(MemorySpaceStore):
    """Counts the Spaces that were read; others have their turn meanwhile, as with a real one."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = 0

    async def get(self, space_id: str) -> Space | None:
        self.reads += 1
        found = await super().get(space_id)
        await asyncio.sleep(0)
        return found

    async def get_many(self, space_ids: Collection[str]) -> list[Space]:
        self.reads += len(space_ids)
        found = await super().get_many(space_ids)
        await asyncio.sleep(0)
        return found

    async def events_after(self, space_id: str, version: int) -> list[Numbered] | None:
        self.reads += 1
        found = await super().events_after(space_id, version)
        await asyncio.sleep(0)
        return found


class ChangingStore(MemorySpaceStore):
    """While a Space is being read by itself it is changed once, and that is announced here before it was read."""

    feeds: LiveFeeds | None = None

    async def get(self, space_id: str) -> Space | None:
        found = await super().get(space_id)
        if found and self.feeds:
            feeds, self.feeds = self.feeds, None
            _, events = await self.save(found, [SpaceRenamed(at=NOW, title="Meanwhile")])
            await feeds.announce(space_id, events)
        return found


@pytest.fixture
async def store() -> CountingStore:
    store = CountingStore()
    await store.add(space("a"))
    return store


@pytest.fixture
async def bus() -> AsyncIterator[Bus]:
    async with Bus("memory://") as connected:
        yield connected


@pytest.fixture
async def feeds(store: CountingStore, bus: Bus) -> AsyncIterator[LiveFeeds]:
    async with LiveFeeds(store, MemoryReactionStore(), bus, heartbeat_seconds=0.05) as feeds:
        yield feeds


@pytest.fixture
async def known(store: CountingStore, feeds: LiveFeeds) -> KnownSpaces:
    """Of a Space that is kept up with, because it was asked for twice."""
    known = KnownSpaces(store, feeds)
    await known.get_many(["a"])
    await known.get_many(["a"])
    assert feeds.known("a") == space("a")
    return known


async def title(known: KnownSpaces) -> str:
    [found] = await known.get_many(["a"])
    return found.title


async def test_who_only_looks_costs_no_read(store: CountingStore, known: KnownSpaces) -> None:
    before = store.reads
    for _ in range(50):
        assert await title(known) == space("a").title
    assert store.reads == before


async def test_a_change_made_here_is_seen_at_once(store: CountingStore, feeds: LiveFeeds, known: KnownSpaces) -> None:
    for number in range(20):
        [before] = await known.get_many(["a"])
        _, events = await store.save(before, [SpaceRenamed(at=NOW, title=f"Title {number}")])
        await feeds.announce("a", events)
        assert await title(known) == f"Title {number}"


async def test_a_change_made_elsewhere_is_seen_when_the_bus_brings_it(
    store: CountingStore, feeds: LiveFeeds, known: KnownSpaces, bus: Bus
) -> None:
    async with LiveFeeds(store, MemoryReactionStore(), bus) as elsewhere:
        _, events = await store.save(space("a"), [SpaceRenamed(at=NOW, title="Elsewhere")])
        await elsewhere.announce("a", events)
        await until(lambda: (found := feeds.known("a")) is not None and found.title == "Elsewhere", "word came")


async def test_what_the_bus_lost_is_found_by_the_next_heartbeat(
    store: CountingStore, feeds: LiveFeeds, known: KnownSpaces
) -> None:
    await store.save(space("a"), [SpaceRenamed(at=NOW, title="Untold")])
    await until(lambda: (found := feeds.known("a")) is not None and found.title == "Untold", "a heartbeat came")


async def test_where_something_is_missing_the_store_is_asked(
    store: CountingStore, feeds: LiveFeeds, known: KnownSpaces
) -> None:
    after, _ = await store.save(space("a"), [SpaceRenamed(at=NOW, title="Untold")])
    _, events = await store.save(after, [SpaceRenamed(at=NOW, title="Told")])
    await feeds.announce("a", events)
    assert feeds.known("a") is None, "it knows that it missed an event"
    assert await title(known) == "Told"


async def test_a_deletion_is_seen_at_once(store: CountingStore, feeds: LiveFeeds, known: KnownSpaces) -> None:
    deleted, events = await store.save(space("a"), [SpaceDeleted(at=NOW)])
    await feeds.announce("a", events)
    assert await known.get_many(["a"]) == [deleted]


async def test_those_asked_for_once_are_not_kept_up_with(store: CountingStore, feeds: LiveFeeds) -> None:
    for number in range(5):
        await store.add(space(f"b{number}"))
    await KnownSpaces(store, feeds).get_many([f"b{number}" for number in range(5)])
    before = store.reads
    assert [feeds.known(f"b{number}") for number in range(5)] == [None] * 5
    assert store.reads == before


async def test_all_who_come_at_once_cost_two_reads(store: CountingStore, feeds: LiveFeeds) -> None:
    known = KnownSpaces(store, feeds)
    found = await asyncio.gather(*(known.get_many(["a"]) for _ in range(100)))
    assert found == [[space("a")]] * 100
    assert store.reads == 2, "of who came first, who may be the only one; and of all others"


async def test_all_who_come_while_something_is_missing_cost_one_read(
    store: CountingStore, feeds: LiveFeeds, known: KnownSpaces
) -> None:
    after, _ = await store.save(space("a"), [SpaceRenamed(at=NOW, title="Untold")])
    _, events = await store.save(after, [SpaceRenamed(at=NOW, title="Told")])
    before = store.reads
    await feeds.announce("a", events)
    assert await asyncio.gather(*(title(known) for _ in range(100))) == ["Told"] * 100
    assert store.reads - before == 1


async def test_what_is_announced_while_a_space_is_being_read_is_not_overlooked(bus: Bus) -> None:
    store = ChangingStore()
    await store.add(space("a"))
    async with LiveFeeds(store, MemoryReactionStore(), bus) as feeds:
        store.feeds, known = feeds, KnownSpaces(store, feeds)
        await known.get_many(["a"])
        assert await title(known) == "Meanwhile"


async def test_a_deletion_of_which_no_word_came_is_found_by_the_next_heartbeat(
    store: CountingStore, feeds: LiveFeeds, known: KnownSpaces
) -> None:
    deleted, _ = await store.save(space("a"), [SpaceDeleted(at=NOW)])
    await until(lambda: feeds.known("a") == deleted, "a heartbeat came")
    assert await known.get_many(["a"]) == [deleted]


async def test_a_space_that_nobody_asks_for_gives_way_to_one_that_is_asked_for(
    store: CountingStore, feeds: LiveFeeds, known: KnownSpaces
) -> None:
    many = [f"b{number}" for number in range(KEPT_SPACES)]
    await asyncio.gather(*(store.add(space(one)) for one in many))
    for _ in range(2):
        await known.get_many(many)
    [given_way] = [one for one in ["a", *many] if feeds.known(one) is None]
    before = store.reads
    assert await known.get_many([given_way]) == [space(given_way)]
    assert store.reads - before == 1, "it is read as if nobody had ever asked"
