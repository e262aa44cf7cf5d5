"""Reactions: from those in a live Space, out of the set, five a second."""

from datetime import timedelta

import pytest

from app.domain import refusals
from app.domain.reactions import ReactionTally
from tests.services.world import DRAFT, Process, World


async def test_a_reaction_reaches_whoever_follows() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    space_id = await process.live_space(host)
    async with process.streams.reactions(None, space_id) as batches:
        await process.reactions.send(host, space_id, "🔥")
        world.feeds.send_batch(space_id)
        assert await anext(batches) == (ReactionTally("🔥", 1, (host,)),)


async def test_five_a_second_for_each_person_over_all_spaces() -> None:
    world = World()
    process, host, ana = Process(world), await world.person("hana"), await world.person("ana")
    spaces = [await process.live_space(host), await process.live_space(host)]
    for space_id in spaces:
        await process.attendance.join(ana, space_id)
    for n in range(5):
        await process.reactions.send(ana, spaces[n % 2], "👏")
    with pytest.raises(refusals.RateLimited) as caught:
        await process.reactions.send(ana, spaces[0], "👏")
    assert (caught.value.limit, caught.value.current) == (5, 5)
    await process.reactions.send(host, spaces[0], "👏")
    world.clock.advance(timedelta(seconds=1))
    await process.reactions.send(ana, spaces[0], "👏")


async def test_a_reaction_repeated_under_its_key_counts_once_and_a_refused_one_may_be_sent_again() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    space_id = await process.live_space(host)
    async with process.streams.reactions(None, space_id) as batches:
        for key in ("a", "a", "b", None, None):
            await process.reactions.send(host, space_id, "🔥", key)
        with pytest.raises(refusals.RateLimited):
            await process.reactions.send(host, space_id, "🔥", "c")
        world.clock.advance(timedelta(seconds=1))
        await process.reactions.send(host, space_id, "🔥", "c")
        world.feeds.send_batch(space_id)
        assert await anext(batches) == (ReactionTally("🔥", 5, (host,)),)


async def test_only_those_in_a_live_space_react() -> None:
    world = World()
    process, host, ana = Process(world), await world.person("hana"), await world.person("ana")
    preparing = (await process.spaces.create(host, DRAFT, [])).id
    for who, space_id, refusal in (
        (host, preparing, refusals.SpaceNotLive),
        (ana, preparing, refusals.SpaceNotFound),
        (ana, "nowhere", refusals.SpaceNotFound),
    ):
        with pytest.raises(refusal):
            await process.reactions.send(who, space_id, "👏")

    await process.spaces.start(host, preparing)
    with pytest.raises(refusals.NotAParticipant):
        await process.reactions.send(ana, preparing, "👏")
    with pytest.raises(refusals.UnknownReaction):
        await process.reactions.send(host, preparing, "🧨")
    await process.spaces.end(host, preparing)
    with pytest.raises(refusals.SpaceEnded):
        await process.reactions.send(host, preparing, "👏")


async def test_the_counts_are_those_stored() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    space_id = await process.live_space(host)
    await world.counts.add(space_id, {"👏": 3})
    assert await process.reactions.counts([space_id]) == {space_id: {"👏": 3}}
