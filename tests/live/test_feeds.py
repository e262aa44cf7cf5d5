"""Feeds: what every stream promises, on stores in memory and a real bus of each kind."""

import asyncio

import pytest

from app.bus.bus import Bus
from app.domain.events import EndReason, Numbered, SpaceEnded, SpaceRenamed
from app.domain.spaces import Space
from app.feeds.channel import RECENT_EVENTS
from app.feeds.feeds import LiveFeeds
from app.services.ports import Heartbeat, Snapshot
from tests.domain_values import NOW, space
from tests.fakes.faults import DoubtfulBus, LossyBus, StoreDown, WatchedSpaceStore
from tests.fakes.reactions import MemoryReactionStore
from tests.fakes.spaces import RING_SIZE
from tests.live.followers import Follower, receive, receive_change
from tests.waiting import until

OFTEN = 0.01
SELDOM = 3600.0


@pytest.fixture
def store() -> WatchedSpaceStore:
    return WatchedSpaceStore()


def feeds_on(
    store: WatchedSpaceStore, bus: Bus | LossyBus | DoubtfulBus, *, heartbeat_seconds: float = SELDOM
) -> LiveFeeds:
    return LiveFeeds(store, MemoryReactionStore(), bus, heartbeat_seconds=heartbeat_seconds)


async def rename(
    store: WatchedSpaceStore, before: Space, title: str, *told: LiveFeeds, times: int = 1
) -> tuple[Space, list[Numbered]]:
    """Saves renamings and tells them through those feeds: none of them is a server that died in between."""
    events = [SpaceRenamed(at=NOW, title=f"{title} {number}") for number in range(times)]
    after, numbered = await store.save(before, events)
    for feeds in told:
        await feeds.announce(before.id, numbered)
    return after, numbered


async def added(store: WatchedSpaceStore, space_id: str = "a") -> Space:
    await store.add(space(space_id))
    return space(space_id)


async def test_a_snapshot_then_every_event_in_order_then_the_end(store: WatchedSpaceStore, bus: Bus) -> None:
    one = await added(store)
    async with feeds_on(store, bus) as feeds, feeds.follow("a", None) as items:
        assert await receive(items) == Snapshot(one)
        for title in ("First", "Second", "Third"):
            one, numbered = await rename(store, one, title, feeds)
            assert await receive(items) == numbered[0]
        _, numbered = await store.save(one, [SpaceEnded(at=NOW, reason=EndReason.HOST)])
        await feeds.announce("a", numbered)
        assert await receive(items) == numbered[0]
        with pytest.raises(StopAsyncIteration):
            await receive(items)


async def test_a_process_hears_what_another_one_saved(store: WatchedSpaceStore, bus: Bus) -> None:
    one = await added(store)
    async with feeds_on(store, bus) as here, feeds_on(store, bus) as there, here.follow("a", None) as items:
        assert await receive(items) == Snapshot(one)
        reads = store.reads
        _, numbered = await rename(store, one, "There", there, times=3)
        assert [await receive(items) for _ in numbered] == numbered
        assert store.reads == reads


async def test_resuming_gets_what_was_missed_and_a_heartbeat(store: WatchedSpaceStore, bus: Bus) -> None:
    one = await added(store)
    two, missed = await rename(store, one, "Missed", times=3)
    async with feeds_on(store, bus) as feeds, feeds.follow("a", one.version) as items:
        assert [await receive(items) for _ in missed] == missed
        assert await receive(items) == Heartbeat(two.version)
        _, numbered = await rename(store, two, "Live", feeds)
        assert await receive(items) == numbered[0]


async def test_resuming_with_nothing_missed_is_a_heartbeat(store: WatchedSpaceStore, bus: Bus) -> None:
    one = await added(store)
    async with feeds_on(store, bus) as feeds, feeds.follow("a", one.version) as items:
        assert await receive(items) == Heartbeat(one.version)


@pytest.mark.parametrize("after", [1, 1_000_000, -5], ids=["too old", "yet to come", "nonsense"])
async def test_resuming_where_that_is_impossible_is_a_fresh_snapshot(
    store: WatchedSpaceStore, bus: Bus, after: int
) -> None:
    one = await added(store)
    one, _ = await rename(store, one, "Long ago", times=RING_SIZE + 1)
    async with feeds_on(store, bus) as feeds, feeds.follow("a", after) as items:
        assert await receive(items) == Snapshot(one)


async def test_resuming_at_a_process_that_is_behind_never_goes_back(store: WatchedSpaceStore, bus: Bus) -> None:
    one = await added(store)
    async with feeds_on(store, bus) as feeds, feeds.follow("a", None) as items:
        assert await receive(items) == Snapshot(one)
        two, untold = await rename(store, one, "Told elsewhere only", times=3)
        async with feeds.follow("a", two.version) as resumed:
            assert await receive(resumed) == Heartbeat(two.version)
        assert [await receive(items) for _ in untold] == untold


async def test_all_who_resume_at_once_cost_one_read(store: WatchedSpaceStore, bus: Bus) -> None:
    one = await added(store)
    two, _ = await rename(store, one, "Missed", times=100)
    async with feeds_on(store, bus) as feeds:
        followers = [Follower(feeds, "a", one) for _ in range(50)]
        for follower in followers:
            await follower.reaches(two)
        assert store.reads == 2  # the state, and the events
        assert [follower.snapshots for follower in followers] == [0] * 50
        for follower in followers:
            await follower.disconnect()


async def test_an_ended_space_is_told_and_the_stream_ends(store: WatchedSpaceStore, bus: Bus) -> None:
    one = await added(store)
    over, _ = await store.save(one, [SpaceEnded(at=NOW, reason=EndReason.HOST)])
    async with feeds_on(store, bus) as feeds:
        assert await Follower(feeds, "a").ends() == over
        assert await Follower(feeds, "a", one).ends() == over


async def test_the_stream_of_no_space_ends_at_once(store: WatchedSpaceStore, bus: Bus) -> None:
    async with feeds_on(store, bus) as feeds:
        assert await Follower(feeds, "nowhere").ends() is None


async def test_heartbeats_carry_the_current_version(store: WatchedSpaceStore, bus: Bus) -> None:
    one = await added(store)
    async with feeds_on(store, bus, heartbeat_seconds=OFTEN) as feeds, feeds.follow("a", None) as items:
        assert await receive(items) == Snapshot(one)
        assert await receive(items) == Heartbeat(1)
        _, numbered = await rename(store, one, "News", feeds)
        assert await receive_change(items) == numbered[0]
        assert await receive(items) == Heartbeat(2)


async def test_what_a_server_that_died_did_not_tell_is_found_by_the_sweep(store: WatchedSpaceStore, bus: Bus) -> None:
    one = await added(store)
    async with feeds_on(store, bus, heartbeat_seconds=OFTEN) as feeds, feeds.follow("a", None) as items:
        assert await receive(items) == Snapshot(one)
        _, untold = await rename(store, one, "Untold", times=2)
        assert [await receive_change(items) for _ in untold] == untold


async def test_a_gap_is_filled_from_the_ring_at_once(store: WatchedSpaceStore, bus: Bus) -> None:
    one = await added(store)
    async with feeds_on(store, bus) as here, feeds_on(store, bus) as there, here.follow("a", None) as items:
        assert await receive(items) == Snapshot(one)
        two, untold = await rename(store, one, "Untold", times=3)
        _, told = await rename(store, two, "Told", there)
        assert [await receive(items) for _ in range(4)] == untold + told


async def test_what_many_spaces_may_have_missed_is_one_question(store: WatchedSpaceStore) -> None:
    bus, spaces = DoubtfulBus(), [await added(store, f"space{number}") for number in range(30)]
    async with feeds_on(store, bus) as feeds:
        followers = [Follower(feeds, one.id) for one in spaces]
        for one in followers:
            await until(lambda one=one: one.state is not None, "the snapshot")  # type: ignore[misc]
        after, _ = await rename(store, spaces[7], "Untold")
        before = store.reads
        bus.doubt()
        await followers[7].reaches(after)
        assert (store.looks, store.reads) == (1, before + 1)
        await until(lambda: all(feeds.known(one.id) for one in spaces), "nothing is in doubt")
        assert store.reads == before + 1
        for one in followers:
            await one.disconnect()


async def test_a_gap_wider_than_the_ring_is_a_fresh_snapshot(store: WatchedSpaceStore, bus: Bus) -> None:
    one = await added(store)
    async with feeds_on(store, bus) as here, feeds_on(store, bus) as there, here.follow("a", None) as items:
        assert await receive(items) == Snapshot(one)
        two, _ = await rename(store, one, "Untold", times=RING_SIZE + 1)
        three, _ = await rename(store, two, "Told", there)
        assert await receive(items) == Snapshot(three)


async def test_a_message_that_cannot_be_read_heals_like_a_lost_one(store: WatchedSpaceStore, bus: Bus) -> None:
    one = await added(store)
    async with feeds_on(store, bus) as feeds, feeds.follow("a", None) as items:
        assert await receive(items) == Snapshot(one)
        _, untold = await rename(store, one, "Untold")
        await bus.publish("a", b'{"events": [{"version": 2, "event": {"type": "OfTomorrow"}}]}')
        assert await receive(items) == untold[0]


async def test_a_follower_that_stalls_starts_again_from_a_snapshot_and_holds_up_nobody(
    store: WatchedSpaceStore, bus: Bus
) -> None:
    one = await added(store)
    async with feeds_on(store, bus) as feeds, feeds.follow("a", None) as stalled:
        assert await receive(stalled) == Snapshot(one)
        quick = Follower(feeds, "a")
        await quick.reaches(one)
        for _ in range(9):
            one, _ = await rename(store, one, "News", feeds, times=RECENT_EVENTS // 8)
            await quick.reaches(one)
        assert quick.snapshots == 1
        assert await receive(stalled) == Snapshot(one)
        _, numbered = await rename(store, one, "Later", feeds)
        assert await receive(stalled) == numbered[0]
        await quick.disconnect()


async def test_many_followers_share_one_subscription_and_no_event_reads_the_store(
    store: WatchedSpaceStore, bus: Bus
) -> None:
    one = await added(store)
    counted = LossyBus(bus)
    async with feeds_on(store, counted) as feeds:
        followers = [Follower(feeds, "a") for _ in range(100)]
        for follower in followers:
            await follower.reaches(one)
        assert counted.subscriptions == 1
        for _ in range(20):
            one, _ = await rename(store, one, "News", feeds)
        for follower in followers:
            await follower.reaches(one)
        assert store.reads == 1
        for follower in followers:
            await follower.disconnect()
    assert counted.subscriptions == 0


async def test_a_store_that_is_away_stops_heartbeats_and_nothing_is_lost(
    store: WatchedSpaceStore, bus: Bus, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.feeds.channel.RETRY_SECONDS", OFTEN)
    one = await added(store)
    async with feeds_on(store, bus) as here, feeds_on(store, bus) as there, here.follow("a", None) as items:
        assert await receive(items) == Snapshot(one)
        two, untold = await rename(store, one, "Untold")
        store.down = True
        _, told = await rename(store, two, "Told", there)
        await until(lambda: "its streams wait" in caplog.text, "the store is missed")
        store.down = False
        assert [await receive(items), await receive(items)] == untold + told


async def test_a_store_that_is_away_refuses_new_streams_and_takes_them_later(
    store: WatchedSpaceStore, bus: Bus
) -> None:
    one = await added(store)
    async with feeds_on(store, bus) as feeds:
        store.down = True
        with pytest.raises(StoreDown):
            async with feeds.follow("a", None):
                pass
        store.down = False
        async with feeds.follow("a", None) as items:
            assert await receive(items) == Snapshot(one)


async def test_followers_cancelled_at_any_point_leave_nothing_behind(store: WatchedSpaceStore, bus: Bus) -> None:
    one = await added(store)
    counted = LossyBus(bus)
    before = asyncio.all_tasks()
    async with feeds_on(store, counted) as feeds:
        for turns in range(30):
            follower = Follower(feeds, "a", one if turns % 2 else None)
            for _ in range(turns):
                await asyncio.sleep(0)
            await follower.disconnect()
        async with feeds.follow("a", None) as items:
            assert await receive(items) == Snapshot(one)
    assert counted.subscriptions == 0
    assert asyncio.all_tasks() == before


async def test_a_stream_that_opens_while_the_feeds_are_left_ends(store: WatchedSpaceStore, bus: Bus) -> None:
    await added(store)
    async with feeds_on(store, bus) as feeds:
        follower = Follower(feeds, "a")
        await asyncio.sleep(0)
    assert await follower.ends() is None


async def test_leaving_the_feeds_ends_every_stream(store: WatchedSpaceStore, bus: Bus) -> None:
    one = await added(store)
    async with feeds_on(store, bus) as feeds:
        follower = Follower(feeds, "a")
        await follower.reaches(one)
    assert await follower.ends() == one
