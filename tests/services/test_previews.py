"""Previews: of what anyone may see alone, and no picture is drawn for anything else."""

from datetime import timedelta

import pytest

from app.domain.drafts import Draft
from app.domain.schedules import Appointment
from app.services.media_engine import MediaUnavailable
from tests.domain.phrases import heard
from tests.services.test_audio import refused
from tests.services.test_clip_downloads import stage_clip
from tests.services.world import NOW, Process, World


async def test_a_space_is_told_of_once_anyone_may_know_of_it_and_until_it_is_deleted() -> None:
    process = Process(World())
    host = await process.world.person("hana")
    space = await process.spaces.create(host, Draft("On tides"), [])
    for unknown in (space.id, "nothing"):
        assert await process.previews.space(unknown) is None
        assert await process.previews.space_poster(unknown) is None
    assert process.workshop.space_posters == []

    await process.spaces.start(host, space.id)
    shown = await process.previews.space(space.id)
    assert shown
    assert (shown.key, shown.title, shown.author) == (space.id, "On tides", host)
    assert await process.previews.space_poster(space.id)
    [poster] = process.workshop.space_posters
    assert (poster.title, poster.host, poster.label, poster.when) == ("On tides", "Hana", "Live now", "Come and listen")
    assert (poster.is_live, poster.server) == (True, "a.example")

    await process.spaces.end(host, space.id)
    ended = await process.previews.space(space.id)
    assert ended
    assert ended.description.startswith("Ended")
    await process.deletion.delete(host, space.id, confirmed=True)
    assert await process.previews.space(space.id) is None
    assert await process.previews.space_poster(space.id) is None
    assert len(process.workshop.space_posters) == 1


async def test_a_space_that_is_announced_or_called_off_is_told_of() -> None:
    process = Process(World())
    host = await process.world.person("hana")
    wanted = Appointment(NOW + timedelta(days=1), "Europe/Berlin")
    space = await process.schedules.schedule(host, Draft("On tides"), wanted, [])
    announced = await process.previews.space(space.id)
    await process.schedules.cancel(host, space.id)
    called_off = await process.previews.space(space.id)
    assert announced
    assert called_off
    assert announced.description.startswith("Scheduled: Monday, 2 March 2026, 13:00 (Europe/Berlin)")
    assert called_off.description.startswith("Called off")


async def test_a_clip_is_told_of_while_it_is_public() -> None:
    process = Process(World())
    world = process.world
    clip, host = await stage_clip(process)
    await process.transcripts.take(heard(clip.space_id, "ana", "time and tide", 65_000))
    shown = await process.previews.clip(clip.id)
    assert shown
    assert shown.description == "“time and tide” 10 seconds of a Space hosted by Hana, cut by Hana."
    assert (await process.clip_downloads.public_sound(clip.id))[1] == process.media.clip_file(clip.id)
    assert (await process.clip_downloads.public_poster(clip.id))[1].name.endswith(".png")

    draft = await process.clips.create(host, clip.space_id, start_ms=0, duration_ms=1_000)
    await world.clips.expire(clip.id, world.clock())
    for unknown in (draft.id, clip.id, "nothing"):
        assert await process.previews.clip(unknown) is None
        assert await refused(process.clip_downloads.public_sound(unknown)) == 404
        assert await refused(process.clip_downloads.public_poster(unknown)) == 404


async def test_a_clip_goes_with_its_space_at_once() -> None:
    process = Process(World())
    clip, host = await stage_clip(process)
    await process.spaces.end(host, clip.space_id)
    process.media.down = True
    await process.deletion.delete(host, clip.space_id, confirmed=True)
    assert await process.previews.clip(clip.id) is None
    assert await refused(process.clip_downloads.public_sound(clip.id)) == 404


async def test_a_person_is_told_of_by_their_handle_in_any_case() -> None:
    process = Process(World())
    await process.world.person("hana")
    shown = await process.previews.person("HANA")
    assert shown
    assert (shown.key, shown.title) == ("hana", "Hana (@hana)")
    assert await process.previews.person("nobody") is None


async def test_a_poster_of_a_space_that_cannot_be_drawn_now_is_for_later() -> None:
    process = Process(World())
    host = await process.world.person("hana")
    space_id = await process.live_space(host, Draft("On tides"))
    process.workshop.full = True
    with pytest.raises(MediaUnavailable):
        await process.previews.space_poster(space_id)
