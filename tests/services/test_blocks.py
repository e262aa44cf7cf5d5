"""Blocks and mutes: what they end between two people, and who gets to know."""

import pytest

from app.domain import refusals
from app.services.pages import Window
from tests.services.world import Process, World


async def test_a_block_ends_follows_in_both_directions_and_keeps_them_ended() -> None:
    world = World()
    process, ana, bob = Process(world), await world.person("ana"), await world.person("bob")
    await process.follows.follow(ana, "bob")
    await process.follows.follow(bob, "ana")
    for _ in range(2):
        blocked = await process.blocks.block(ana, "bob")
        assert (blocked.id, blocked.follower_count, blocked.following_count) == ("bob", 0, 0)
    for actor, other in ((ana, "bob"), (bob, "ana")):
        with pytest.raises(refusals.CannotFollow):
            await process.follows.follow(actor, other)
    assert await process.blocks.blocked_by("ana", ["bob", "ana"]) == {"bob"}
    assert await process.blocks.blocked_by("bob", ["ana"]) == set()

    for _ in range(2):
        assert (await process.blocks.unblock(ana, "bob")).follower_count == 0
    assert (await process.follows.follow(bob, "ana")).follower_count == 1


async def test_no_follow_outlives_a_block_however_they_meet() -> None:
    world = World()
    process, ana, bob = Process(world), await world.person("ana"), await world.person("bob")
    add = world.follows.add

    async def blocked_meanwhile(by: str, of: str, now: object) -> bool:
        # The follow has looked for a block and found none; the block looks for follows and finds none.
        await process.blocks.block(ana, "bob")
        return await add(by, of, world.clock())

    world.follows.add = blocked_meanwhile  # type: ignore[method-assign]
    with pytest.raises(refusals.CannotFollow):
        await process.follows.follow(bob, "ana")
    assert await process.follows.followed_by("bob", ["ana"]) == set()
    account = await world.people.get("ana")
    assert account
    assert account.follower_count == 0


async def test_whom_one_blocks_newest_first() -> None:
    world = World()
    process, ana = Process(world), await world.person("ana")
    for name in ("bob", "cid", "dan"):
        await world.person(name)
        await process.blocks.block(ana, name)
    # All at one moment: then by id.
    page = await process.blocks.page(ana, Window(2))
    assert [account.handle for _, account in page] == ["dan", "cid"]
    at, last = page[-1]
    assert [account.id for _, account in await process.blocks.page(ana, Window(2, after=(at, last.id)))] == ["bob"]


async def test_a_mute_is_known_to_who_mutes_and_ends_nothing() -> None:
    world = World()
    process, ana, bob = Process(world), await world.person("ana"), await world.person("bob")
    await process.follows.follow(ana, "bob")
    for _ in range(2):
        assert (await process.mutes.mute(ana, "bob")).follower_count == 1
    assert await process.mutes.muted_by("ana", ["bob"]) == {"bob"}
    assert await process.mutes.muted_by(bob.id, ["ana"]) == set()
    for _ in range(2):
        await process.mutes.unmute(ana, "bob")
    assert await process.mutes.muted_by("ana", ["bob"]) == set()


async def test_nobody_blocks_or_mutes_themselves_or_someone_who_is_not_there() -> None:
    world = World()
    process, ana = Process(world), await world.person("ana")
    for command in (process.blocks.block, process.blocks.unblock, process.mutes.mute, process.mutes.unmute):
        with pytest.raises(refusals.CannotTargetSelf):
            await command(ana, "ana")
        with pytest.raises(refusals.UserNotFound):
            await command(ana, "nobody")
    assert await process.blocks.page(ana, Window(1)) == []
