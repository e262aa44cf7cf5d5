"""Recordings: measured however they ended, trimmed and clipped, expired, and telling that they fail."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import NoReturn

import pytest

from app.domain import refusals
from app.domain.events import DeletionReason, EndReason, RecordingDeleted, RecordingFailed, RecordingResumed, SpaceEnded
from app.domain.recorded import RecordingState, Trim
from app.domain.spaces import SpaceState
from app.domain.transcripts import Phrase, Word
from app.services.media_engine import RecordingNews
from app.services.pages import Moment, Window
from app.services.ports import MediaGrant, MediaUse
from app.services.recordings import UNHEARD_OF
from tests.fakes.faults import WatchedSpaceStore
from tests.services.test_replays import MINUTE, ended, kept, refused
from tests.services.world import DRAFT, KEPT_FOR, Process, World
from tests.waiting import until


async def events(world: World, space_id: str, after: int) -> list[type]:
    """The kinds of what happened since that version."""
    happened = await world.spaces.events_after(space_id, after)
    assert happened is not None
    return [type(one.event) for one in happened]


async def test_a_recording_is_measured_after_the_end_and_again_after_each_trim() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    async with process.airing():
        space_id = await process.live_space(host)
        process.media.recorded[space_id] = MINUTE
        live = await kept(process, None, space_id)
        assert (live.state, live.duration_ms, live.addresses) == (RecordingState.RECORDING, None, None)
        await process.spaces.end(host, space_id)
    final = await kept(process, None, space_id)
    assert (final.state, final.duration_ms) == (RecordingState.RECORDING, None), "it is not final yet"
    await process.recordings.measure_all()
    final = await kept(process, None, space_id)
    assert (final.state, final.duration_ms, final.full_duration_ms) == (RecordingState.READY, MINUTE, MINUTE)
    assert final.measures
    assert (final.measures.size, final.measures.loudness) == (MINUTE * 8, -16.0)
    await process.recordings.trim(host, space_id, start_ms=5_000, end_ms=None)
    trimmed = await kept(process, None, space_id)
    assert (trimmed.duration_ms, trimmed.full_duration_ms) == (55_000, MINUTE)
    assert trimmed.measures
    assert trimmed.measures.size == 55_000 * 8
    assert await world.spaces.unmeasured(5) == []


async def test_a_trim_that_was_not_measured_is_in_a_later_round() -> None:
    world = World()
    process = Process(world)
    space_id, host = await ended(world, process)
    process.media.down = True
    await process.recordings.trim(host, space_id, start_ms=5_000, end_ms=None)
    found = await kept(process, None, space_id)
    assert (found.state, found.duration_ms, found.measures) == (RecordingState.READY, 55_000, None)
    process.media.down = False
    await process.recordings.measure_all()
    assert (await kept(process, None, space_id)).measures


async def test_what_another_process_has_on_the_air_is_left_to_it() -> None:
    world = World()
    one, two, host = Process(world, "a"), Process(world, "b"), await world.person("hana")
    space_id = await one.live_space(host)
    two.media.recorded[space_id] = MINUTE
    # Saved, and not obeyed yet: it writes on.
    await world.spaces.save(await world.space(space_id), [SpaceEnded(at=world.clock(), reason=EndReason.HOST)])
    await two.recordings.measure_all()
    assert [space.id for space in await world.spaces.unmeasured(5)] == [space_id]
    await world.leases.release(space_id, "a")
    await two.recordings.measure_all()
    assert (await kept(two, None, space_id)).state is RecordingState.READY


async def test_where_nothing_was_recorded_the_recording_failed() -> None:
    world = World()
    process, other, host = Process(world), Process(world, "b"), await world.person("hana")
    async with process.airing():
        space_id = await process.live_space(host)
        await process.spaces.end(host, space_id)
    # As after an upgrade: it ended long ago, and nobody has looked for it before.
    world.clock.advance(2 * UNHEARD_OF)
    await other.recordings.measure_all()
    assert (await kept(process, None, space_id)).state is RecordingState.RECORDING, "its files may be elsewhere"
    world.clock.advance(UNHEARD_OF)
    await other.recordings.measure_all()
    assert (await kept(process, None, space_id)).state is RecordingState.FAILED


async def test_no_record_stays_of_a_recording_that_is_deleted() -> None:
    world = World()
    process = Process(world)
    space_id, host = await ended(world, process)
    assert await world.stores.recordings.get_many([space_id])
    await process.deletion.delete_recording(host, space_id, confirmed=True)
    assert await world.stores.recordings.get_many([space_id]) == []
    assert await process.recordings.of_spaces(None, [await world.space(space_id)]) == [None]
    await process.recordings.measure_all()
    assert await world.stores.recordings.get_many([space_id]) == []


async def test_a_trim_is_refused_to_all_but_the_host_and_told_once() -> None:
    world = World()
    process = Process(world)
    space_id, host = await ended(world, process)
    with pytest.raises(refusals.NotPermitted):
        await process.recordings.trim(await world.person("ana"), space_id, start_ms=1, end_ms=None)
    before = await world.space(space_id)
    cut = await process.recordings.trim(host, space_id, start_ms=1_000, end_ms=20_000)
    assert (cut.trim, cut.version) == (Trim(1_000, 20_000), before.version + 1)
    assert await process.recordings.trim(host, space_id, start_ms=1_000, end_ms=20_000) == cut
    with pytest.raises(refusals.SpaceNotFound):
        await process.recordings.trim(host, "nowhere", start_ms=1_000, end_ms=None)


async def test_clips_are_cut_out_of_what_is_heard() -> None:
    world = World()
    process = Process(world)
    space_id, host = await ended(world, process)
    await process.recordings.trim(host, space_id, start_ms=10_000, end_ms=50_000)
    clip = await process.clips.create(host, space_id, start_ms=None, duration_ms=None)
    assert (clip.start_offset_ms, clip.duration_ms) == (20_000, 30_000)
    with pytest.raises(refusals.ClipOutOfRange) as refused:
        await process.clips.create(host, space_id, start_ms=9_000, duration_ms=1_000)
    assert (refused.value.limit, refused.value.current) == (10_000, 9_000)


async def test_what_is_trimmed_away_is_read_by_the_host_alone() -> None:
    world = World()
    process = Process(world)
    space_id, host = await ended(world, process)
    texts: Mapping[str, int] = {"before": 1_000, "across": 9_800, "within": 20_000, "after": 55_000}
    for text, start_ms in texts.items():
        await world.stores.transcripts.add(phrase(space_id, text, start_ms, world))
    await process.recordings.trim(host, space_id, start_ms=10_000, end_ms=50_000)
    space = await world.space(space_id)
    for viewer_id, read in (("ana", ["within"]), (None, ["within"]), ("hana", list(texts))):
        [found] = await process.transcripts.of_spaces(viewer_id, [space], Window(9))
        assert [one.words[0].text for one in found or []] == read
        searched: list[str] = []
        for text in texts:
            window: Window[Moment] = Window(9)
            searched += [one.words[0].text for one in await process.transcripts.search(viewer_id, [text], window)]
        assert searched == read
    token, _ = world.tokens.for_media(MediaGrant(MediaUse.LISTEN, space_id, None))
    assert "replay-captions" in await process.audio.multivariant_playlist(token)
    assert (await process.subtitles.replay_playlist(token)).count("#EXTINF:40.000,") == 1
    shown = await process.subtitles.replay(token, 0)
    assert "within" in shown
    assert "end" in shown, "the half of a phrase that is heard"
    assert not any(text in shown for text in ("before", "across", "after"))
    own, _ = world.tokens.for_media(MediaGrant(MediaUse.EDIT, space_id, "hana"))
    assert "before" in await process.subtitles.replay(own, 0)


def phrase(space_id: str, text: str, start_ms: int, world: World) -> Phrase:
    """Two words of 200 ms each."""
    words = (Word(text, start_ms, start_ms + 200, 1.0), Word("end", start_ms + 201, start_ms + 401, 1.0))
    return Phrase(
        world.new_id(), space_id, "hana", "en", start_ms, start_ms + 401, start_ms + 900, words, world.clock()
    )


async def test_recordings_go_when_their_time_is_over_and_clips_stay() -> None:
    world = World()
    process, other = Process(world), Process(world, "b")
    space_id, host = await ended(world, process)
    clip = await process.clips.create(host, space_id, start_ms=0, duration_ms=1_000)
    await process.clips.publish(host, clip.id, "")
    found = await kept(process, None, space_id)
    assert found.expires_at == world.clock() + KEPT_FOR
    world.clock.advance(KEPT_FOR - timedelta(seconds=1))
    await process.recordings.expire_all()
    before = await world.space(space_id)
    assert before.keeps_recording
    world.clock.advance(timedelta(seconds=1))
    await process.recordings.expire_all()
    await other.recordings.expire_all()
    gone = await world.space(space_id)
    assert (gone.keeps_recording, gone.version) == (False, before.version + 1)
    [told] = await world.spaces.events_after(space_id, before.version) or []
    assert isinstance(told.event, RecordingDeleted)
    assert told.event.reason is DeletionReason.EXPIRED
    await process.deletion.round()
    assert space_id not in process.media.recorded
    assert await process.clips.get(None, clip.id)


async def test_that_a_recording_fails_and_goes_on_is_told_in_its_space() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    space_id = await process.live_space(host)
    version = (await world.space(space_id)).version
    await process.recordings.take(space_id, None)
    assert (await world.space(space_id)).version == version, "it began"
    for _ in range(2):
        await process.recordings.take(space_id, "The disk is full.")
    failing = await kept(process, None, space_id)
    assert failing.state is RecordingState.FAILED
    assert failing.space.recording_failure
    assert failing.space.recording_failure.reason == "The disk is full."
    for _ in range(2):
        await process.recordings.take(space_id, None)
    assert (await kept(process, None, space_id)).state is RecordingState.RECORDING
    assert await events(world, space_id, version) == [RecordingFailed, RecordingResumed]
    await process.recordings.take(space_id, "The disk is full.")
    process.media.recorded[space_id] = MINUTE
    async with process.airing():
        await process.spaces.end(host, space_id)
    await process.recordings.measure_all()
    over = await kept(process, None, space_id)
    assert (over.state, over.duration_ms) == (RecordingState.FAILED, MINUTE)
    assert over.addresses, "what was written is heard"


async def test_where_nothing_is_recorded_nothing_fails() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    space_id = await process.live_space(host, replace(DRAFT, recording_enabled=False))
    before = await world.space(space_id)
    await process.recordings.take(space_id, "The disk is full.")
    assert await world.space(space_id) == before
    assert await process.recordings.of_spaces(None, [before]) == [None]


async def test_a_process_that_had_it_on_the_air_knows_that_nothing_was_recorded() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    async with process.airing():
        space_id = await process.live_space(host)
        await process.recordings.measure_all()
        await process.spaces.end(host, space_id)
    await process.recordings.measure_all()
    found = await kept(process, None, space_id)
    assert (found.state, found.duration_ms) == (RecordingState.FAILED, 0)


async def test_what_cannot_be_told_now_is_told_in_a_later_round() -> None:
    store = WatchedSpaceStore()
    world = World(spaces=store)
    process, host = Process(world), await world.person("hana")
    space_id = await process.live_space(host)
    telling = asyncio.create_task(process.recordings.run_failures())
    store.down, reads = True, store.reads
    process.media.recording_news.put_nowait(RecordingNews(space_id, "The disk is full."))
    await until(lambda: store.reads > reads, "it was tried")
    store.down = False
    assert not (await world.space(space_id)).is_failing
    await process.recordings.measure_all()
    assert (await world.space(space_id)).is_failing
    telling.cancel()
    await asyncio.gather(telling, return_exceptions=True)


async def test_live_sound_is_not_heard_late_once_its_recording_is_trimmed() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    async with process.airing():
        space_id = await process.live_space(host)
        process.media.recorded[space_id] = MINUTE
        token, _ = world.tokens.for_media(MediaGrant(MediaUse.LISTEN, space_id, None))
        live = await process.audio.live_playlist(token)
        [_, folder, *address] = live.playlist.plain.decode().split()[-1].split("/")
        assert await process.audio.live_resource(folder, *address) == b"sound"
        await process.spaces.end(host, space_id)
    await process.recordings.measure_all()
    await process.recordings.trim(host, space_id, start_ms=0, end_ms=50_000)
    process.media.obeyed[space_id] = replace(process.media.obeyed[space_id], state=SpaceState.LIVE)
    for use in (
        process.audio.live_playlist(token),
        process.audio.live_resource(folder, *address),
        process.subtitles.live_playlist(token),
        process.subtitles.live(token, 0),
    ):
        assert await refused(use) == 404


async def test_a_clip_that_was_begun_before_a_trim_is_not_cut_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    process = Process(world)
    space_id, host = await ended(world, process)
    monkeypatch.setattr(process.media, "clip", crash)
    with pytest.raises(ZeroDivisionError):
        await process.clips.create(host, space_id, start_ms=0, duration_ms=1_000, idempotency_key="once")
    monkeypatch.undo()
    await process.recordings.trim(host, space_id, start_ms=10_000, end_ms=None)
    with pytest.raises(refusals.ClipOutOfRange):
        await process.clips.create(host, space_id, start_ms=0, duration_ms=1_000, idempotency_key="once")
    assert process.media.clips == {}


async def crash(*_: object, **__: object) -> NoReturn:
    """What a server does that dies here."""
    raise ZeroDivisionError
