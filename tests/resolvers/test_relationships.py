"""What people do about each other, as each of them sees it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.resolvers.conftest import Caller
from tests.resolvers.conversation import user_id


async def about(caller: Caller, mutation: str, other_id: str, fields: str = "handle") -> Any:
    """The payload of a mutation about another person."""
    name = mutation[0].upper() + mutation[1:]
    return await caller.ask(
        f"mutation($input: {name}Input!) {{ {mutation}(input: $input) {{ "
        f"user {{ {fields} }} userErrors {{ code field }} }} }}",
        input={"userId": other_id},
    )


async def seen(caller: Caller, handle: str, fields: str) -> Any:
    """What someone sees of a user."""
    return await caller.ask(f'{{ user(handle: "{handle}") {{ {fields} }} }}')


async def test_following_is_seen_by_both_and_counted_for_all(host: Caller, guest: Caller, anyone: Caller) -> None:
    fields = "followerCount followingCount viewerFollows"
    host_id = await user_id(host)
    for _ in range(2):
        followed = await about(guest, "follow", host_id, fields)
        assert followed == {
            "user": {"followerCount": 1, "followingCount": 0, "viewerFollows": True},
            "userErrors": [],
        }
    assert await seen(anyone, "hannah", fields) == {"followerCount": 1, "followingCount": 0, "viewerFollows": False}
    assert await seen(host, "gustav", fields) == {"followerCount": 0, "followingCount": 1, "viewerFollows": False}
    unfollowed = await about(guest, "unfollow", host_id, fields)
    assert unfollowed["user"] == {"followerCount": 0, "followingCount": 0, "viewerFollows": False}


@pytest.mark.parametrize("mutation", ["follow", "unfollow"])
async def test_not_oneself_nor_someone_unknown_nor_without_an_account(
    host: Caller, anyone: Caller, mutation: str
) -> None:
    own_id = await user_id(host)
    refused = await about(host, mutation, own_id)
    assert refused == {"user": None, "userErrors": [{"code": "CANNOT_TARGET_SELF", "field": "userId"}]}
    refused = await about(host, mutation, "VXNlcjpub2JvZHk=")
    assert refused == {"user": None, "userErrors": [{"code": "USER_NOT_FOUND", "field": "userId"}]}
    name = mutation.title()
    error = await anyone.error(
        f"mutation($input: {name}Input!) {{ {mutation}(input: $input) {{ userErrors {{ code }} }} }}",
        input={"userId": own_id},
    )
    assert error["extensions"]["code"] == "UNAUTHENTICATED"


async def test_who_is_followed_is_looked_up_once_for_a_whole_page(
    host: Caller, guest: Caller, live: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await about(guest, "follow", await user_id(host))
    asked: list[int] = []
    among = guest.world.follows.among

    async def counted(pairs: Any) -> Any:
        asked.append(len(pairs))
        return await among(pairs)

    monkeypatch.setattr(guest.world.follows, "among", counted)
    people = "host { viewerFollows } stage { user { viewerFollows } }"
    found = await guest.ask(f"{{ spaces(first: 10) {{ edges {{ node {{ {people} }} }} }} }}")
    assert found["edges"][0]["node"]["host"] == {"viewerFollows": True}
    assert asked == [1]
