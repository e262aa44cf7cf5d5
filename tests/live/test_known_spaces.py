"""Known Spaces: read once for each change, and never older than what was announced here."""

from collections.abc import AsyncIterator, Collection

import pytest

from app.bus import Bus
from app.domain.events import SpaceDeleted, SpaceRenamed
from app.domain.spaces import Space
from app.feeds.feeds import LiveFeeds
from app.services.known_spaces import KnownSpaces
from tests.domain_values import NOW, space
from tests.fakes.reactions import MemoryReactionStore
from tests.fakes.spaces import MemorySpaceStore
from tests.waiting import until


class CountingStore(MemorySpaceStore):
    """Counts the Spaces that were read."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = 0

    async def get(self, space_id: str) -> Space | None:
        self.reads += 1
        return await super().get(space_id)

    async def get_many(self, space_ids: Collection[str]) -> list[Space]:
        self.reads += len(space_ids)
        return await super().get_many(space_ids)


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
    await until(lambda: feeds.known("a") is not None, "the Space is kept up with")
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
