"""Follows: done once however often, told to both, and refused where there is nobody to follow."""

import pytest

from app.domain import refusals
from tests.services.world import Process, World


async def test_following_and_unfollowing_are_done_once_however_often() -> None:
    world = World()
    follows, ana, bob = Process(world).follows, await world.person("ana"), await world.person("bob")
    for _ in range(2):
        assert (await follows.follow(ana, "bob")).follower_count == 1
    assert await follows.followed_by("ana", ["bob", "ana", "nobody"]) == {"bob"}
    assert await follows.followed_by("bob", ["ana"]) == set()
    assert (await follows.follow(bob, "ana")).following_count == 1
    for _ in range(2):
        assert (await follows.unfollow(ana, "bob")).follower_count == 0
    assert await follows.followed_by("ana", ["bob"]) == set()


async def test_nobody_follows_themselves_or_someone_who_is_not_there() -> None:
    world = World()
    follows, ana = Process(world).follows, await world.person("ana")
    for command in (follows.follow, follows.unfollow):
        with pytest.raises(refusals.CannotTargetSelf):
            await command(ana, "ana")
        with pytest.raises(refusals.UserNotFound) as caught:
            await command(ana, "nobody")
        assert caught.value.field == "userId"
    assert await follows.followed_by("ana", ["ana", "nobody"]) == set()
