"""Timelines: whose Posts are in one, and in which order."""

from datetime import timedelta

from app.domain.roster import Person
from app.services.pages import Window
from tests.services.world import Process, World


async def following(world: World, process: Process, *names: str) -> tuple[Person, dict[str, Person]]:
    """Someone who follows all of these."""
    reader = await world.person("rea")
    found = {name: await world.person(name) for name in names}
    for name in names:
        await process.follows.follow(reader, name)
    return reader, found


async def write(world: World, process: Process, author: Person, text: str) -> None:
    world.clock.advance(timedelta(seconds=1))
    await process.posts.create(author, text)


async def read(process: Process, reader: Person) -> str:
    page = await process.timelines.page(reader, Window(9))
    return " ".join(one.text for one in page)


async def test_followed_people_and_oneself_newest_first() -> None:
    world = World()
    process = Process(world)
    reader, found = await following(world, process, "ana", "ben")
    stranger = await world.person("stranger")
    for author, text in ((found["ana"], "1"), (reader, "2"), (stranger, "3"), (found["ben"], "4"), (found["ana"], "5")):
        await write(world, process, author, text)
    assert await read(process, reader) == "5 4 2 1"
    first = await process.timelines.page(reader, Window(2))
    rest = await process.timelines.page(reader, Window(2, after=first[-1].place))
    back = await process.timelines.page(reader, Window(2, before=rest[0].place, last=True))
    assert [one.text for one in first + rest] == ["5", "4", "2", "1"]
    assert back == first


async def test_a_follow_an_unfollow_a_mute_and_an_unmute_count_at_once() -> None:
    world = World()
    process = Process(world)
    reader, found = await following(world, process, "ana", "ben")
    for name in ("ana", "ben"):
        await write(world, process, found[name], name)
    await process.mutes.mute(reader, "ana")
    assert await read(process, reader) == "ben"
    await process.mutes.unmute(reader, "ana")
    await process.follows.unfollow(reader, "ben")
    assert await read(process, reader) == "ana"
    await process.follows.follow(reader, "ben")
    assert await read(process, reader) == "ben ana"


async def test_whoever_blocks_or_is_blocked_is_left_out_also_where_the_follow_has_outlived_the_block() -> None:
    world = World()
    process = Process(world)
    reader, found = await following(world, process, "ana", "ben", "cem", "dia")
    for _ in range(3):
        for name in ("ana", "ben", "cem", "dia"):
            await write(world, process, found[name], name)
    await process.blocks.block(found["dia"], "rea")
    await world.blocks.add("rea", "ana", world.clock())
    await world.blocks.add("ben", "rea", world.clock())
    assert await read(process, reader) == "cem cem cem"
    page = await process.timelines.page(reader, Window(2))
    assert [one.text for one in page] == ["cem", "cem"]


async def test_a_deleted_post_is_in_no_timeline() -> None:
    world = World()
    process = Process(world)
    reader, found = await following(world, process, "ana")
    await write(world, process, found["ana"], "1")
    [post] = await process.timelines.page(reader, Window(9))
    await process.posts.delete(found["ana"], post.id)
    assert await process.timelines.page(reader, Window(9)) == []
