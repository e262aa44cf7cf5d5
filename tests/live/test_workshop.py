"""The contract of `Workshop`: one suite for the one in memory and the real one, and what the real one does besides."""

import asyncio
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.domain.renditions import RenditionKind
from app.live.clip_files import ClipFiles
from app.live.easel import POSTERS_WAITING
from app.live.workshop import ClipWorkshop
from app.services.workshop import PosterText, RenderingFailed, SpacePosterText, Workshop, WorkshopFull
from media.clip import cut
from media.rendering import decode
from tests.fakes.workshop import PNG, SAMPLES, MemoryWorkshop
from tests.media.recordings import record
from tests.media.sounds import tone

MP3 = RenditionKind.MP3
SPACE = SpacePosterText("On tides", "Hana", "Live now", "Come and listen", True, "spaces.example.org")
TEXT = PosterText("On tides", ("Ana",), (0.5, 1.0), 1000, "spaces.example.org")


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    """A folder with the clip "a", of a second."""
    recording, clips = tmp_path / "recording", tmp_path / "clips"
    recording.mkdir()
    record(recording, tone(400, 1)).close()
    await ClipFiles(clips).open()
    cut(recording, 0, SAMPLES, clips / "a.m4a")
    return clips


@pytest.fixture(params=["memory", "live"])
async def workshop(request: pytest.FixtureRequest, folder: Path) -> Workshop:
    """Each kind of workshop in turn."""
    return MemoryWorkshop(lambda clip_id: clip_id == "a") if request.param == "memory" else ClipWorkshop(folder)


def names(folder: Path) -> set[str]:
    """What is in the folder."""
    return {one.name for one in folder.rglob("*") if one.is_file()}


async def quietly(progress: float) -> None:
    """Takes no note of it."""


async def test_a_rendition_is_there_when_it_is_made_and_gone_when_it_is_discarded(workshop: Workshop) -> None:
    assert (workshop.has("a"), workshop.has("b")) == (True, False)
    assert workshop.rendition("a", MP3) is None
    told: list[float] = []

    async def tell(progress: float) -> None:
        told.append(progress)

    made = await workshop.render("a", MP3, tell)
    assert made.samples == SAMPLES
    assert made.lufs is not None
    assert told == sorted(told) != []
    assert workshop.rendition("a", MP3)
    assert workshop.rendition("a", RenditionKind.NORMALIZED_MP3) is None
    for _ in range(2):
        await workshop.discard("a", MP3)
        assert workshop.rendition("a", MP3) is None


async def test_a_poster_is_drawn_of_a_clip_that_is_here(workshop: Workshop) -> None:
    assert await workshop.poster("b", TEXT) is None
    assert await workshop.poster("a", TEXT)


async def test_whoever_asks_at_once_gets_one_poster_and_another_text_another(folder: Path) -> None:
    workshop = ClipWorkshop(folder)
    [path] = {await one for one in [asyncio.ensure_future(workshop.poster("a", TEXT)) for _ in range(5)]}
    assert path
    drawn = path.stat().st_mtime_ns, path.read_bytes()
    assert await workshop.poster("a", TEXT) == path
    assert (path.stat().st_mtime_ns, path.read_bytes()) == drawn
    renamed = await workshop.poster("a", replace(TEXT, title="On ebb and flow"))
    assert renamed
    assert renamed != path
    assert names(folder) == {"a.m4a", renamed.name}


async def test_a_poster_of_a_space_is_a_picture(workshop: Workshop) -> None:
    assert (await workshop.space_poster(SPACE)).startswith(PNG)


async def test_a_poster_of_a_space_is_drawn_once_and_kept_in_no_file(folder: Path) -> None:
    workshop = ClipWorkshop(folder, space_posters=2)
    drawn, *others = await asyncio.gather(*(workshop.space_poster(SPACE) for _ in range(5)))
    assert all(one is drawn for one in others)
    ebb = await workshop.space_poster(replace(SPACE, title="Ebb"))
    assert await workshop.space_poster(SPACE) is drawn
    await workshop.space_poster(replace(SPACE, title="Flood"))
    assert await workshop.space_poster(SPACE) is drawn, "it was asked for since"
    again = await workshop.space_poster(replace(SPACE, title="Ebb"))
    assert again is not ebb
    assert again == ebb
    assert names(folder) == {"a.m4a"}


async def test_more_posters_at_once_than_may_wait_are_refused(folder: Path) -> None:
    workshop = ClipWorkshop(folder)
    asked = [workshop.poster("a", replace(TEXT, title="Tides")) for _ in range(POSTERS_WAITING + 3)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(isinstance(one, WorkshopFull) for one in answers) == 3
    assert len({one for one in answers if isinstance(one, Path)}) == 1


async def test_all_that_was_made_goes_with_the_clip_and_nothing_of_others(folder: Path) -> None:
    workshop, files = ClipWorkshop(folder), ClipFiles(folder)
    (folder / "ab.m4a").touch()
    await workshop.render("a", MP3, quietly)
    await workshop.poster("a", TEXT)
    assert len(names(folder)) == 4
    for _ in range(2):
        await files.delete("a")
        assert names(folder) == {"ab.m4a"}


async def test_a_clip_that_cannot_be_read_is_not_rendered(folder: Path) -> None:
    (folder / "a.m4a").write_bytes(bytes(1000))
    with pytest.raises(RenderingFailed):
        await ClipWorkshop(folder).render("a", MP3, quietly)
    assert names(folder) == {"a.m4a"}


async def test_whoever_is_told_may_end_it_and_no_process_is_left(folder: Path) -> None:
    before = children()

    async def refuse(progress: float) -> None:
        raise LookupError("it is gone")

    with pytest.raises(LookupError):
        await ClipWorkshop(folder).render("a", RenditionKind.NORMALIZED_MP3, refuse)
    assert children() == before
    assert names(folder) == {"a.m4a"}


async def test_the_process_is_at_the_lowest_priority(folder: Path) -> None:
    niceness: list[int] = []
    before = children()

    async def tell(progress: float) -> None:
        niceness.extend(os.getpriority(os.PRIO_PROCESS, one) for one in children() - before)

    await ClipWorkshop(folder).render("a", RenditionKind.NORMALIZED_M4A, tell)
    assert set(niceness) == {19}
    made = ClipWorkshop(folder).rendition("a", RenditionKind.NORMALIZED_M4A)
    assert made
    assert np.abs(decode(made)).max() > np.abs(decode(folder / "a.m4a")).max() * 0.1


def children() -> set[int]:
    """The processes that this one has started and that live."""
    listed = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return {int(one) for one in listed}
