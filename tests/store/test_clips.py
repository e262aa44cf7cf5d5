"""The contract of `ClipStore`."""

from datetime import timedelta

from app.domain.clips import Clip
from app.services.pages import Window
from app.services.stores import ClipStore
from tests.domain_values import NOW


def clip(clip_id: str, *, seconds: int = 0, space_id: str = "a") -> Clip:
    return Clip(
        id=clip_id,
        space_id=space_id,
        creator_id="id-ann",
        start_offset_ms=1500,
        duration_ms=30_000,
        samples=1_440_000,
        waveform=(0.0, 0.25, 1.0),
        created_at=NOW + timedelta(seconds=seconds),
    )


async def test_clips_come_back_as_they_were_added(clips: ClipStore) -> None:
    for clip_id in "abc":
        await clips.add(clip(clip_id))
    assert await clips.get("b") == clip("b")
    assert await clips.get("z") is None
    assert sorted(one.id for one in await clips.get_many(["a", "c", "z"])) == ["a", "c"]


async def test_a_spaces_clips_come_in_pages_the_newest_first(clips: ClipStore) -> None:
    for clip_id, seconds in [("a", 1), ("b", 3), ("c", 1), ("d", 2)]:
        await clips.add(clip(clip_id, seconds=seconds))
    await clips.add(clip("elsewhere", space_id="b"))
    first = await clips.of_space("a", Window(3))
    assert [one.id for one in first] == ["b", "d", "c"]
    rest = await clips.of_space("a", Window(3, after=(first[-1].created_at, first[-1].id)))
    assert [one.id for one in rest] == ["a"]


async def test_a_deleted_clip_is_gone_and_deleting_twice_is_once(clips: ClipStore) -> None:
    await clips.add(clip("a"))
    await clips.add(clip("b"))
    await clips.delete("a")
    await clips.delete("a")
    assert await clips.get("a") is None
    assert await clips.of_space("a", Window(9)) == [clip("b")]
