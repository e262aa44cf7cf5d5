"""Renditions of clips: by whom they are asked for, how they are made, and what crashes and deletions leave."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

import pytest

from app.domain import refusals, renditions
from app.domain.clips import Clip, Publication
from app.domain.renditions import LEASE, MOST_TRIES, MOST_WAITING, ClipRendition, RenditionKind, RenditionState
from app.domain.roster import Person
from tests.fakes.workshop import LUFS, SAMPLES
from tests.services.world import Process, World
from tests.waiting import until

MP3, LOUD = RenditionKind.MP3, RenditionKind.NORMALIZED_MP3


async def clip_of(world: World, process: Process, *, published: bool = True) -> tuple[Clip, Person]:
    """A clip, and who cut it, host of its Space."""
    host = await world.person("hana")
    space_id = await process.live_space(host)
    process.media.recorded[space_id] = 60_000
    clip = await process.clips.create(host, space_id, start_ms=0, duration_ms=1_000)
    if published:
        await world.clips.publish(clip.id, Publication("", world.clock()), world.clock())
    return clip, host


async def rendition(world: World, clip: Clip, kind: RenditionKind = MP3) -> ClipRendition:
    """The rendition as it is stored."""
    stored = await world.clips.get(clip.id)
    assert stored
    found = stored.rendition(kind)
    assert found
    return found


@asynccontextmanager
async def making(world: World, process: Process, clip: Clip) -> AsyncIterator[asyncio.Task[None]]:
    """A round that stands in the middle of the rendition."""
    process.workshop.hold = asyncio.Event()
    working = asyncio.create_task(process.clip_renditions.round())

    async def begun() -> bool:
        return (await rendition(world, clip)).progress == 0.5

    await until(begun, "the rendition is half done")
    yield working
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)


async def test_what_is_asked_for_is_made_once_whoever_asks() -> None:
    world = World()
    process, other = Process(world), Process(world, "b")
    clip, host = await clip_of(world, process)
    ana = await world.person("ana")
    asked = await process.clip_renditions.ask(ana, clip.id, MP3)
    assert asked.renditions == (ClipRendition(MP3, RenditionState.PENDING, world.clock()),)
    assert (await other.clip_renditions.ask(host, clip.id, MP3)).renditions == asked.renditions
    await other.clip_renditions.round()
    assert other.workshop.made == [], "its sound is not on that node"
    await asyncio.gather(process.clip_renditions.round(), process.clip_renditions.round())
    assert process.workshop.made == [(clip.id, MP3)]
    done = await rendition(world, clip)
    assert (done.state, done.progress, done.samples, done.lufs) == (RenditionState.READY, 1.0, SAMPLES, LUFS)
    assert (await process.clip_renditions.ask(ana, clip.id, MP3)).renditions == (done,)
    await process.clip_renditions.ask(ana, clip.id, LOUD)
    await process.clip_renditions.round()
    assert process.workshop.made == [(clip.id, MP3), (clip.id, LOUD)]


async def test_it_is_begun_as_soon_as_somebody_asks() -> None:
    world = World()
    process = Process(world)
    clip, host = await clip_of(world, process)
    working = asyncio.create_task(process.clip_renditions.run())
    await asyncio.sleep(0)
    await process.clip_renditions.ask(host, clip.id, MP3)
    async with aclosing(process.clip_renditions.follow(None, clip.id, MP3)) as changes:
        seen = [one async for _, one in changes]
    assert seen[-1].state is RenditionState.READY
    assert [one.progress for one in seen] == sorted(one.progress for one in seen)
    working.cancel()


async def test_who_may_not_hear_a_clip_has_nothing_made_of_it() -> None:
    world = World()
    process = Process(world)
    draft, host = await clip_of(world, process, published=False)
    ana = await world.person("ana")
    with pytest.raises(refusals.ClipNotFound):
        await process.clip_renditions.ask(ana, draft.id, MP3)
    with pytest.raises(refusals.ClipNotFound):
        await anext(process.clip_renditions.follow("ana", draft.id, MP3))
    await process.attendance.join(ana, draft.space_id)
    own = await process.clips.create(ana, draft.space_id, start_ms=0, duration_ms=1_000)
    await process.blocks.block(host, "ana")
    with pytest.raises(refusals.BlockedByHost):
        await process.clip_renditions.ask(ana, own.id, MP3)


async def test_beyond_the_queue_nobody_may_wait() -> None:
    world = World()
    process = Process(world)
    clip, host = await clip_of(world, process)
    waiting = ClipRendition(MP3, RenditionState.PENDING, world.clock())
    for number in range(MOST_WAITING):
        await world.clips.add(Clip(f"w{number}", clip.space_id, "hana", 0, 1, 48, (), world.clock()))
        await world.clips.render(f"w{number}", None, waiting)
    with pytest.raises(refusals.RenderingBusy):
        await process.clip_renditions.ask(host, clip.id, MP3)
    assert (await process.clip_renditions.ask(host, "w1", MP3)).renditions == (waiting,)


async def test_what_a_dead_server_left_is_begun_anew_and_given_up_in_the_end() -> None:
    world = World()
    process = Process(world)
    clip, host = await clip_of(world, process)
    await process.clip_renditions.ask(host, clip.id, MP3)
    dead = renditions.taken_up(await rendition(world, clip), world.clock())
    await world.clips.render(clip.id, await rendition(world, clip), dead)
    await process.clip_renditions.round()
    assert process.workshop.made == [], "whoever has it may still be at it"
    world.clock.advance(LEASE)
    await process.clip_renditions.round()
    assert (await rendition(world, clip)).state is RenditionState.READY

    await process.clip_renditions.ask(host, clip.id, LOUD)
    for _ in range(MOST_TRIES):
        left = await rendition(world, clip, LOUD)
        await world.clips.render(clip.id, left, renditions.taken_up(left, world.clock()))
        world.clock.advance(LEASE)
    await process.clip_renditions.round()
    given_up = await rendition(world, clip, LOUD)
    assert (given_up.state, process.workshop.made) == (RenditionState.FAILED, [(clip.id, MP3)])
    await process.clip_renditions.ask(host, clip.id, LOUD)
    await process.clip_renditions.round()
    assert (await rendition(world, clip, LOUD)).state is RenditionState.READY


async def test_a_server_that_stops_leaves_it_to_the_next_at_once() -> None:
    world = World()
    process = Process(world)
    clip, host = await clip_of(world, process)
    await process.clip_renditions.ask(host, clip.id, MP3)
    async with making(world, process, clip):
        pass
    assert await rendition(world, clip) == ClipRendition(MP3, RenditionState.PENDING, world.clock())


async def test_what_cannot_be_made_says_why() -> None:
    world = World()
    process = Process(world)
    clip, host = await clip_of(world, process)
    process.workshop.failure = "The disk is full."
    await process.clip_renditions.ask(host, clip.id, MP3)
    await process.clip_renditions.round()
    failed = await rendition(world, clip)
    assert (failed.state, failed.failure) == (RenditionState.FAILED, "The disk is full.")
    async with aclosing(process.clip_renditions.follow(None, clip.id, MP3)) as changes:
        assert [one async for _, one in changes] == [failed]


async def test_of_a_clip_that_is_deleted_meanwhile_nothing_stays() -> None:
    world = World()
    process = Process(world)
    clip, host = await clip_of(world, process)
    await process.clip_renditions.ask(host, clip.id, MP3)
    follower = process.clip_renditions.follow(None, clip.id, MP3)
    async with making(world, process, clip) as working:
        _, seen = await anext(follower)
        assert seen.progress == 0.5
        await process.clips.delete(host, clip.id)
        assert process.workshop.hold
        process.workshop.hold.set()
        await working
    assert process.workshop.files == set()
    assert [one async for one in follower] == []


async def test_who_is_overtaken_leaves_it_to_the_other() -> None:
    world = World()
    process = Process(world)
    other = Process(world, "b", process.media)
    clip, host = await clip_of(world, process)
    await process.clip_renditions.ask(host, clip.id, MP3)
    async with making(world, process, clip) as working:
        world.clock.advance(LEASE)
        await other.clip_renditions.round()
        done = await rendition(world, clip)
        assert done.state is RenditionState.READY
        assert process.workshop.hold
        process.workshop.hold.set()
        await working
    assert await rendition(world, clip) == done
    assert process.workshop.files == {(clip.id, MP3)}, "they may share the folder"


async def test_nobody_asked_for_it_so_there_is_nothing_to_follow() -> None:
    world = World()
    process = Process(world)
    clip, _ = await clip_of(world, process)
    assert [one async for one in process.clip_renditions.follow(None, clip.id, MP3)] == []
