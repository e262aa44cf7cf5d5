"""The contract of `AiringStore`: at any time one node at most holds a Space's lease."""

import asyncio
from datetime import datetime, timedelta

from app.services.stores import AiringStore, Node
from tests.domain_values import NOW

ONE, TWO = Node("one", "http://one"), Node("$two", "http://two")


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


async def test_the_holder_renews_and_others_wait_until_the_lease_is_over(airings: AiringStore) -> None:
    assert await airings.holders(["a"], NOW) == {}
    assert await airings.claim("a", ONE, now=NOW, until=after(10)) == ONE
    assert await airings.claim("a", TWO, now=after(5), until=after(15)) == ONE
    assert await airings.claim("a", ONE, now=after(9), until=after(19)) == ONE
    assert await airings.claim("a", TWO, now=after(18), until=after(28)) == ONE
    assert await airings.claim("a", TWO, now=after(19), until=after(29)) == TWO
    assert await airings.holders(["a"], after(28)) == {"a": TWO}
    assert await airings.holders(["a"], after(29)) == {}
    assert await airings.holders(["b"], NOW) == {}


async def test_only_the_holder_gives_a_lease_up(airings: AiringStore) -> None:
    await airings.claim("a", ONE, now=NOW, until=after(10))
    await airings.release("a", TWO.id)
    assert await airings.holders(["a"], NOW) == {"a": ONE}
    await airings.release("a", ONE.id)
    assert await airings.claim("a", TWO, now=NOW, until=after(10)) == TWO


async def test_of_many_nodes_at_once_one_holds_the_lease(airings: AiringStore) -> None:
    nodes = [Node(str(number), "http://node") for number in range(20)]
    held = await asyncio.gather(*(airings.claim("a", node, now=NOW, until=after(10)) for node in nodes))
    assert len(set(held)) == 1
    assert await airings.holders(["a"], NOW) == {"a": held[0]}
