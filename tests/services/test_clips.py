"""Clips: who may cut, what is kept, and what a sound that fails leaves behind."""

import asyncio
import logging
from collections.abc import Awaitable
from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain import refusals
from app.domain.clips import DRAFT_LIFE, Clip, Publication
from app.domain.roster import Person
from app.services.clip_upkeep import AT_ONCE, ROUND
from app.services.media_engine import ClipSound, MediaUnavailable
from app.services.pages import Window
from tests.fakes.media import MemoryMedia
from tests.services.world import DRAFT, Process, World

MINUTE = 60_000


async def room(world: World, process: Process) -> tuple[str, Person, Person]:
    """A live Space with a minute of recording, its host, and a listener."""
    host, ana = await world.person("hana"), await world.person("ana")
    space_id = await process.live_space(host)
    await process.attendance.join(ana, space_id)
    process.media.recorded[space_id] = MINUTE
    return space_id, host, ana


async def test_a_listener_keeps_the_last_30_s() -> None:
    world = World()
    process = Process(world)
    space_id, _, ana = await room(world, process)
    clip = await process.clips.create(ana, space_id, start_ms=None, duration_ms=None)
    assert (clip.space_id, clip.creator_id, clip.start_offset_ms, clip.duration_ms) == (space_id, "ana", 30_000, 30_000)
    assert (clip.samples, clip.waveform, clip.created_at) == (30 * 48_000, (0.5,), world.clock())
    assert await process.clips.get("ana", clip.id) == clip
    assert process.media.clip_file(clip.id)


async def test_while_live_one_must_be_in_it_and_afterwards_have_an_account() -> None:
    world = World()
    process = Process(world)
    space_id, host, _ = await room(world, process)
    stranger = await world.person("stranger")
    with pytest.raises(refusals.NotAParticipant):
        await process.clips.create(stranger, space_id, start_ms=0, duration_ms=1_000)
    await process.spaces.end(host, space_id)
    clip = await process.clips.create(stranger, space_id, start_ms=0, duration_ms=1_000)
    assert await process.clips.of_spaces("stranger", [await world.space(space_id)], Window(10)) == [[clip]]


async def test_a_preparing_space_is_not_there_for_strangers_and_not_live_for_its_host() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    space = await process.spaces.create(host, DRAFT, [])
    with pytest.raises(refusals.SpaceNotFound):
        await process.clips.create(await world.person("ana"), space.id, start_ms=None, duration_ms=None)
    with pytest.raises(refusals.SpaceNotLive):
        await process.clips.create(host, space.id, start_ms=None, duration_ms=None)
    with pytest.raises(refusals.SpaceNotFound):
        await process.clips.create(host, "nowhere", start_ms=None, duration_ms=None)


async def test_off_means_none_from_then_on_and_earlier_ones_stay() -> None:
    world = World()
    process = Process(world)
    space_id, host, ana = await room(world, process)
    earlier = await process.clips.create(ana, space_id, start_ms=None, duration_ms=None)
    await process.spaces.set_clipping_allowed(host, space_id, False)
    with pytest.raises(refusals.ClippingDisabled):
        await process.clips.create(ana, space_id, start_ms=None, duration_ms=None)
    assert await process.clips.get("ana", earlier.id) == earlier


async def test_there_is_nothing_to_clip_in_a_space_that_is_not_recorded() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    space_id = await process.live_space(host, replace(DRAFT, recording_enabled=False))
    with pytest.raises(refusals.RecordingDisabled):
        await process.clips.create(host, space_id, start_ms=None, duration_ms=None)


async def test_a_sound_that_is_down_makes_no_clip_and_says_so() -> None:
    world = World()
    process = Process(world)
    space_id, _, ana = await room(world, process)
    process.media.down = True
    with pytest.raises(refusals.AudioUnavailable):
        await process.clips.create(ana, space_id, start_ms=None, duration_ms=None)
    assert await process.clips.of_spaces("ana", [await world.space(space_id)], Window(10)) == [[]]


class FadingMedia(MemoryMedia):
    """A sound that fails between saying how much there is and cutting it."""

    failure: Exception

    async def clip(self, space_id: str, clip_id: str, *, start_ms: int, duration_ms: int) -> ClipSound:
        raise self.failure


@pytest.mark.parametrize(
    ("failure", "refusal"),
    [(MediaUnavailable(), refusals.AudioUnavailable), (LookupError(), refusals.ClipOutOfRange)],
)
async def test_a_sound_that_fails_while_cutting_leaves_no_clip(
    failure: Exception, refusal: type[refusals.Refusal]
) -> None:
    world, media = World(), FadingMedia()
    media.failure = failure
    process = Process(world, media=media)
    space_id, _, ana = await room(world, process)
    with pytest.raises(refusal):
        await process.clips.create(ana, space_id, start_ms=None, duration_ms=None)
    assert await process.clips.of_spaces("ana", [await world.space(space_id)], Window(10)) == [[]]


async def test_a_draft_is_found_by_its_creator_alone() -> None:
    world = World()
    process = Process(world)
    space_id, host, ana = await room(world, process)
    clip = await process.clips.create(ana, space_id, start_ms=None, duration_ms=None)
    assert clip.is_draft
    space = await world.space(space_id)
    for viewer_id, found in (("ana", [clip]), ("hana", []), (None, [])):
        assert await process.clips.get_many(viewer_id, [clip.id]) == found
        assert await process.clips.of_spaces(viewer_id, [space], Window(9)) == [found]
    with pytest.raises(refusals.ClipNotFound):
        await process.clips.delete(host, clip.id)


async def test_a_command_repeated_under_its_key_is_one_clip_whenever_it_comes() -> None:
    world = World()
    process = Process(world)
    space_id, host, ana = await room(world, process)

    def again(duration_ms: int, key: str = "k") -> Awaitable[Clip]:
        return process.clips.create(ana, space_id, start_ms=None, duration_ms=duration_ms, idempotency_key=key)

    first, second = await asyncio.gather(again(1_000), again(2_000))
    process.media.recorded[space_id] += MINUTE
    await process.spaces.end(host, space_id)
    assert first == second == await again(3_000)
    assert len(process.media.clips) == 1
    assert (await again(1_000, "another")).id != first.id


class DyingMedia(MemoryMedia):
    """The server dies once, in mid cut."""

    died = False

    async def clip(self, space_id: str, clip_id: str, *, start_ms: int, duration_ms: int) -> ClipSound:
        sound = await super().clip(space_id, clip_id, start_ms=start_ms, duration_ms=duration_ms)
        if not self.died:
            self.died = True
            raise ServerDied
        return sound


class ServerDied(Exception):
    """What comes after this is not carried out."""


async def test_a_cut_that_a_crash_interrupted_is_nobodys_until_it_is_repeated() -> None:
    world, media = World(), DyingMedia()
    process = Process(world, media=media)
    space_id, _, ana = await room(world, process)
    with pytest.raises(ServerDied):
        await process.clips.create(ana, space_id, start_ms=None, duration_ms=None, idempotency_key="k")
    assert await process.clips.of_spaces("ana", [await world.space(space_id)], Window(9)) == [[]]
    assert len(media.clips) == 1

    again = Process(world, media=media)
    media.recorded[space_id] += MINUTE
    clip = await again.clips.create(ana, space_id, start_ms=None, duration_ms=None, idempotency_key="k")
    assert (clip.start_offset_ms, len(media.clips)) == (30_000, 1)
    assert await again.clips.of_spaces("ana", [await world.space(space_id)], Window(9)) == [[clip]]


async def test_a_cut_that_a_crash_interrupted_and_nobody_repeats_goes_with_its_sound() -> None:
    world, media = World(), DyingMedia()
    process = Process(world, media=media)
    space_id, _, ana = await room(world, process)
    with pytest.raises(ServerDied):
        await process.clips.create(ana, space_id, start_ms=None, duration_ms=None)
    world.clock.advance(DRAFT_LIFE + 2 * ROUND)
    await Process(world, media=media).clip_upkeep.round()
    assert media.clips == {}
    assert await world.clips.all_of_space(space_id, limit=9) == []


async def test_another_process_that_is_asked_the_same_goes_on_with_the_same_seconds() -> None:
    world, media = World(), MemoryMedia()
    process, other = Process(world, "a", media), Process(world, "b", media)
    space_id, _, ana = await room(world, process)
    both = [
        one.clips.create(ana, space_id, start_ms=None, duration_ms=None, idempotency_key="k")
        for one in (process, other)
    ]
    first, second = await asyncio.gather(*both)
    assert first == second
    assert list(media.clips) == [first.id]


async def test_drafts_go_after_a_day_and_others_do_not() -> None:
    world = World()
    process = Process(world)
    space_id, _, ana = await room(world, process)
    for _ in range(AT_ONCE + 1):
        await process.clips.create(ana, space_id, start_ms=None, duration_ms=1_000)
    world.clock.advance(timedelta(hours=1))
    later = await process.clips.create(ana, space_id, start_ms=None, duration_ms=1_000)
    world.clock.advance(DRAFT_LIFE - timedelta(hours=1))
    assert await process.clips.of_spaces("ana", [await world.space(space_id)], Window(9)) == [[later]]
    world.clock.advance(2 * ROUND)
    await process.clip_upkeep.round()
    assert await world.clips.all_of_space(space_id, limit=9) == [later]
    assert list(process.media.clips) == [later.id]


class FullDiskMedia(MemoryMedia):
    """Nothing can be deleted while the disk is broken."""

    broken = True

    async def delete_clip(self, clip_id: str) -> None:
        if self.broken:
            raise OSError
        await super().delete_clip(clip_id)


async def test_a_deleted_clip_is_gone_for_everyone_and_its_sound_as_soon_as_it_can_be(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world, media = World(), FullDiskMedia()
    process = Process(world, media=media)
    space_id, _, ana = await room(world, process)
    clip = await process.clips.create(ana, space_id, start_ms=None, duration_ms=None, idempotency_key="k")
    with caplog.at_level(logging.CRITICAL, logger="app.services.clip_upkeep"):
        await process.clips.delete(ana, clip.id)
        assert await process.clips.get("ana", clip.id) is None
        with pytest.raises(refusals.ClipNotFound):
            await process.clips.create(ana, space_id, start_ms=None, duration_ms=None, idempotency_key="k")
        world.clock.advance(2 * ROUND)
        await process.clip_upkeep.round()
    assert list(media.clips) == [clip.id]
    media.broken = False
    await process.clip_upkeep.round()
    assert media.clips == {}
    assert await world.clips.get(clip.id) is None


async def test_a_public_clip_is_deleted_by_its_creator_or_the_host_and_nobody_else() -> None:
    world = World()
    process = Process(world)
    space_id, host, ana = await room(world, process)
    stranger = await world.person("stranger")
    for by in (ana, host):
        clip = await process.clips.create(ana, space_id, start_ms=None, duration_ms=None)
        await world.clips.publish(clip.id, Publication("", world.clock()), world.clock())
        with pytest.raises(refusals.NotPermitted):
            await process.clips.delete(stranger, clip.id)
        await process.clips.delete(by, clip.id)
        assert await process.clips.get("ana", clip.id) is None
        with pytest.raises(refusals.ClipNotFound):
            await process.clips.delete(by, clip.id)
    assert process.media.clips == {}
