"""Joining who follow already: no read of the Space for each, and never more let in than by reading it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

import pytest

from app.bus.bus import Bus
from app.domain import refusals
from app.domain.events import EndReason, SpaceDeleted, SpaceEnded, SpaceEvent
from app.feeds.feeds import LiveFeeds
from app.services.ports import Snapshot
from app.services.streams import Streams
from tests.domain_values import NOW, space
from tests.fakes.faults import WatchedSpaceStore
from tests.fakes.reactions import MemoryReactionStore
from tests.fakes.world import World

Change = Callable[[SpaceEvent], Awaitable[None]]


@pytest.fixture
def store() -> WatchedSpaceStore:
    return WatchedSpaceStore()


@pytest.fixture
async def feeds(store: WatchedSpaceStore) -> AsyncIterator[LiveFeeds]:
    await store.add(space("a"))
    async with Bus("memory://") as bus, LiveFeeds(store, MemoryReactionStore(), bus, heartbeat_seconds=1000) as feeds:
        yield feeds


@pytest.fixture
def streams(store: WatchedSpaceStore, feeds: LiveFeeds) -> Streams:
    others = World().use_cases
    return Streams(feeds, store, others.attendance, others.admission, others.closings)


@pytest.fixture
def change(store: WatchedSpaceStore, feeds: LiveFeeds) -> Change:
    async def change(event: SpaceEvent) -> None:
        before = await store.get("a")
        assert before
        _, events = await store.save(before, [event])
        await feeds.announce("a", events)

    return change


async def joins(streams: Streams, people: Sequence[str | None]) -> None:
    for viewer_id in people:
        async with streams.space_events(viewer_id, "a", None) as items:
            assert isinstance(await anext(items), Snapshot)


async def test_of_a_live_space_that_is_followed_here_nothing_is_read(
    store: WatchedSpaceStore, streams: Streams
) -> None:
    async with streams.space_events(None, "a", None) as first:
        await anext(first)
        before = store.reads
        await joins(streams, [None, "ana", "ben"] * 5)
        assert store.reads == before


async def test_a_space_that_is_over_is_read(store: WatchedSpaceStore, streams: Streams, change: Change) -> None:
    async with streams.space_events(None, "a", None) as first:
        await anext(first)
        await change(SpaceEnded(at=NOW, reason=EndReason.HOST))
        before = store.reads
        await joins(streams, [None] * 3)
        assert store.reads == before + 3


async def test_a_space_deleted_is_not_there_for_who_comes_then(streams: Streams, change: Change) -> None:
    async with streams.space_events(None, "a", None) as first:
        await anext(first)
        await change(SpaceDeleted(at=NOW))
        with pytest.raises(refusals.SpaceNotFound):
            await joins(streams, [None])
