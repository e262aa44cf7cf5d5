"""What every `Feeds` promises: one suite for the streams in memory and the real ones."""

from collections.abc import AsyncIterator

import pytest

from app.bus.bus import Bus
from app.domain.events import (
    EndReason,
    Numbered,
    SpaceCanceled,
    SpaceDeleted,
    SpaceEnded,
    SpaceEvent,
    SpaceExpired,
    SpaceRenamed,
)
from app.domain.reactions import Reaction
from app.domain.spaces import Space
from app.feeds.feeds import LiveFeeds
from app.services.ports import Feeds, Heartbeat, Snapshot
from tests.domain.phrases import phrase
from tests.domain_values import NOW, person, space
from tests.fakes.feeds import MemoryFeeds
from tests.fakes.reactions import MemoryReactionStore
from tests.fakes.spaces import MemorySpaceStore
from tests.live.followers import receive, receive_change


@pytest.fixture
def store() -> MemorySpaceStore:
    return MemorySpaceStore()


@pytest.fixture(params=["memory", "live"])
async def feeds(request: pytest.FixtureRequest, store: MemorySpaceStore) -> AsyncIterator[Feeds]:
    """Each kind of streams in turn."""
    if request.param == "memory":
        yield MemoryFeeds(store, keeps=True)
        return
    async with Bus("memory://") as bus, LiveFeeds(store, MemoryReactionStore(), bus) as live:
        yield live


@pytest.fixture
async def room(store: MemorySpaceStore) -> Space:
    await store.add(space("a"))
    return space("a")


class Teller:
    """Saves events of one Space and announces them, keeping its state."""

    def __init__(self, store: MemorySpaceStore, feeds: Feeds, state: Space) -> None:
        self._store = store
        self._feeds = feeds
        self.state = state

    async def tell(self, *events: SpaceEvent) -> list[Numbered]:
        self.state, numbered = await self._store.save(self.state, events)
        await self._feeds.announce(self.state.id, numbered)
        return numbered


@pytest.fixture
def teller(store: MemorySpaceStore, feeds: Feeds, room: Space) -> Teller:
    return Teller(store, feeds, room)


def renamed(title: str) -> SpaceRenamed:
    return SpaceRenamed(at=NOW, title=title)


ENDED = SpaceEnded(at=NOW, reason=EndReason.HOST)
LAST = [ENDED, SpaceCanceled(at=NOW), SpaceExpired(at=NOW), SpaceDeleted(at=NOW)]


@pytest.mark.parametrize("last", LAST)
async def test_a_snapshot_then_every_event_in_order_until_the_end(
    feeds: Feeds, teller: Teller, last: SpaceEvent
) -> None:
    async with feeds.follow("a", None) as items:
        assert await receive(items) == Snapshot(teller.state)
        told = await teller.tell(renamed("One"), renamed("Two"))
        assert [await receive_change(items) for _ in told] == told
        told = await teller.tell(last)
        assert [await receive_change(items) for _ in told] == told
        with pytest.raises(StopAsyncIteration):
            await receive(items)


async def test_who_resumes_gets_what_was_missed_and_a_heartbeat(feeds: Feeds, teller: Teller) -> None:
    seen = teller.state.version
    missed = await teller.tell(renamed("One"), renamed("Two"))
    async with feeds.follow("a", seen) as items:
        assert [await receive(items) for _ in missed] == missed
        assert await receive(items) == Heartbeat(teller.state.version)


async def test_who_was_away_too_long_gets_a_snapshot(feeds: Feeds, teller: Teller) -> None:
    await teller.tell(*(renamed(str(number)) for number in range(200)))
    async with feeds.follow("a", 1) as items:
        assert await receive(items) == Snapshot(teller.state)


async def test_an_event_told_twice_is_streamed_once(feeds: Feeds, teller: Teller) -> None:
    async with feeds.follow("a", None) as items:
        await receive(items)
        first = await teller.tell(renamed("One"))
        await feeds.announce("a", first)
        second = await teller.tell(renamed("Two"))
        assert [await receive_change(items) for _ in range(2)] == first + second


async def test_there_is_no_stream_of_a_space_that_is_not_there(feeds: Feeds) -> None:
    async with feeds.follow("nowhere", None) as items:
        with pytest.raises(StopAsyncIteration):
            await receive(items)


async def test_the_stream_of_an_ended_space_is_its_last_state(feeds: Feeds, teller: Teller) -> None:
    await teller.tell(ENDED)
    async with feeds.follow("a", None) as items:
        assert await receive(items) == Snapshot(teller.state)
        with pytest.raises(StopAsyncIteration):
            await receive(items)


async def test_a_reaction_comes_in_a_batch(feeds: Feeds, room: Space) -> None:
    async with feeds.reactions(room.id) as batches:
        feeds.react(room.id, Reaction("👏", person("ann")))
        if isinstance(feeds, MemoryFeeds):
            feeds.send_batch(room.id)
        [tally] = await anext(batches)
        assert (tally.emoji, tally.count, tally.people) == ("👏", 1, (person("ann"),))


async def test_a_phrase_comes_to_everyone_who_reads_its_space(feeds: Feeds, room: Space) -> None:
    async with feeds.captions(room.id) as first, feeds.captions(room.id) as second:
        feeds.caption(phrase("elsewhere", space_id="b"))
        feeds.caption(phrase("time and tide", space_id=room.id))
        assert [await anext(first), await anext(second)] == [phrase("time and tide", space_id=room.id)] * 2


async def test_a_space_that_is_kept_up_with_is_known_as_it_was_announced(
    feeds: Feeds, teller: Teller, room: Space
) -> None:
    assert feeds.known(room.id) is None
    await feeds.caught_up(room.id)
    assert await feeds.caught_up(room.id) == room, "the second time at the latest"
    for number in range(3):
        await teller.tell(renamed(f"Title {number}"), renamed(f"Title {number}, again"))
        assert feeds.known(room.id) == teller.state
    assert feeds.known("other") is None
