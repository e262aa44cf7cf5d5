"""Publishing clips: one Post for each, whoever tries how often and whatever dies in between."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain import refusals
from app.domain.clips import DRAFT_LIFE, Clip
from app.domain.posts import ClipCard, Post
from app.domain.roster import Person
from app.services.clip_upkeep import ROUND
from app.services.pages import Window
from tests.fakes.posts import MemoryPostStore
from tests.services.world import Process, World


async def draft_of(world: World, process: Process, host: Person, creator: Person) -> Clip:
    """A draft that the creator cut in a live Space of the host's."""
    space_id = await process.live_space(host)
    await process.attendance.join(creator, space_id)
    process.media.recorded[space_id] = 60_000
    return await process.clips.create(creator, space_id, start_ms=None, duration_ms=1_000)


async def scene() -> tuple[World, Process, Person, Person, Clip]:
    """A world with a draft of ana's, from a Space of hana's."""
    world = World()
    process, host, ana = Process(world), await world.person("hana"), await world.person("ana")
    return world, process, host, ana, await draft_of(world, process, host, ana)


async def posts_by(world: World, person: Person) -> list[Post]:
    return await world.stores.posts.by_authors([person.id], Window(9))


async def test_a_published_clip_is_everyones_and_its_post_says_the_comment() -> None:
    world, process, _, ana, draft = await scene()
    clip, post = await process.clips.publish(ana, draft.id, " Listen! ")
    assert (clip.is_draft, clip.published_at) == (False, world.clock())
    assert post == Post(draft.id, ana, "Listen!", ClipCard(draft.id), world.clock())
    assert await posts_by(world, ana) == [post]
    for viewer_id in ("hana", None):
        [seen] = await process.clips.get_many(viewer_id, [draft.id])
        assert seen.published_at == clip.published_at
        assert await process.clips.of_spaces(viewer_id, [await world.space(draft.space_id)], Window(9)) == [[seen]]
    world.clock.advance(2 * DRAFT_LIFE)
    await process.clip_upkeep.round()
    assert await process.clips.get(None, draft.id)
    assert process.media.clip_file(draft.id)


async def test_publishing_twice_is_publishing_once() -> None:
    world, process, _, ana, draft = await scene()
    other = Process(world, "b", process.media)
    done = await asyncio.gather(
        *(one.clips.publish(ana, draft.id, text) for one in (process, other) for text in ("One", "Two"))
    )
    [post] = await posts_by(world, ana)
    assert [answer for _, answer in done] == [post] * 4
    assert (await process.clips.publish(ana, draft.id, "Three"))[1] == post


async def test_a_post_that_its_author_deleted_does_not_come_back() -> None:
    world, process, _, ana, draft = await scene()
    _, post = await process.clips.publish(ana, draft.id, "")
    assert post
    await world.stores.posts.delete(post.id)
    clip, gone = await process.clips.publish(ana, draft.id, "")
    assert (clip.is_draft, gone) == (False, None)
    world.clock.advance(2 * ROUND)
    await process.clip_upkeep.round()
    assert await posts_by(world, ana) == []


class DyingPostStore(MemoryPostStore):
    """The server dies at the next Post, before it is written or after."""

    dies: str = ""

    async def add(self, post: Post) -> Post:
        when, self.dies = self.dies, ""
        if when == "before":
            raise ServerDied
        made = await super().add(post)
        if when == "after":
            raise ServerDied
        return made


class ServerDied(Exception):
    """What comes after this is not carried out."""


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("mended_by", ["a retry", "a round"])
async def test_a_crash_between_clip_and_post_leaves_one_post(when: str, mended_by: str) -> None:
    world = World()
    posts = DyingPostStore()
    world.stores = replace(world.stores, posts=posts)
    process, host, ana = Process(world), await world.person("hana"), await world.person("ana")
    draft = await draft_of(world, process, host, ana)
    published_at, posts.dies = world.clock(), when
    with pytest.raises(ServerDied):
        await process.clips.publish(ana, draft.id, "First")
    world.clock.advance(timedelta(hours=2))
    again = Process(world, media=process.media)
    if mended_by == "a retry":
        await again.clips.publish(ana, draft.id, "Second")
    else:
        await again.clip_upkeep.round()
    expected = Post(draft.id, ana, "First", ClipCard(draft.id), published_at)
    assert await posts_by(world, ana) == [expected]
    assert await again.clips.publish(ana, draft.id, "") == (await again.clips.get("ana", draft.id), expected)


async def test_a_clip_that_is_deleted_before_it_is_posted_is_not_posted() -> None:
    world = World()
    posts = DyingPostStore()
    world.stores = replace(world.stores, posts=posts)
    process, host, ana = Process(world), await world.person("hana"), await world.person("ana")
    draft = await draft_of(world, process, host, ana)
    posts.dies = "before"
    with pytest.raises(ServerDied):
        await process.clips.publish(ana, draft.id, "")
    await process.clips.delete(ana, draft.id)
    world.clock.advance(2 * ROUND)
    await process.clip_upkeep.round()
    assert await posts_by(world, ana) == []


async def test_drafts_of_before_clipping_was_turned_off_or_the_recording_deleted_may_be_published() -> None:
    _, process, host, ana, draft = await scene()
    await process.spaces.set_clipping_allowed(host, draft.space_id, False)
    await process.spaces.end(host, draft.space_id)
    await process.deletion.delete_recording(host, draft.space_id, confirmed=True)
    _, post = await process.clips.publish(ana, draft.id, "")
    assert post
    assert process.media.clip_file(draft.id)


async def test_what_cannot_be_published_stays_a_draft() -> None:
    world, process, host, ana, draft = await scene()

    async def refused(actor: Person, comment: str = "") -> tuple[str, str | None]:
        with pytest.raises(refusals.Refusal) as caught:
            await process.clips.publish(actor, draft.id, comment)
        return caught.value.code, caught.value.field

    assert await refused(host) == ("CLIP_NOT_FOUND", "clipId")
    assert await refused(ana, "x" * 281) == ("INVALID_TEXT", "comment")
    await process.blocks.block(host, "ana")
    assert await refused(ana) == ("BLOCKED_BY_HOST", "clipId")
    assert await process.clips.get("ana", draft.id) == draft
    world.clock.advance(DRAFT_LIFE)
    assert await refused(ana) == ("CLIP_NOT_FOUND", "clipId")
    assert await posts_by(world, ana) == []


async def test_another_does_not_publish_what_they_see() -> None:
    _, process, host, ana, draft = await scene()
    await process.clips.publish(ana, draft.id, "")
    with pytest.raises(refusals.NotPermitted):
        await process.clips.publish(host, draft.id, "")


async def test_a_post_shows_a_clip_once_it_is_published() -> None:
    _, process, _, ana, draft = await scene()
    with pytest.raises(refusals.ClipNotFound):
        await process.posts.create(ana, "", ClipCard(draft.id))
    await process.clips.publish(ana, draft.id, "")
    assert (await process.posts.create(ana, "Again", ClipCard(draft.id))).card == ClipCard(draft.id)
    await process.clips.delete(ana, draft.id)
    with pytest.raises(refusals.ClipNotFound):
        await process.posts.create(ana, "", ClipCard(draft.id))
