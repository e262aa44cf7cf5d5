"""Airings: one process mixes a Space, by lease, and its sound obeys whoever changed it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from app.domain.drafts import Edit
from app.domain.spaces import SpaceState
from app.services.airings import LEASE
from app.services.ports import FeedItem, Snapshot
from app.services.stores import Node, SpaceStore
from tests.fakes.feeds import MemoryFeeds
from tests.services.world import DRAFT, Process, World
from tests.waiting import until


async def holder(world: World, space_id: str) -> str | None:
    node = (await world.leases.holders([space_id], world.clock())).get(space_id)
    return node.id if node else None


async def test_who_starts_a_space_airs_it_and_its_addresses_lead_there_from_everywhere() -> None:
    world = World()
    one, other, host = Process(world, "a"), Process(world, "b"), await world.person("hana")
    space = await one.spaces.create(host, DRAFT, [])
    assert await one.airings.nodes_of([space.id]) == {}

    live = await one.spaces.start(host, space.id)
    assert (await holder(world, space.id), one.media.obeyed[space.id]) == ("a", live)
    assert other.media.obeyed == {}
    assert await one.airings.nodes_of([space.id]) == await other.airings.nodes_of([space.id]) == {space.id: one.node}
    assert (one.airings.current(space.id), other.airings.current(space.id)) == (live, None)


async def test_a_round_claims_what_nobody_airs_and_leaves_the_rest_alone() -> None:
    world = World()
    one, other, host = Process(world, "a"), Process(world, "b"), await world.person("hana")
    aired = await one.live_space(host)
    orphan = await other.live_space(host)
    await world.leases.release(orphan, "b")
    own = await other.live_space(host)
    again = Process(world, "b")
    claimed: list[str] = []
    claim = world.leases.claim

    async def counted(space_id: str, node: Node, *, now: datetime, until: datetime) -> Node:
        claimed.append(space_id)
        return await claim(space_id, node, now=now, until=until)

    world.leases.claim = counted  # type: ignore[method-assign]
    await again.airings.round()
    assert sorted(claimed) == sorted([orphan, own])
    assert [await holder(world, one) for one in (aired, orphan, own)] == ["a", "b", "b"]


async def test_the_sound_obeys_a_change_made_in_another_process() -> None:
    world = World()
    one, other, host = Process(world, "a"), Process(world, "b"), await world.person("hana")
    async with one.airing():
        space_id = await one.live_space(host)
        await other.stage.set_muted(host, space_id, False)
        await until(lambda: one.media.heard(space_id) == {host}, "the microphone is heard")
        assert one.airings.current(space_id) == await world.space(space_id)

        await other.attendance.leave(host, space_id)
        await until(lambda: one.media.heard(space_id) == set(), "the microphone is silent")
        assert other.media.obeyed == {}


async def test_a_space_that_ended_elsewhere_leaves_the_air() -> None:
    world = World()
    one, other, host = Process(world, "a"), Process(world, "b"), await world.person("hana")
    async with one.airing():
        space_id = await one.live_space(host)
        await other.spaces.end(host, space_id)
        await until(lambda: one.airings.current(space_id) is None, "the Space is off the air")
        assert one.media.obeyed[space_id].state is SpaceState.ENDED

        async def is_free() -> bool:
            return await holder(world, space_id) is None

        await until(is_free, "the lease is given up")


async def test_the_spaces_of_a_dead_process_are_taken_on_by_another() -> None:
    world = World()
    dead, alive, host = Process(world, "a"), Process(world, "b"), await world.person("hana")
    space_id = await dead.live_space(host)
    async with alive.airing():
        await alive.airings.round()
        assert alive.media.obeyed == {}

        world.clock.advance(LEASE)
        await alive.airings.round()
        assert await holder(world, space_id) == "b"
        assert alive.media.obeyed[space_id] == await world.space(space_id)
        await alive.stage.set_muted(host, space_id, False)
        assert alive.media.heard(space_id) == {host}


async def test_a_process_that_lost_its_lease_drops_the_space_and_obeys_no_more() -> None:
    world = World()
    slow, quick, host = Process(world, "a"), Process(world, "b"), await world.person("hana")
    async with slow.airing(), quick.airing():
        space_id = await slow.live_space(host)
        world.clock.advance(LEASE)
        await quick.airings.round()
        await slow.airings.round()
        assert slow.media.obeyed == {}
        assert slow.airings.current(space_id) is None
        assert await slow.airings.nodes_of([space_id]) == {space_id: quick.node}

        await slow.stage.set_muted(host, space_id, False)
        await until(lambda: quick.media.heard(space_id) == {host}, "the change is heard where the Space is aired")
        assert slow.media.obeyed == {}


async def test_a_lease_that_is_renewed_is_kept() -> None:
    world = World()
    one, other, host = Process(world, "a"), Process(world, "b"), await world.person("hana")
    async with one.airing(), other.airing():
        space_id = await one.live_space(host)
        for _ in range(5):
            world.clock.advance(LEASE / 2)
            await one.airings.round()
            await other.airings.round()
            assert await holder(world, space_id) == "a"
    assert other.media.obeyed == {}


async def test_a_process_that_stops_gives_its_leases_up_at_once() -> None:
    world = World()
    stopping, other, host = Process(world, "a"), Process(world, "b"), await world.person("hana")
    async with other.airing():
        async with stopping.airing():
            space_id = await stopping.live_space(host)
        assert await holder(world, space_id) is None
        await other.airings.round()
        assert await holder(world, space_id) == "b"


class BreakingFeeds(MemoryFeeds):
    """Streams that break off the next `failures` times."""

    def __init__(self, spaces: SpaceStore) -> None:
        super().__init__(spaces)
        self.failures = 0

    @asynccontextmanager
    async def follow(self, space_id: str, after: int | None) -> AsyncIterator[AsyncIterator[FeedItem]]:
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the database is away")
        async with super().follow(space_id, after) as items:
            yield items


async def test_a_broken_stream_is_followed_anew_and_takes_no_other_space_with_it() -> None:
    world = World()
    feeds = world.feeds = BreakingFeeds(world.spaces)
    one, other = Process(world, "a"), Process(world, "b")
    hana, ida = await world.person("hana"), await world.person("ida")
    async with one.airing():
        feeds.failures = 1
        broken = await one.live_space(hana)
        await until(lambda: feeds.failures == 0, "the stream has broken")
        whole = await one.live_space(ida)
        await other.stage.set_muted(hana, broken, False)
        await other.stage.set_muted(ida, whole, False)
        await until(lambda: one.media.heard(whole) == {ida}, "the other Space is followed")

        await one.airings.round()
        await until(lambda: one.media.heard(broken) == {hana}, "what was missed is caught up with")
        await other.stage.set_muted(hana, broken, True)
        await until(lambda: one.media.heard(broken) == set(), "the Space is followed anew")


async def test_a_space_that_ended_while_nobody_followed_it_leaves_the_air_in_the_next_round() -> None:
    world = World()
    feeds = world.feeds = BreakingFeeds(world.spaces)
    one, other, host = Process(world, "a"), Process(world, "b"), await world.person("hana")
    async with one.airing():
        feeds.failures = 1
        space_id = await one.live_space(host)
        await until(lambda: feeds.failures == 0, "the stream has broken")
        await other.spaces.end(host, space_id)
        await one.airings.round()
        await until(lambda: one.airings.current(space_id) is None, "the Space is off the air")
        assert one.media.obeyed[space_id].state is SpaceState.ENDED


async def test_an_older_state_that_arrives_late_changes_nothing() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    space_id = await process.live_space(host)
    older = await world.space(space_id)
    newer = await process.spaces.update(host, space_id, Edit(title="On storms"))
    await process.airings.obey(older)
    assert process.airings.current(space_id) == process.media.obeyed[space_id] == newer


class StaleFeeds(MemoryFeeds):
    """Streams that start from a snapshot taken too early; `told` once it was read."""

    def __init__(self, spaces: SpaceStore, stale: Snapshot) -> None:
        super().__init__(spaces)
        self._stale = stale
        self.told = False

    @asynccontextmanager
    async def follow(self, space_id: str, after: int | None) -> AsyncIterator[AsyncIterator[FeedItem]]:
        async with super().follow(space_id, after) as items:
            yield self._late(items)

    async def _late(self, items: AsyncIterator[FeedItem]) -> AsyncIterator[FeedItem]:
        await anext(items)
        yield self._stale
        self.told = True
        async for item in items:
            yield item


async def test_a_snapshot_older_than_what_is_known_changes_nothing() -> None:
    world = World()
    elsewhere, host = Process(world, "b"), await world.person("hana")
    older = await elsewhere.spaces.create(host, DRAFT, [])
    live = await elsewhere.spaces.start(host, older.id)
    world.clock.advance(LEASE)
    feeds = world.feeds = StaleFeeds(world.spaces, Snapshot(older))
    process = Process(world, "a")
    async with process.airing():
        await until(lambda: feeds.told, "the snapshot was read")
        assert process.airings.current(live.id) == live


async def test_changes_from_both_sides_at_once_end_in_the_newest_state() -> None:
    world = World()
    one, other, host = Process(world, "a"), Process(world, "b"), await world.person("hana")
    async with one.airing():
        space_id = await one.live_space(host)
        for title in ("On storms", "On clouds", "On winds"):
            await asyncio.gather(
                one.spaces.update(host, space_id, Edit(title=title)),
                other.stage.set_muted(host, space_id, title == "On clouds"),
            )
        newest = await world.space(space_id)
        await until(lambda: one.media.obeyed[space_id] == newest, "the sound obeys the newest state")
        assert one.airings.current(space_id) == newest
