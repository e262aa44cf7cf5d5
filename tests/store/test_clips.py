"""The contract of `ClipStore`."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from pymongo import ASCENDING

from app.domain import renditions
from app.domain.clips import DRAFT_LIFE, Clip, Publication
from app.domain.renditions import LEASE, ClipRendition, RenditionKind, RenditionState
from app.services.pages import Window
from app.services.stores import ClipExists, ClipStore
from app.store.clips import MongoClipStore
from app.store.database import Database
from tests.domain_values import NOW

PUBLISHED = Publication("Listen", NOW + timedelta(minutes=1))


def clip(clip_id: str, *, seconds: int = 0, space_id: str = "a") -> Clip:
    """One that is public."""
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


def draft(clip_id: str, *, seconds: int = 0, by: str = "id-ann", cut: bool = True) -> Clip:
    """One that is to be published within a day of its making."""
    one = replace(clip(clip_id, seconds=seconds), creator_id=by, expires_at=at(seconds) + DRAFT_LIFE)
    return one if cut else replace(one, samples=0, waveform=())


def at(seconds: int) -> datetime:
    return NOW + timedelta(seconds=seconds)


async def listed(clips: ClipStore, window: Window[tuple[datetime, str]], viewer_id: str | None = None) -> str:
    """The ids of a Space's clips, as a viewer sees them now."""
    none, of_a = await clips.of_spaces(["none", "a"], window, viewer_id=viewer_id, now=NOW)
    assert none == []
    return "".join(one.id for one in of_a)


async def test_clips_come_back_as_they_were_added(clips: ClipStore) -> None:
    made = [
        replace(clip("a"), stage=("id-ann", "id-bob")),
        replace(clip("b"), publication=PUBLISHED),
        draft("c"),
        draft("d", cut=False),
    ]
    for one in made:
        await clips.add(one)
    assert await clips.get("b") == made[1]
    assert await clips.get("z") is None
    found = await clips.get_many(["a", "c", "d", "z"])
    assert sorted(found, key=lambda one: one.id) == [made[0], *made[2:]]


async def test_of_many_clips_of_one_id_at_once_one_is_kept(clips: ClipStore) -> None:
    made = [draft("a", seconds=seconds) for seconds in range(5)]
    results = await asyncio.gather(*(clips.add(one) for one in made), return_exceptions=True)
    assert results.count(None) == 1
    assert sum(isinstance(one, ClipExists) for one in results) == 4
    assert await clips.get("a") == made[results.index(None)]


async def test_a_spaces_clips_come_in_pages_the_newest_first(clips: ClipStore) -> None:
    for clip_id, seconds in [("a", 1), ("b", 3), ("c", 1), ("d", 2)]:
        await clips.add(clip(clip_id, seconds=seconds))
    await clips.add(clip("e", space_id="b"))
    assert await listed(clips, Window(3)) == "bdc"
    assert await listed(clips, Window(3, after=(at(1), "c"))) == "a"
    assert await listed(clips, Window(2, last=True)) == "ca"
    assert await listed(clips, Window(2, before=(at(1), "c"), last=True)) == "bd"


async def test_a_draft_is_listed_for_its_creator_alone_once_it_is_cut_and_until_it_expires(clips: ClipStore) -> None:
    for one in (
        clip("a", seconds=1),
        draft("b", seconds=2),
        draft("c", seconds=3, by="id-bob"),
        draft("d", seconds=4, cut=False),
        replace(draft("e", seconds=5), expires_at=NOW),
        clip("f", seconds=6),
    ):
        await clips.add(one)
    assert await listed(clips, Window(9)) == "fa"
    assert await listed(clips, Window(9), "id-ann") == "fba"
    assert await listed(clips, Window(9), "id-bob") == "fca"
    assert await listed(clips, Window(2), "id-ann") == "fb"
    assert await listed(clips, Window(2, last=True), "id-ann") == "ba"
    assert sorted(one.id for one in await clips.all_of_space("a", limit=9)) == list("abcdef")
    assert len(await clips.all_of_space("a", limit=2)) == 2


async def test_the_sound_is_added_to_a_clip_that_is_there(clips: ClipStore) -> None:
    await clips.add(draft("a", cut=False))
    assert await clips.cut("a", 480, (0.5,)) == replace(draft("a"), samples=480, waveform=(0.5,))
    assert await clips.cut("gone", 480, (0.5,)) is None


async def test_a_draft_is_published_once_however_many_try(clips: ClipStore) -> None:
    await clips.add(draft("a"))
    words = [Publication(text, NOW) for text in ("One", "Two", "Three")]
    first, *others = await asyncio.gather(*(clips.publish("a", one, NOW) for one in words))
    assert first
    assert first.publication in words
    assert others == [first, first]
    assert await clips.get("a") == first == replace(draft("a"), expires_at=None, publication=first.publication)


@pytest.mark.parametrize("gone", [draft("a", cut=False), replace(draft("a"), expires_at=NOW)])
async def test_what_has_no_sound_or_is_over_is_not_published(clips: ClipStore, gone: Clip) -> None:
    await clips.add(gone)
    assert await clips.publish("a", PUBLISHED, NOW) is None
    assert await clips.get("a") == gone
    assert await clips.publish("nothing", PUBLISHED, NOW) is None


async def test_a_clip_that_was_public_before_there_were_drafts_is_published(clips: ClipStore) -> None:
    await clips.add(clip("a"))
    assert await clips.publish("a", PUBLISHED, NOW) == clip("a")


async def test_published_clips_whose_post_may_be_missing_are_found_until_it_is_known(clips: ClipStore) -> None:
    for clip_id, seconds in [("a", 1), ("b", 2), ("c", 9), ("deleted", 1)]:
        await clips.add(draft(clip_id))
        await clips.publish(clip_id, Publication("", at(seconds)), NOW)
    await clips.add(draft("draft"))
    await clips.expire("deleted", NOW)
    assert sorted(one.id for one in await clips.unposted(at(9), limit=9)) == ["a", "b"]
    assert len(await clips.unposted(at(9), limit=1)) == 1
    await clips.posted("a")
    await clips.posted("gone")
    assert [one.id for one in await clips.unposted(at(9), limit=9)] == ["b"]
    posted = await clips.get("a")
    assert posted
    assert posted.publication == Publication("", at(1), is_posted=True)


async def test_what_expires_is_found_the_longest_over_first_and_what_is_public_never_does(clips: ClipStore) -> None:
    await clips.add(clip("public"))
    for clip_id, seconds in [("a", 2), ("b", 1), ("c", 3)]:
        await clips.add(draft(clip_id, seconds=seconds))
    over = at(2) + DRAFT_LIFE
    assert [one.id for one in await clips.expired(over, limit=9)] == ["b", "a"]
    assert [one.id for one in await clips.expired(over, limit=1)] == ["b"]
    await clips.expire("public", NOW)
    await clips.expire("nothing", NOW)
    assert [one.id for one in await clips.expired(over, limit=9)] == ["public", "b", "a"]
    assert await listed(clips, Window(9)) == ""


async def test_all_clips_of_a_space_are_gone_at_once(clips: ClipStore) -> None:
    for one in (clip("a"), draft("b"), clip("c", space_id="b")):
        await clips.add(one)
    await clips.expire_all("a", NOW)
    assert await listed(clips, Window(9), "id-ann") == ""
    assert sorted(one.id for one in await clips.expired(NOW, limit=9)) == ["a", "b"]
    assert await clips.get("c") == clip("c", space_id="b")


async def test_a_deleted_clip_is_gone_and_deleting_twice_is_once(clips: ClipStore) -> None:
    await clips.add(clip("a"))
    await clips.add(clip("b"))
    await clips.delete("a")
    await clips.delete("a")
    assert await clips.get("a") is None
    assert await listed(clips, Window(9)) == "b"


async def test_a_rendition_changes_from_what_was_seen_of_it_and_from_nothing_else(clips: ClipStore) -> None:
    await clips.add(clip("a"))
    asked = ClipRendition(RenditionKind.MP3, RenditionState.PENDING, NOW)
    assert await clips.render("gone", None, asked) is None
    added = await asyncio.gather(*(clips.render("a", None, asked) for _ in range(5)))
    assert [one.renditions for one in added if one] == [(asked,)]
    other = replace(asked, kind=RenditionKind.NORMALIZED_MP3)
    assert await clips.render("a", None, other)
    running = renditions.taken_up(asked, NOW)
    took = await asyncio.gather(*(clips.render("a", asked, running) for _ in range(5)))
    assert sum(one is not None for one in took) == 1
    assert await clips.render("a", asked, renditions.failed(asked, "Late.")) is None
    done = await clips.render("a", running, renditions.ready(running, 48, None))
    assert done == await clips.get("a")
    assert done
    assert done.rendition(RenditionKind.MP3) == renditions.ready(running, 48, None)
    assert done.rendition(RenditionKind.NORMALIZED_MP3) == other
    assert done.rendition(RenditionKind.NORMALIZED_M4A) is None


async def test_renditions_are_found_when_they_are_due(clips: ClipStore) -> None:
    for clip_id in "abcd":
        await clips.add(clip(clip_id))
    asked = ClipRendition(RenditionKind.MP3, RenditionState.PENDING, NOW)
    running = renditions.taken_up(asked, NOW)
    await clips.render("a", None, asked)
    await clips.render("b", None, running)
    await clips.render("c", None, renditions.ready(running, 48, -16.0))
    assert [one.id for one in await clips.unrendered(NOW, limit=9)] == ["a"]
    late = NOW + LEASE
    assert {one.id for one in await clips.unrendered(late, limit=9)} == {"a", "b"}
    assert len(await clips.unrendered(late, limit=1)) == 1
    assert (await clips.rendering(limit=9), await clips.rendering(limit=1)) == (2, 1)


async def test_pages_and_rounds_examine_what_they_answer(database: Database) -> None:
    clips = MongoClipStore(database)
    for number in range(100):
        await clips.add(clip(f"public-{number:02}", seconds=number))
        await clips.add(draft(f"draft-{number:02}", seconds=number, by=f"id-{number % 2}"))
    await database.command("profile", 2)
    await clips.of_spaces(["a"], Window(5, after=(at(50), "public-50")), viewer_id="id-1", now=NOW)
    await clips.expired(at(10) + DRAFT_LIFE, limit=5)
    await clips.unposted(at(10), limit=5)
    await clips.all_of_space("a", limit=5)
    of_clips = {"op": {"$in": ["query", "command"]}, "ns": database["clips"].full_name}
    seen = [one async for one in database["system.profile"].find(of_clips, sort=[("ts", ASCENDING)])]
    assert len(seen) == 5
    assert [one["docsExamined"] for one in seen if one["docsExamined"] > 6 or one.get("hasSortStage")] == []


async def test_clips_of_before_there_were_drafts_are_public(database: Database) -> None:
    await database["clips"].insert_one(
        {
            "_id": "old",
            "space_id": "a",
            "creator_id": "id-ann",
            "start_offset_ms": 0,
            "duration_ms": 1,
            "samples": 48,
            "waveform": [],
            "created_at": NOW,
        }
    )
    clips = MongoClipStore(database)
    assert await listed(clips, Window(9)) == "old"
    assert await clips.expired(NOW + 9 * DRAFT_LIFE, limit=9) == []
