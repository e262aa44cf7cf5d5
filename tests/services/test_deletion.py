"""Deletion: a Space goes with all that belongs to it, also by a server that dies in the middle."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from app.domain import refusals
from app.domain.events import Numbered, SpaceDeleted
from app.domain.roster import Person
from app.services.deletion import Deletion
from app.services.media_engine import ClipSound
from app.services.pages import Window
from app.services.ports import Snapshot
from tests.fakes.media import MemoryMedia
from tests.services.world import DRAFT, Process, World


async def ended_space(process: Process, host: Person) -> str:
    """The id of a Space that was recorded, clipped, reacted to, and is over."""
    space_id = await process.live_space(host)
    process.media.recorded[space_id] = 60_000
    for _ in range(2):
        await process.clips.create(host, space_id, start_ms=None, duration_ms=1000)
    await process.world.counts.add(space_id, {"👏": 1})
    await process.spaces.end(host, space_id)
    return space_id


async def test_a_deleted_space_is_gone_with_recording_clips_and_counts() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    space_id = await ended_space(process, host)
    clips = await world.clips.all_of_space(space_id, limit=9)
    await process.deletion.delete(host, space_id, confirmed=True)

    assert await process.spaces.get("hana", space_id) is None
    assert await process.spaces.get_many("hana", [space_id]) == []
    assert (process.media.recorded, process.media.clips) == ({}, {})
    assert await process.clips.get_many("hana", [clip.id for clip in clips]) == []
    assert await world.counts.counts([space_id]) == {}
    assert await world.spaces.unpurged() == []
    for command in (
        process.deletion.delete(host, space_id, confirmed=True),
        process.attendance.join(host, space_id),
        process.attendance.leave(host, space_id),
    ):
        with pytest.raises(refusals.SpaceNotFound):
            await command


async def test_what_is_not_confirmed_or_still_live_stays() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    space_id = await process.live_space(host)
    with pytest.raises(refusals.SpaceIsLive):
        await process.deletion.delete(host, space_id, confirmed=True)
    await process.spaces.end(host, space_id)
    with pytest.raises(refusals.ConfirmationRequired):
        await process.deletion.delete(host, space_id, confirmed=False)
    assert await process.spaces.get(None, space_id) is not None


async def test_the_streams_of_a_space_that_is_deleted_before_its_start_end_with_that() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    space_id = (await process.spaces.create(host, DRAFT, [])).id
    async with process.streams.space_events("hana", space_id, None) as items:
        assert isinstance(await anext(items), Snapshot)
        await process.deletion.delete(host, space_id, confirmed=True)
        [last] = [item async for item in items]
    assert isinstance(last, Numbered)
    assert isinstance(last.event, SpaceDeleted)


async def test_what_cannot_be_purged_now_is_gone_for_everyone_and_purged_later(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    space_id = await ended_space(process, host)
    process.media.down = True
    with caplog.at_level(logging.CRITICAL, logger="app.services.deletion"):
        await process.deletion.delete(host, space_id, confirmed=True)
    assert await process.spaces.get("hana", space_id) is None
    clips = await world.clips.all_of_space(space_id, limit=9)
    assert len(clips) == 2
    assert await process.clips.get_many("hana", [clip.id for clip in clips]) == []
    assert process.media.recorded == {space_id: 60_000}

    process.media.down = False
    again = Process(world, media=process.media)
    await again.deletion.round()
    assert (process.media.recorded, process.media.clips) == ({}, {})
    assert await world.spaces.unpurged() == []


async def test_a_deleted_recording_is_gone_once_and_space_and_clips_stay() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    space_id = await ended_space(process, host)
    without = await process.deletion.delete_recording(host, space_id, confirmed=True)
    assert await process.deletion.delete_recording(host, space_id, confirmed=True) == without
    assert await world.space(space_id) == without
    assert (without.recording_deleted_at, without.version) == (world.clock(), 4)
    assert process.media.recorded == {}
    assert len(process.media.clips) == 2
    assert len(await world.clips.all_of_space(space_id, limit=9)) == 2
    assert await world.counts.counts([space_id]) == {space_id: {"👏": 1}}
    assert await world.spaces.unpurged() == []
    with pytest.raises(refusals.RecordingDeleted):
        await process.clips.create(host, space_id, start_ms=None, duration_ms=None)


async def test_a_recording_that_cannot_be_purged_now_is_purged_later(caplog: pytest.LogCaptureFixture) -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    space_id = await ended_space(process, host)
    process.media.down = True
    with caplog.at_level(logging.CRITICAL, logger="app.services.deletion"):
        await process.deletion.delete_recording(host, space_id, confirmed=True)
    assert (await world.space(space_id)).recording_deleted_at == world.clock()
    assert process.media.recorded == {space_id: 60_000}

    process.media.down = False
    again = Process(world, media=process.media)
    await again.deletion.round()
    assert process.media.recorded == {}
    assert len(process.media.clips) == 2
    assert await world.spaces.unpurged() == []


async def test_the_history_of_a_host_is_what_was_recorded_and_not_deleted() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    kept, deleted = await ended_space(process, host), await ended_space(process, host)
    unrecorded = await process.live_space(host, replace(DRAFT, recording_enabled=False))
    await process.spaces.end(host, unrecorded)
    await process.live_space(host)
    await process.deletion.delete_recording(host, deleted, confirmed=True)
    assert [one.id for one in await process.spaces.recorded(host, Window(9))] == [kept]
    assert await process.spaces.recorded(await world.person("ana"), Window(9)) == []


class DeletingMedia(MemoryMedia):
    """The host deletes the Space while a clip of it is being cut."""

    deletion: Deletion
    host: Person

    async def clip(self, space_id: str, clip_id: str, *, start_ms: int, duration_ms: int) -> ClipSound:
        sound = await super().clip(space_id, clip_id, start_ms=start_ms, duration_ms=duration_ms)
        await self.deletion.delete(self.host, space_id, confirmed=True)
        return sound


async def test_a_clip_that_is_cut_meanwhile_goes_too() -> None:
    world, media = World(), DeletingMedia()
    process, host = Process(world, media=media), await world.person("hana")
    space_id = await process.live_space(host)
    media.recorded[space_id] = 60_000
    await process.spaces.end(host, space_id)
    media.deletion, media.host = process.deletion, host
    with pytest.raises(refusals.SpaceNotFound):
        await process.clips.create(host, space_id, start_ms=None, duration_ms=None)
    assert media.clips == {}
    assert await world.clips.all_of_space(space_id, limit=9) == []
