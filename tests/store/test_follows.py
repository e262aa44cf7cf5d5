"""The contract of `FollowStore`: a pair once or not at all, and counts that tell it, whatever happens at once."""

import asyncio
from datetime import timedelta
from itertools import permutations

from app.services.stores import FollowStore, PersonStore
from tests.domain_values import NOW
from tests.store.test_people import account

CROWD = 20


async def counts(people: PersonStore, person_id: str) -> tuple[int, int]:
    """How many follow a person, and how many they follow."""
    found = await people.get(person_id)
    assert found
    return found.follower_count, found.following_count


async def test_a_follow_is_there_once_until_it_is_not(people: PersonStore, follows: FollowStore) -> None:
    await people.add(account("ann"))
    await people.add(account("bob"))
    assert [await follows.add("id-ann", "id-bob", NOW) for _ in range(2)] == [True, False]
    pairs = [("id-ann", "id-bob"), ("id-bob", "id-ann"), ("id-ann", "id-cid")]
    assert await follows.among(pairs) == {("id-ann", "id-bob")}
    assert (await counts(people, "id-ann"), await counts(people, "id-bob")) == ((0, 1), (1, 0))
    assert [await follows.remove("id-ann", "id-bob") for _ in range(2)] == [True, False]
    assert await follows.among(pairs) == frozenset()
    assert (await counts(people, "id-ann"), await counts(people, "id-bob")) == ((0, 0), (0, 0))


async def test_a_crowd_that_follows_one_person_at_once_is_counted_to_the_last(
    people: PersonStore, follows: FollowStore
) -> None:
    names = [f"fan{number}" for number in range(CROWD)]
    for name in ("ann", *names):
        await people.add(account(name))
    # Each of them twice: the second finds it done.
    added = await asyncio.gather(*(follows.add(f"id-{name}", "id-ann", NOW) for name in names * 2))
    assert sum(added) == CROWD
    assert await counts(people, "id-ann") == (CROWD, 0)
    removed = await asyncio.gather(*(follows.remove(f"id-{name}", "id-ann") for name in names[:5] * 2))
    assert sum(removed) == 5
    assert await counts(people, "id-ann") == (CROWD - 5, 0)


async def test_people_who_all_follow_each_other_at_once(people: PersonStore, follows: FollowStore) -> None:
    names = ["ann", "bob", "cid", "dan"]
    for name in names:
        await people.add(account(name))
    await asyncio.gather(*(follows.add(f"id-{by}", f"id-{of}", NOW) for by, of in permutations(names, 2)))
    assert {await counts(people, f"id-{name}") for name in names} == {(3, 3)}


async def test_whom_a_person_follows_the_newest_follow_first(people: PersonStore, follows: FollowStore) -> None:
    for name in ("ann", "bob", "cid", "dan"):
        await people.add(account(name))
    for seconds, name in enumerate(["cid", "bob", "dan"]):
        await follows.add("id-ann", f"id-{name}", NOW + timedelta(seconds=seconds))
    await follows.add("id-bob", "id-ann", NOW)
    assert await follows.followed("id-ann", limit=9) == ["id-dan", "id-bob", "id-cid"]
    assert await follows.followed("id-ann", limit=2) == ["id-dan", "id-bob"]
    assert await follows.followed("id-cid", limit=9) == []
