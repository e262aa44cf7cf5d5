"""Streams: open to whoever may see the Space, and a sign of life while they are open."""

import pytest

from app.domain import refusals
from app.domain.drafts import Edit
from app.domain.events import Numbered, SpaceEnded, SpaceRenamed
from app.domain.evolution import apply
from app.services.ports import Heartbeat, Snapshot
from tests.services.world import DRAFT, GRACE, Process, World


async def test_snapshot_and_events_make_the_fresh_state_and_the_end_is_the_end() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    space_id = await process.live_space(host)
    async with process.streams.space_events(None, space_id, None) as items:
        first = await anext(items)
        assert isinstance(first, Snapshot)
        await process.spaces.update(host, space_id, Edit(title="On storms"))
        await process.stage.set_muted(host, space_id, False)
        await process.spaces.end(host, space_id)
        space, kinds = first.space, []
        async for item in items:
            assert isinstance(item, Numbered)
            space = apply(space, item.event)
            kinds.append(type(item.event))
    assert space == await world.space(space_id)
    assert (kinds[0], kinds[-1]) == (SpaceRenamed, SpaceEnded)


async def test_who_comes_back_gets_what_was_missed() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    space_id = await process.live_space(host)
    seen = (await world.space(space_id)).version
    await process.spaces.update(host, space_id, Edit(title="On storms"))
    async with process.streams.space_events(None, space_id, seen) as items:
        missed, beat = await anext(items), await anext(items)
    assert isinstance(missed, Numbered)
    assert (missed.version, beat) == (seen + 1, Heartbeat(seen + 1))


async def test_what_one_may_not_see_is_not_there_to_follow() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    await world.person("ana")
    hidden = (await process.spaces.create(host, DRAFT, ["ana"])).id
    for space_id, viewer_id in ((hidden, None), (hidden, "stranger"), ("nowhere", "hana")):
        with pytest.raises(refusals.SpaceNotFound):
            async with process.streams.space_events(viewer_id, space_id, None):
                raise AssertionError("nothing may be streamed")
        with pytest.raises(refusals.SpaceNotFound):
            async with process.streams.reactions(viewer_id, space_id):
                raise AssertionError("nothing may be streamed")
    async with process.streams.space_events("ana", hidden, None) as items:
        assert isinstance(await anext(items), Snapshot)


async def test_one_stream_of_two_that_closes_leaves_a_sign_of_life() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    space_id = await process.live_space(host)
    async with process.streams.space_events("hana", space_id, None):
        async with process.streams.space_events("hana", space_id, None):
            pass
        for _ in range(4):
            world.clock.advance(GRACE / 3)
            await process.attendance.check_presence()
        assert (await world.space(space_id)).host_absent_since is None
