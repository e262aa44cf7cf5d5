"""Space bars: asked for and followed live, in whichever process something happens, and at a cost that many share."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from app.domain.roster import Person, Role
from app.services.bar_watch import ROUND, SWEEP
from tests.services.bars import Bar, bar_of, hearing, people, tell, watching
from tests.services.world import Process, World


async def test_a_bar_is_made_of_whom_the_viewer_follows() -> None:
    world = World()
    process = Process(world)
    ana, hana, sam, lia, _ = await people(world, "ana", "hana", "sam", "lia", "joe")
    for one in ("hana", "sam", "lia"):
        await process.follows.follow(ana, one)
    assert await bar_of(process, "ana") == []
    first = await process.live_space(hana)
    world.clock.advance(ROUND)
    second = await process.live_space(sam)
    await process.seat(hana, sam, first)
    await process.attendance.join(lia, second)
    reasons: Bar = [(second, [("sam", Role.HOST)]), (first, [("hana", Role.HOST), ("sam", Role.SPEAKER)])]
    assert await bar_of(process, "ana") == reasons
    assert await bar_of(process, "joe") == []

    await process.accounts.update_settings(lia, True)
    assert (await bar_of(process, "ana"))[0] == (second, [("sam", Role.HOST), ("lia", Role.LISTENER)])
    await process.spaces.end(sam, second)
    await process.attendance.join(lia, first)
    assert await bar_of(process, "ana") == [(first, [*reasons[1][1], ("lia", Role.LISTENER)])]
    assert (await process.accounts.update_settings(lia, None)).listening_visible
    await process.accounts.update_settings(lia, False)
    assert await bar_of(process, "ana") == [reasons[1]]


async def test_a_listener_alone_brings_a_space_into_the_bar() -> None:
    world = World()
    process = Process(world)
    ana, hana, lia = await people(world, "ana", "hana", "lia")
    await process.follows.follow(ana, "lia")
    space_id = await process.live_space(hana)
    await process.accounts.update_settings(lia, True)
    await process.attendance.join(lia, space_id)
    assert await bar_of(process, "ana") == [(space_id, [("lia", Role.LISTENER)])]


async def test_the_muted_and_the_blocking_are_left_out() -> None:
    world = World()
    process = Process(world)
    ana, hana, sam = await people(world, "ana", "hana", "sam")
    for one in ("hana", "sam"):
        await process.follows.follow(ana, one)
    space_id = await process.live_space(hana)
    await process.seat(hana, sam, space_id)
    await process.mutes.mute(ana, "sam")
    assert await bar_of(process, "ana") == [(space_id, [("hana", Role.HOST)])]
    await process.mutes.unmute(ana, "sam")
    await process.mutes.mute(ana, "hana")
    assert await bar_of(process, "ana") == []
    await process.mutes.unmute(ana, "hana")
    await process.blocks.block(hana, "ana")
    assert await bar_of(process, "ana") == []


async def test_whoever_watches_is_told_the_whole_bar_and_every_change_of_it() -> None:
    world = World()
    process, elsewhere = Process(world, "a"), Process(world, "b")
    ana, hana, sam = await people(world, "ana", "hana", "sam")
    await process.follows.follow(ana, "sam")
    async with hearing(process, elsewhere), watching(process, "ana") as watcher:
        assert await watcher.told() == []
        space_id = await elsewhere.live_space(hana)
        await tell(elsewhere)
        assert await watcher.told() is None
        await elsewhere.seat(hana, sam, space_id, Role.COHOST)
        await tell(elsewhere)
        assert await watcher.told() == [(space_id, [("sam", Role.COHOST)])]
        await elsewhere.stage.set_muted(sam, space_id, False)
        await tell(elsewhere)
        assert await watcher.told() is None
        await elsewhere.follows.follow(ana, "hana")
        await tell(elsewhere)
        assert await watcher.told() == [(space_id, [("hana", Role.HOST), ("sam", Role.COHOST)])]
        await elsewhere.stage.remove(sam, space_id, "sam")
        await tell(elsewhere)
        assert await watcher.told() == [(space_id, [("hana", Role.HOST)])]
        await elsewhere.spaces.end(hana, space_id)
        await tell(elsewhere)
        assert await watcher.told() == []


async def test_listeners_come_and_go_and_change_their_minds() -> None:
    world = World()
    process = Process(world)
    ana, hana, lia = await people(world, "ana", "hana", "lia")
    await process.follows.follow(ana, "lia")
    space_id = await process.live_space(hana)
    seen: Bar = [(space_id, [("lia", Role.LISTENER)])]
    async with hearing(process), watching(process, "ana") as watcher:
        assert await watcher.told() == []
        await process.attendance.join(lia, space_id)
        await tell(process)
        assert await watcher.told() is None
        for visible, expected in ((True, seen), (False, []), (True, seen)):
            await process.accounts.update_settings(lia, visible)
            await tell(process)
            assert await watcher.told() == expected
        await process.attendance.leave(lia, space_id)
        await tell(process)
        assert await watcher.told() == []
        await process.attendance.join(lia, space_id)
        await tell(process)
        assert await watcher.told() == seen
        await process.spaces.end(hana, space_id)
        await tell(process)
        assert await watcher.told() == []


async def test_a_block_and_a_mute_take_effect_at_once() -> None:
    world = World()
    process = Process(world)
    ana, hana = await people(world, "ana", "hana")
    await process.follows.follow(ana, "hana")
    space_id = await process.live_space(hana)
    seen: Bar = [(space_id, [("hana", Role.HOST)])]
    async with hearing(process), watching(process, "ana") as watcher:
        assert await watcher.told() == seen
        await process.mutes.mute(ana, "hana")
        await tell(process)
        assert await watcher.told() == []
        await process.mutes.unmute(ana, "hana")
        await tell(process)
        assert await watcher.told() == seen
        await process.blocks.block(hana, "ana")
        await tell(process)
        assert await watcher.told() == []


async def test_what_no_process_told_is_found_by_the_sweep_and_what_the_bus_lost_at_once() -> None:
    world = World()
    process, crashed = Process(world, "a"), Process(world, "b")
    ana, hana = await people(world, "ana", "hana")
    await process.follows.follow(ana, "hana")
    async with hearing(process), watching(process, "ana") as watcher:
        assert await watcher.told() == []
        first = await crashed.live_space(hana)
        assert await watcher.told() is None
        await process.bar_watch.sweep()
        assert await watcher.told() == [(first, [("hana", Role.HOST)])]
        await crashed.spaces.end(hana, first)
        world.moves.lose()
        await tell()
        assert await watcher.told() == []


async def test_a_sweep_comes_to_everyone_in_its_time() -> None:
    world = World()
    process = Process(world)
    names = [f"fan{number}" for number in range(10)]
    await people(world, "hana", *names)
    async with asyncio.TaskGroup() as group:
        done = asyncio.Event()

        async def watch(name: str) -> None:
            async with process.bar_watch.follow(name):
                await done.wait()

        for name in names:
            group.create_task(watch(name))
        await asyncio.sleep(0)
        await process.bar_watch.round()
        asked: list[str] = []
        followed = process.space_bars.followed

        async def counted(viewer_id: str) -> frozenset[str]:
            asked.append(viewer_id)
            return await followed(viewer_id)

        process.space_bars.followed = counted  # type: ignore[method-assign]
        for _ in range(int(SWEEP / ROUND)):
            await process.bar_watch.sweep()
            await process.bar_watch.round()
        assert set(asked) == set(names)
        done.set()


async def test_two_devices_of_one_viewer_and_one_that_comes_late() -> None:
    world = World()
    process = Process(world)
    ana, hana = await people(world, "ana", "hana")
    await process.follows.follow(ana, "hana")
    space_id = await process.live_space(hana)
    seen: Bar = [(space_id, [("hana", Role.HOST)])]
    async with watching(process, "ana") as first:
        assert await first.told() == seen
        async with watching(process, "ana") as second:
            assert await second.told() == seen
            assert await first.told() is None


async def test_nothing_is_kept_of_who_has_gone() -> None:
    world = World()
    process = Process(world)
    ana, hana, _ = await people(world, "ana", "hana", "lia")
    for one in ("hana", "lia"):
        await process.follows.follow(ana, one)
    await process.live_space(hana)
    async with watching(process, "ana") as watcher:
        assert await watcher.told()
    watch: Any = process.bar_watch
    assert (watch._watches, watch._followers) == ({}, {})
    assert (watch._places.seats, watch._places.listening) == ({}, {})


async def test_a_round_that_fails_is_made_up_for() -> None:
    world = World()
    process = Process(world)
    ana, hana = await people(world, "ana", "hana")
    await process.follows.follow(ana, "hana")
    async with hearing(process), watching(process, "ana") as watcher:
        assert await watcher.told() == []
        space_id = await process.live_space(hana)
        await tell(process)
        sightings = world.spaces.sightings

        async def away(person_ids: Any) -> Any:
            raise ConnectionError("the database is away")

        world.spaces.sightings = away  # type: ignore[method-assign]
        with pytest.raises(ConnectionError):
            await process.bar_watch.round()
        world.spaces.sightings = sightings  # type: ignore[method-assign]
        assert await watcher.told() == [(space_id, [("hana", Role.HOST)])]


async def test_a_round_asks_the_database_as_often_for_many_viewers_as_for_few() -> None:
    world = World()
    process = Process(world)
    [hana] = await people(world, "hana")
    fans = await people(world, *(f"fan{number}" for number in range(40)))
    for fan in fans:
        await process.follows.follow(fan, "hana")
    asked: list[str] = []
    for store, name in (
        (world.spaces, "sightings"),
        (world.spaces, "get_many"),
        (world.attendance, "of_people"),
        (world.people, "listening_visible"),
        (world.blocks, "among"),
        (world.mutes, "among"),
    ):

        async def counted(*arguments: Any, call: Any = getattr(store, name)) -> Any:  # noqa: B008
            asked.append(call.__name__)
            return await call(*arguments)

        setattr(store, name, counted)
    done = asyncio.Event()
    got: list[str] = []

    async def watch(fan: Person) -> None:
        async with process.bar_watch.follow(fan.id) as bars:
            async for entries in bars:
                got.extend(entry.space.id for entry in entries)
                if entries:
                    return

    async with hearing(process), asyncio.TaskGroup() as group:
        for fan in fans:
            group.create_task(watch(fan))
        await asyncio.sleep(0)
        await process.bar_watch.round()
        space_id = await process.live_space(hana)
        await tell(process)
        asked.clear()
        await process.bar_watch.round()
        assert len(asked) <= 7
        done.set()
    assert got == [space_id] * len(fans)
