"""Reactions: batches over all processes, at most 5 a second, and every one counted."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack

import pytest

from app.bus.bus import Bus
from app.domain.reactions import NAMED_PER_BATCH, Reaction, ReactionTally
from app.feeds.feeds import LiveFeeds
from app.feeds.passing import BATCH_SECONDS, WAITING_BATCHES
from app.services.stores import ReactionStore
from tests.domain_values import person
from tests.fakes.reactions import MemoryReactionStore
from tests.fakes.spaces import MemorySpaceStore
from tests.waiting import DEADLINE

Batches = AsyncIterator[tuple[ReactionTally, ...]]


class StumblingReactionStore(MemoryReactionStore):
    """Counts in memory, and fails the first time."""

    def __init__(self) -> None:
        super().__init__()
        self.failures = 0

    async def add(self, space_id: str, counts: Mapping[str, int]) -> None:
        if not self.failures:
            self.failures += 1
            raise ConnectionError("the store is away")
        await super().add(space_id, counts)


def feeds_on(bus: Bus, reactions: ReactionStore) -> LiveFeeds:
    return LiveFeeds(MemorySpaceStore(), reactions, bus)


async def receive(batches: Batches, total: int) -> list[tuple[ReactionTally, ...]]:
    """Batches until they tell so many reactions."""
    received: list[tuple[ReactionTally, ...]] = []
    async with asyncio.timeout(DEADLINE):
        while sum(one.count for batch in received for one in batch) < total:
            received.append(await anext(batches))
    return received


async def test_reactions_of_all_processes_reach_everyone_and_are_counted(bus: Bus) -> None:
    store = MemoryReactionStore()
    async with feeds_on(bus, store) as one, feeds_on(bus, store) as two, AsyncExitStack() as streams:
        first = await streams.enter_async_context(one.reactions("a"))
        second = await streams.enter_async_context(two.reactions("a"))
        other = await streams.enter_async_context(two.reactions("b"))
        for number in range(30):
            one.react("a", Reaction("👏", person(f"p{number}")))
            two.react("a", Reaction("😂", person(f"q{number}")))
        two.react("b", Reaction("👏", person("elsewhere")))
        for batches in (first, second):
            tallies = [one for batch in await receive(batches, 60) for one in batch]
            totals: Counter[str] = Counter()
            for tally in tallies:
                totals[tally.emoji] += tally.count
                assert 1 <= len(tally.people) <= NAMED_PER_BATCH
            assert totals == {"👏": 30, "😂": 30}
        assert await receive(other, 1) == [(ReactionTally("👏", 1, (person("elsewhere"),)),)]
    assert await store.counts(["a", "b"]) == {"a": {"👏": 30, "😂": 30}, "b": {"👏": 1}}


async def test_a_storm_of_reactions_is_at_most_five_batches_a_second(bus: Bus) -> None:
    clock = asyncio.get_running_loop().time
    async with feeds_on(bus, MemoryReactionStore()) as feeds, feeds.reactions("a") as batches:
        started = clock()
        sending = asyncio.create_task(storm(feeds))
        received = await receive(batches, 100)
        await sending
    assert len(received) <= 1 + (clock() - started) / BATCH_SECONDS


async def storm(feeds: LiveFeeds) -> None:
    for number in range(100):
        feeds.react("a", Reaction("👏", person(f"p{number}")))
        await asyncio.sleep(0.005)


async def test_a_slow_reader_misses_the_oldest_batches(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.feeds.passing.BATCH_SECONDS", 0)
    monkeypatch.setattr("app.feeds.feeds.BATCH_SECONDS", 0)
    async with feeds_on(bus, MemoryReactionStore()) as feeds, feeds.reactions("a") as slow:
        async with feeds.reactions("a") as quick:
            for number in range(WAITING_BATCHES + 2):
                feeds.react("a", Reaction(str(number), person("ann")))
                await receive(quick, 1)
        async with asyncio.timeout(DEADLINE):
            assert (await anext(slow))[0].emoji == "2"


async def test_counts_that_the_store_did_not_take_are_written_later(bus: Bus) -> None:
    store = StumblingReactionStore()
    async with feeds_on(bus, store) as feeds, feeds.reactions("a") as batches:
        feeds.react("a", Reaction("👏", person("ann")))
        assert len(await receive(batches, 1)) == 1
        feeds.react("a", Reaction("👏", person("bob")))
    assert store.failures == 1
    assert await store.counts(["a"]) == {"a": {"👏": 2}}
