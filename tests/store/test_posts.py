"""The contract of `PostStore`, and what a page of a timeline costs."""

import asyncio
from datetime import timedelta

import pytest

from app.domain.posts import Card, ClipCard, Post, PostCard, SpaceCard
from app.domain.roster import Person
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


async def test_a_page_costs_its_people_and_entries_however_much_they_have_written(database: Database) -> None:
    people = [Person(f"p{number:04}", "p", "P") for number in range(2 * AUTHORS_AT_ONCE + 1)]
    store, collection = MongoPostStore(database), database["posts"]
    await collection.insert_many(
        {"_id": post_id, "author": {"id": author.id}, "place": {"at": NOW + timedelta(seconds=turn), "id": post_id}}
        for turn in range(20)
        for author in people
        for post_id in [f"{turn:02}-{author.id}"]
    )
    place = (NOW + timedelta(seconds=10), f"10-{people[50].id}")
    await database.command("profile", 2)
    for window in (Window(5), Window(5, after=place), Window(5, before=place, last=True)):
        found = await store._find_places([one.id for one in people], window)
        assert len(found) == 5
    costs = [one async for one in database["system.profile"].find({"op": "query", "ns": collection.full_name})]
    assert len(costs) == 3 * 3
    assert sum(one["docsExamined"] for one in costs) == 0
    assert max(one["keysExamined"] for one in costs) <= AUTHORS_AT_ONCE + 5
    assert not any(one.get("hasSortStage") for one in costs)
