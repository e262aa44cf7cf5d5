"""Clips: who may cut, what is kept, and what a sound that fails leaves behind."""

from dataclasses import replace

import pytest

from app.domain import refusals
from app.domain.roster import Person
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
    assert await process.clips.get(clip.id) == clip
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
    assert await process.clips.of_space(await world.space(space_id), Window(10)) == [clip]


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
    assert await process.clips.get(earlier.id) == earlier


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
    assert await process.clips.of_space(await world.space(space_id), Window(10)) == []


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
    assert await process.clips.of_space(await world.space(space_id), Window(10)) == []
