"""Voices over all processes: the newest reaches everyone who looks, on a real bus of each kind."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from app.bus.bus import Bus
from app.domain.events import EndReason, SpaceEnded
from app.domain.voices import SILENCE, Voice, Voices, voices
from app.feeds.feeds import LiveFeeds
from tests.domain_values import NOW, space
from tests.fakes.reactions import MemoryReactionStore
from tests.fakes.spaces import MemorySpaceStore
from tests.waiting import DEADLINE

ANN = voices([Voice("ann", True, 0.7)])
BOTH = voices([Voice("ann", True, 0.7), Voice("ben", True, 0.4)])


@pytest.fixture
async def store() -> MemorySpaceStore:
    store = MemorySpaceStore()
    for name in "ab":
        await store.add(space(name))
    return store


async def receive(changes: AsyncIterator[Voices]) -> Voices:
    async with asyncio.timeout(DEADLINE):
        return await anext(changes)


def feeds_on(store: MemorySpaceStore, bus: Bus) -> LiveFeeds:
    return LiveFeeds(store, MemoryReactionStore(), bus)


async def test_who_speaks_reaches_every_process_and_only_changes_are_told(store: MemorySpaceStore, bus: Bus) -> None:
    async with feeds_on(store, bus) as here, feeds_on(store, bus) as there:
        assert there.speaking("a") == SILENCE
        async with here.voices("a") as near, there.voices("a") as far, there.voices("b") as other:
            assert [await receive(near), await receive(far), await receive(other)] == [SILENCE] * 3
            here.speak("a", ANN)
            assert [await receive(near), await receive(far)] == [ANN, ANN]
            assert here.speaking("a") == there.speaking("a") == ANN
            for _ in range(3):
                here.speak("a", ANN)
            here.speak("a", BOTH)
            assert [await receive(near), await receive(far)] == [BOTH, BOTH]
            there.speak("b", ANN)
            assert await receive(other) == ANN
        assert here.speaking("a") == BOTH, "it is on air here, whoever looks"
        here.speak("a", SILENCE)
        assert here.speaking("a") == SILENCE


async def test_whoever_comes_later_hears_at_once_where_the_space_is_on_air(store: MemorySpaceStore, bus: Bus) -> None:
    async with feeds_on(store, bus) as feeds:
        feeds.speak("a", ANN)
        async with feeds.voices("a") as late:
            assert await receive(late) == ANN


async def test_what_is_over_before_it_could_be_told_is_not_told(store: MemorySpaceStore, bus: Bus) -> None:
    async with feeds_on(store, bus) as feeds, feeds.voices("a") as changes:
        assert await receive(changes) == SILENCE
        for number in range(100):
            feeds.speak("a", voices([Voice("ann", True, number / 100)]))
        feeds.speak("a", BOTH)
        assert await receive(changes) == BOTH


async def test_it_ends_with_the_space_and_of_no_space_there_is_nothing(store: MemorySpaceStore, bus: Bus) -> None:
    async with feeds_on(store, bus) as feeds:
        async with feeds.voices("nowhere") as nothing:
            with pytest.raises(StopAsyncIteration):
                await receive(nothing)
        async with feeds.voices("a") as changes:
            feeds.speak("a", ANN)
            assert await receive(changes) in (SILENCE, ANN)
            _, numbered = await store.save(space("a"), [SpaceEnded(at=NOW, reason=EndReason.HOST)])
            await feeds.announce("a", numbered)
            async with asyncio.timeout(DEADLINE):
                assert {one async for one in changes} <= {ANN, SILENCE}
