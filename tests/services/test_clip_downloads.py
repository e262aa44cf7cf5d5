"""Downloads of clips: who gets which file, what a poster says, what a saved file is called."""

import pytest

from app.domain.clips import Clip, Publication
from app.domain.drafts import Draft
from app.domain.renditions import RenditionKind
from app.domain.roster import Person
from app.services.media_engine import MediaUnavailable
from tests.domain.phrases import heard
from tests.services.test_audio import refused, token_in
from tests.services.world import Process, World


async def stage_clip(process: Process) -> tuple[Clip, Person]:
    """A published clip of a Space with host and speaker on stage, and its host."""
    world = process.world
    host, ana = await world.person("hana"), await world.person("ana")
    space_id = await process.live_space(host, Draft("Tides: why/how? ", recording_enabled=True))
    await process.attendance.join(ana, space_id)
    await process.seat(host, ana, space_id)
    process.media.recorded[space_id] = 90_000
    clip = await process.clips.create(host, space_id, start_ms=61_000, duration_ms=10_000)
    await world.clips.publish(clip.id, Publication("", world.clock()), world.clock())
    return clip, host


def token_for(process: Process, clip: Clip, viewer_id: str | None = None) -> str:
    return token_in(process.audio.clip_url(clip, viewer_id))


async def test_whoever_may_hear_a_clip_gets_all_of_it() -> None:
    world = World()
    process = Process(world)
    clip, host = await stage_clip(process)
    token = token_for(process, clip)
    assert (await process.clip_downloads.sound(token))[1] == process.media.clip_file(clip.id)
    assert await refused(process.clip_downloads.rendition(token, RenditionKind.MP3)) == 404
    await process.clip_renditions.ask(host, clip.id, RenditionKind.MP3)
    await process.clip_renditions.round()
    assert (await process.clip_downloads.rendition(token, RenditionKind.MP3))[1].name.endswith("clip.mp3")
    assert (await process.clip_downloads.poster(token))[1].name.endswith(".png")
    await world.clips.expire(clip.id, world.clock())
    for use in (
        process.clip_downloads.sound(token),
        process.clip_downloads.rendition(token, RenditionKind.MP3),
        process.clip_downloads.poster(token),
    ):
        assert await refused(use) == 404


async def test_a_draft_is_for_its_creator_alone_poster_and_all() -> None:
    process = Process(World())
    published, _ = await stage_clip(process)
    ana = await process.world.person("ben")
    await process.attendance.join(ana, published.space_id)
    draft = await process.clips.create(ana, published.space_id, start_ms=0, duration_ms=1_000)
    assert await process.clip_downloads.poster(token_for(process, draft, "ben"))
    assert await refused(process.clip_downloads.poster(token_for(process, draft))) == 404
    assert await refused(process.clip_downloads.poster(token_for(process, draft, "hana"))) == 404


async def test_a_poster_names_who_is_heard_and_else_who_was_on_stage() -> None:
    process = Process(World())
    clip, host = await stage_clip(process)
    token = token_for(process, clip)
    await process.clip_downloads.poster(token)
    shown = process.workshop.posters[clip.id]
    assert (shown.title, shown.names, shown.server) == ("Tides: why/how?", ("Hana", "Ana"), "a.example")
    assert (shown.waveform, shown.duration_ms) == (clip.waveform, 10_000)

    await process.transcripts.take(heard(clip.space_id, "ana", "time and tide", 65_000))
    await process.transcripts.take(heard(clip.space_id, "hana", "wait for no man at all", 20_000))
    await process.clip_downloads.poster(token)
    assert process.workshop.posters[clip.id].names == ("Ana",), "the host said it elsewhere"

    await process.spaces.end(host, clip.space_id)
    late = await process.clips.create(host, clip.space_id, start_ms=0, duration_ms=1_000)
    await process.clip_downloads.poster(token_for(process, late, "hana"))
    assert process.workshop.posters[late.id].names == ("Hana",), "of that nothing is known but its host"


async def test_a_poster_that_cannot_be_drawn_now_is_for_later() -> None:
    process = Process(World())
    clip, _ = await stage_clip(process)
    process.workshop.full = True
    with pytest.raises(MediaUnavailable):
        await process.clip_downloads.poster(token_for(process, clip))


async def test_a_saved_file_has_a_name_that_every_system_takes() -> None:
    process = Process(World())
    clip, _ = await stage_clip(process)
    assert await process.clip_downloads.name(clip, ".m4a") == "Tides why how 1.01.m4a"
