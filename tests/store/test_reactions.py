"""The contract of `ReactionStore`."""

import asyncio

from app.services.stores import ReactionStore


async def test_counts_add_up_for_each_emoji_and_space(reactions: ReactionStore) -> None:
    await reactions.add("a", {"👏": 3, "😂": 1})
    await reactions.add("a", {"👏": 2})
    await reactions.add("b", {"👏": 1})
    await reactions.add("a", {})
    assert await reactions.counts(["a", "nowhere"]) == {"a": {"👏": 5, "😂": 1}}
    assert await reactions.counts(["nowhere"]) == await reactions.counts([]) == {}


async def test_nothing_is_lost_when_many_count_at_once(reactions: ReactionStore) -> None:
    await asyncio.gather(*(reactions.add("a", {"👏": 1, "$.odd": 2}) for _ in range(20)))
    assert await reactions.counts(["a"]) == {"a": {"👏": 20, "$.odd": 40}}


async def test_a_forgotten_space_has_no_counts(reactions: ReactionStore) -> None:
    await reactions.add("a", {"👏": 3})
    await reactions.add("b", {"👏": 1})
    await reactions.forget("a")
    await reactions.forget("nowhere")
    assert await reactions.counts(["a", "b"]) == {"b": {"👏": 1}}
