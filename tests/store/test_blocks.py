"""The contract of `PairStore` and `BlockStore`: a pair once or not at all, and whom a person blocks by pages."""

import asyncio
from datetime import timedelta

from app.services.pages import Window
from app.services.stores import BlockStore, PairStore
from tests.domain_values import NOW


async def test_a_pair_is_there_once_and_in_one_direction(mutes: PairStore) -> None:
    added = await asyncio.gather(*(mutes.add("ann", "bob", NOW) for _ in range(5)))
    assert sorted(added) == [False] * 4 + [True]
    assert await mutes.among([("ann", "bob"), ("bob", "ann"), ("ann", "cid")]) == {("ann", "bob")}
    assert await mutes.among([]) == frozenset()
    assert [await mutes.remove("ann", "bob") for _ in range(2)] == [True, False]
    assert await mutes.among([("ann", "bob")]) == frozenset()


async def test_all_whom_a_person_mutes_and_nobody_elses(mutes: PairStore) -> None:
    for by, of in (("ann", "bob"), ("ann", "cid"), ("ann", "zoe"), ("anna", "dan"), ("an", "eve"), ("bob", "ann")):
        await mutes.add(by, of, NOW)
    assert await mutes.others("ann") == {"bob", "cid", "zoe"}
    assert await mutes.others("zoe") == frozenset()


async def test_whom_a_person_blocks_by_pages_newest_first(blocks: BlockStore) -> None:
    for seconds, name in enumerate(["bob", "cid", "dan"]):
        await blocks.add("ann", name, NOW + timedelta(seconds=seconds))
    await blocks.add("ann", "eve", NOW + timedelta(seconds=2))
    await blocks.add("bob", "ann", NOW)
    first = await blocks.page("ann", Window(3))
    assert [of for _, of in first] == ["eve", "dan", "cid"]
    assert await blocks.page("ann", Window(3, after=first[0])) == [*first[1:], (NOW, "bob")]
    assert await blocks.page("ann", Window(3, after=(NOW, "bob"))) == []


async def test_who_blocks_a_person_in_order(blocks: BlockStore) -> None:
    for name in ("cid", "ann", "bob", "dan"):
        await blocks.add(name, "eve", NOW)
    await blocks.add("eve", "ann", NOW)
    assert await blocks.blockers("eve", limit=2) == ["ann", "bob"]
    assert await blocks.blockers("eve", limit=9, after="bob") == ["cid", "dan"]
    assert await blocks.blockers("bob", limit=9) == []


async def test_blocking_again_leaves_the_first_time(blocks: BlockStore) -> None:
    await blocks.add("ann", "bob", NOW)
    await blocks.add("ann", "bob", NOW + timedelta(days=1))
    assert await blocks.page("ann", Window(1)) == [(NOW, "bob")]
