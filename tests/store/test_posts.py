"""The contract of `PostStore`, and what a page of a timeline costs."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest

from app.domain.posts import Card, ClipCard, Post, PostCard, SpaceCard
from app.services.pages import Moment, Window
from app.services.stores import PostStore
from app.store.database import Database
from app.store.posts import AUTHORS_AT_ONCE, MongoPostStore
from tests.domain_values import NOW, person


def post(post_id: str, author: str = "ann", *, seconds: int = 0, card: Card | None = None) -> Post:
    return Post(post_id, person(author), f"Says {post_id}.", card, NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize("card", [None, SpaceCard("s"), ClipCard("c"), PostCard("p")])
async def test_posts_come_back_as_they_were_added(posts: PostStore, card: Card | None) -> None:
    written = post("a", card=card)
    assert await posts.add(written) == written
    await posts.add(post("b"))
    assert await posts.get_many(["a", "z"]) == [written]


async def test_of_two_posts_of_one_id_the_first_is_kept_and_answered(posts: PostStore) -> None:
    tries = [post("a", seconds=number) for number in range(5)]
    kept = await asyncio.gather(*(posts.add(one) for one in tries))
    assert len(set(kept)) == 1
    assert await posts.get_many(["a"]) == kept[:1]


async def test_a_deleted_post_is_gone_and_deleting_twice_is_once(posts: PostStore) -> None:
    for post_id in "ab":
        await posts.add(post(post_id))
    await posts.delete("a")
    await posts.delete("a")
    assert await posts.get_many(["a", "b"]) == [post("b")]
    assert await posts.by_authors(["id-ann"], Window(9)) == [post("b")]


async def test_the_posts_of_several_people_are_one_list_read_from_either_end(posts: PostStore) -> None:
    written = [("a", "ann", 1), ("b", "bob", 3), ("c", "ann", 1), ("d", "cid", 2), ("e", "bob", 1), ("f", "dan", 9)]
    for post_id, author, seconds in written:
        await posts.add(post(post_id, author, seconds=seconds))
    authors = ["id-ann", "id-bob", "id-cid", "id-nobody"]

    async def page(window: Window[Moment]) -> str:
        return "".join(one.id for one in await posts.by_authors(authors, window))

    assert await page(Window(9)) == "bdeca"
    assert await page(Window(2)) == "bd"
    assert await page(Window(2, last=True)) == "ca"
    middle = NOW + timedelta(seconds=1)
    assert await page(Window(9, after=(middle, "e"))) == "ca"
    assert await page(Window(9, before=(middle, "c"))) == "bde"
    assert await page(Window(1, before=(middle, "c"), last=True)) == "e"
    assert await page(Window(9, after=(middle, "e"), before=(middle, "a"))) == "c"
    assert await posts.by_authors([], Window(9)) == []


@pytest.mark.parametrize("others", [0, 3], ids=["dense", "sparse"])
async def test_the_posts_of_a_great_many_people_are_one_list_too(posts: PostStore, others: int) -> None:
    people = [f"a{number}" for number in range(AUTHORS_AT_ONCE + 50)]
    strangers = [f"z{number}" for number in range(len(people) * others)]
    written = [post(name, name, seconds=number) for number, name in enumerate(people)]
    await asyncio.gather(*(posts.add(one) for one in written))
    await asyncio.gather(*(posts.add(post(name, name, seconds=999)) for name in strangers))
    authors, newest = [person(name).id for name in people], written[::-1]
    assert await posts.by_authors(authors, Window(7)) == newest[:7]
    assert await posts.by_authors(authors, Window(7, after=newest[100].place)) == newest[101:108]
    assert await posts.by_authors(authors, Window(7, before=newest[100].place)) == newest[:7]
    assert await posts.by_authors(authors, Window(7, before=newest[100].place, last=True)) == newest[93:100]
    assert await posts.by_authors(authors, Window(7, last=True)) == newest[-7:]
    assert await posts.by_authors(authors, Window(7, newest[10].place, newest[14].place)) == newest[11:14]
    assert await posts.by_authors(authors, Window(999)) == newest


TURNS = 20


async def filled(database: Database, people: Sequence[str]) -> None:
    """All of the people have written so often, each as often as the others."""
    await database["posts"].insert_many(
        {"_id": post_id, "author": {"id": author_id}, "place": {"at": NOW + timedelta(seconds=turn), "id": post_id}}
        for turn in range(TURNS)
        for author_id in people
        for post_id in [f"{turn:02}-{author_id}"]
    )


async def costs(database: Database, read: Callable[[Window[Moment]], Awaitable[list[Moment]]]) -> list[Any]:
    """What MongoDB's profiler says of pages from the start, from the middle and back from there."""
    middle = (NOW + timedelta(seconds=TURNS // 2), f"{TURNS // 2:02}-p0050")
    await database.command("profile", 2)
    for window in (Window(5), Window(5, after=middle), Window(5, before=middle, last=True)):
        assert len(await read(window)) == 5
    ns = database["posts"].full_name
    reads = database["system.profile"].find({"ns": ns, "op": {"$in": ["query", "command"]}})
    return [one async for one in reads]


async def test_a_page_costs_its_people_and_entries_however_much_they_have_written(database: Database) -> None:
    people = [f"p{number:04}" for number in range(2 * AUTHORS_AT_ONCE + 1)]
    await filled(database, people)
    store = MongoPostStore(database)
    seen = await costs(database, lambda window: store._merge(people, window))
    assert len(seen) == 3 * 3
    assert sum(one["docsExamined"] for one in seen) == 0
    assert max(one["keysExamined"] for one in seen) <= AUTHORS_AT_ONCE + 5
    assert not any(one.get("hasSortStage") for one in seen)


async def test_whoever_follows_many_finds_a_page_within_few_posts(database: Database) -> None:
    people = [f"p{number:04}" for number in range(2 * AUTHORS_AT_ONCE + 1)]
    await filled(database, people)
    store = MongoPostStore(database)
    seen = await costs(database, lambda window: store._walk(people[::2], window))
    assert len(seen) == 3
    assert sum(one["docsExamined"] for one in seen) == 0
    assert max(one["keysExamined"] for one in seen) <= len(people[::2])
