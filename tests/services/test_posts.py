"""Posts: written once, read by whom their author does not block, and gone from everywhere when deleted."""

import pytest

from app.domain import refusals
from app.domain.events import PostUnshared
from app.domain.posts import ClipCard, PostCard, SpaceCard
from app.domain.roster import Person
from app.services.pages import Window
from tests.fakes.contested import ContestedSpaceStore
from tests.services.world import DRAFT, Process, World


async def people(world: World) -> tuple[Person, Person, Person]:
    return await world.person("hana"), await world.person("ana"), await world.person("ben")


async def test_a_post_is_there_for_everyone_and_for_those_without_an_account() -> None:
    world = World()
    process, (_, ana, _) = Process(world), await people(world)
    post = await process.posts.create(ana, " Tides rise. ")
    assert (post.author, post.text, post.card, post.created_at) == (ana, "Tides rise.", None, world.clock())
    for viewer_id in ("ana", "ben", None):
        assert await process.posts.get_many(viewer_id, [post.id, "nothing"]) == [post]
        assert await process.posts.of_author(viewer_id, "ana", Window(9)) == [post]


async def test_whom_the_author_blocks_sees_nothing_of_theirs() -> None:
    world = World()
    process, (_, ana, ben) = Process(world), await people(world)
    post = await process.posts.create(ana, "Tides rise.")
    await process.blocks.block(ana, "ben")
    assert await process.posts.get_many("ben", [post.id]) == []
    assert await process.posts.of_author("ben", "ana", Window(9)) == []
    for command in (process.posts.create(ben, "Look!", PostCard(post.id)), process.posts.delete(ben, post.id)):
        with pytest.raises(refusals.PostNotFound) as caught:
            await command
        assert caught.value.field == "postId"
    assert await process.posts.get_many("ana", [post.id]) == [post]


async def test_what_is_written_twice_under_a_key_is_written_once() -> None:
    world = World()
    process, other, (_, ana, ben) = Process(world), Process(world, "b"), await people(world)
    first = await process.posts.create(ana, "Tides rise.", idempotency_key="k")
    assert await other.posts.create(ana, "Tides rise, again.", idempotency_key="k") == first
    assert await process.posts.of_author(None, "ana", Window(9)) == [first]
    others = [
        await process.posts.create(ben, "Mine.", idempotency_key="k"),
        await process.posts.create(ana, "Shared.", idempotency_key="k", operation="shareSpace"),
        await process.posts.create(ana, "No key."),
    ]
    assert len({first.id, *(one.id for one in others)}) == 4


async def test_a_refused_post_can_be_written_better_under_the_same_key() -> None:
    world = World()
    process, (_, ana, _) = Process(world), await people(world)
    with pytest.raises(refusals.EmptyPost):
        await process.posts.create(ana, "", idempotency_key="k")
    assert (await process.posts.create(ana, "Tides.", idempotency_key="k")).text == "Tides."


async def test_cards_of_what_there_is() -> None:
    world = World()
    process, (hana, ana, _) = Process(world), await people(world)
    space_id = await process.live_space(hana)
    process.media.recorded[space_id] = 60_000
    clip = await process.clips.create(hana, space_id, start_ms=None, duration_ms=None)
    await process.clips.publish(hana, clip.id, "")
    quoted = await process.posts.create(hana, "Tides rise.")
    for author, card in ((hana, SpaceCard(space_id)), (ana, ClipCard(clip.id)), (ana, PostCard(quoted.id))):
        assert (await process.posts.create(author, "", card)).card == card


@pytest.mark.parametrize(
    ("card", "refusal", "field"),
    [
        (SpaceCard("nowhere"), refusals.SpaceNotFound, "spaceId"),
        (ClipCard("nothing"), refusals.ClipNotFound, "clipId"),
        (PostCard("nothing"), refusals.PostNotFound, "postId"),
    ],
)
async def test_no_card_of_what_there_is_not(
    card: SpaceCard | ClipCard | PostCard, refusal: type[refusals.Refusal], field: str
) -> None:
    world = World()
    process, (_, ana, _) = Process(world), await people(world)
    with pytest.raises(refusal) as caught:
        await process.posts.create(ana, "Look!", card)
    assert caught.value.field == field
    assert await process.posts.of_author("ana", "ana", Window(9)) == []


async def test_a_spaces_card_is_for_its_host_then_for_those_in_it_and_after_the_end_for_all() -> None:
    world = World()
    process, (hana, ana, ben) = Process(world), await people(world)
    space = await process.spaces.create(hana, DRAFT, [])
    card = SpaceCard(space.id)
    assert await process.posts.create(hana, "Soon.", card)
    with pytest.raises(refusals.SpaceNotFound):
        await process.posts.create(ana, "", card)
    await process.spaces.start(hana, space.id)
    with pytest.raises(refusals.NotAParticipant):
        await process.posts.create(ana, "", card)
    await process.attendance.join(ana, space.id)
    assert await process.posts.create(ana, "", card)
    await process.spaces.end(hana, space.id)
    assert await process.posts.create(ben, "", card)
    await process.blocks.block(hana, "ben")
    with pytest.raises(refusals.BlockedByHost):
        await process.posts.create(ben, "", card)


async def test_a_post_is_deleted_by_its_author_alone_and_once() -> None:
    world = World()
    process, (_, ana, ben) = Process(world), await people(world)
    post = await process.posts.create(ana, "Tides rise.")
    quote = await process.posts.create(ben, "So true.", PostCard(post.id))
    with pytest.raises(refusals.NotPermitted):
        await process.posts.delete(ben, post.id)
    await process.posts.delete(ana, post.id)
    with pytest.raises(refusals.PostNotFound):
        await process.posts.delete(ana, post.id)
    assert await process.posts.get_many(None, [post.id, quote.id]) == [quote]


async def test_a_deleted_post_is_taken_down_wherever_it_is_shown() -> None:
    world = World()
    process, (hana, ana, _) = Process(world), await people(world)
    post = await process.posts.create(ana, "Tides rise.")
    rooms = [await process.live_space(hana) for _ in range(2)]
    for space_id in rooms:
        await process.sharing.share_post(hana, space_id, post.id)
    await process.spaces.end(hana, rooms[1])
    await process.posts.delete(ana, post.id)
    shown = [(await world.space(space_id)).shared_posts for space_id in rooms]
    assert [len(one) for one in shown] == [0, 1]
    last = (await world.spaces.events_after(rooms[0], (await world.space(rooms[0])).version - 1) or [])[0]
    assert last.event == PostUnshared(at=world.clock(), post_id=post.id)


async def test_a_post_that_is_deleted_while_it_is_being_shared_is_not_shown() -> None:
    spaces = ContestedSpaceStore()
    world = World(spaces=spaces)
    process, (hana, ana, _) = Process(world), await people(world)
    post, space_id = await process.posts.create(ana, "Tides rise."), await process.live_space(hana)
    spaces.meanwhile = lambda: process.posts.delete(ana, post.id)
    with pytest.raises(refusals.PostNotFound):
        await process.sharing.share_post(hana, space_id, post.id)
    assert (await world.space(space_id)).shared_posts == ()


async def test_a_post_that_is_shared_while_it_is_being_deleted_is_not_shown() -> None:
    spaces = ContestedSpaceStore()
    world = World(spaces=spaces)
    process, other, (hana, ana, _) = Process(world), Process(world, "b"), await people(world)
    post = await process.posts.create(ana, "Tides rise.")
    first, second = await process.live_space(hana), await process.live_space(hana)
    await process.sharing.share_post(hana, first, post.id)
    spaces.meanwhile = lambda: other.sharing.share_post(hana, second, post.id)
    await process.posts.delete(ana, post.id)
    for space_id in (first, second):
        assert (await world.space(space_id)).shared_posts == ()


async def test_a_deletion_that_finds_a_space_too_busy_is_done_by_trying_again() -> None:
    spaces = ContestedSpaceStore()
    world = World(spaces=spaces)
    process, (hana, ana, _) = Process(world), await people(world)
    post, space_id = await process.posts.create(ana, "Tides rise."), await process.live_space(hana)
    await process.sharing.share_post(hana, space_id, post.id)
    spaces.losses[space_id] = 8
    with pytest.raises(refusals.Busy):
        await process.posts.delete(ana, post.id)
    assert await process.posts.get_many(None, [post.id]) == [post]
    await process.posts.delete(ana, post.id)
    assert (await world.space(space_id)).shared_posts == ()


class StaleSpaceStore(ContestedSpaceStore):
    """Finds Spaces that are gone by the time they are to change."""

    async def showing(self, post_id: str) -> list[str]:
        return ["gone", *(await super().showing(post_id))]


async def test_a_space_that_goes_while_a_post_is_deleted_is_in_nobodys_way() -> None:
    world = World(spaces=StaleSpaceStore())
    process, (hana, ana, _) = Process(world), await people(world)
    post, space_id = await process.posts.create(ana, "Tides rise."), await process.live_space(hana)
    await process.sharing.share_post(hana, space_id, post.id)
    await process.posts.delete(ana, post.id)
    assert (await world.space(space_id)).shared_posts == ()


async def test_what_is_left_in_a_space_too_busy_to_take_it_down_shows_nothing() -> None:
    spaces = ContestedSpaceStore()
    world = World(spaces=spaces)
    process, other, (hana, ana, _) = Process(world), Process(world, "b"), await people(world)
    post = await process.posts.create(ana, "Tides rise.")
    first, second = await process.live_space(hana), await process.live_space(hana)
    await process.sharing.share_post(hana, first, post.id)

    async def share_and_be_busy() -> None:
        await other.sharing.share_post(hana, second, post.id)
        spaces.losses[second] = 8

    spaces.meanwhile = share_and_be_busy
    await process.posts.delete(ana, post.id)
    assert await process.posts.shown([post.id]) == []
    assert [one.post_id for one in (await world.space(second)).shared_posts] == [post.id]
    await process.sharing.unshare_post(hana, second, post.id)
    assert (await world.space(second)).shared_posts == ()


async def test_a_space_shows_posts_by_those_on_its_stage_the_same_to_all() -> None:
    world = World()
    process, (hana, ana, ben) = Process(world), await people(world)
    post, space_id = await process.posts.create(ana, "Tides rise."), await process.live_space(hana)
    await process.blocks.block(ana, "ben")
    with pytest.raises(refusals.PostNotFound):
        await process.sharing.share_post(ben, space_id, post.id)
    with pytest.raises(refusals.NotPermitted):
        await process.sharing.share_post(ana, space_id, post.id)
    await process.seat(hana, ana, space_id)
    space = await process.sharing.share_post(ana, space_id, post.id)
    assert [(one.post_id, one.shared_by) for one in space.shared_posts] == [(post.id, ana)]
    assert await process.posts.shown([post.id]) == [post]
    space = await process.sharing.unshare_post(hana, space_id, post.id)
    assert space.shared_posts == ()
