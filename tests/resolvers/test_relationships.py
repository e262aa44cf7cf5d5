"""What people do about each other, as each of them sees it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.resolvers.conftest import Caller
from tests.resolvers.conversation import SPACE, user_id
from tests.resolvers.test_streams import EVENTS, streaming


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


@pytest.mark.parametrize("mutation", ["follow", "unfollow", "block", "unblock", "mute", "unmute"])
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


async def test_a_block_is_seen_by_who_blocks_alone(host: Caller, guest: Caller, other: Caller, anyone: Caller) -> None:
    fields = "viewerBlocks viewerFollows followerCount followingCount"
    host_id, guest_id = await user_id(host), await user_id(guest)
    await about(guest, "follow", host_id)
    await about(host, "follow", guest_id)
    blocked = await about(host, "block", guest_id, fields)
    unrelated = {"viewerBlocks": False, "viewerFollows": False, "followerCount": 0, "followingCount": 0}
    assert blocked["user"] == unrelated | {"viewerBlocks": True}
    for caller in (guest, other, anyone):
        assert await seen(caller, "hannah", fields) == await seen(caller, "gustav", fields) == unrelated
    refused = await about(guest, "follow", host_id)
    assert refused == {"user": None, "userErrors": [{"code": "CANNOT_FOLLOW", "field": "userId"}]}
    assert (await about(host, "unblock", guest_id, fields))["user"] == unrelated


async def test_whom_the_viewer_blocks_by_pages(host: Caller, guest: Caller, other: Caller) -> None:
    for person in (guest, other):
        await about(host, "block", await user_id(person))
    document = """query($after: String) { viewer { blocks(first: 1, after: $after) {
      edges { node { handle viewerBlocks } } pageInfo { hasNextPage endCursor } } } }"""
    first = (await host.ask(document))["blocks"]
    assert first["edges"] == [{"node": {"handle": "olivia", "viewerBlocks": True}}]
    assert first["pageInfo"]["hasNextPage"]
    second = (await host.ask(document, after=first["pageInfo"]["endCursor"]))["blocks"]
    assert second["edges"] == [{"node": {"handle": "gustav", "viewerBlocks": True}}]
    assert not second["pageInfo"]["hasNextPage"]
    assert (await guest.ask(document))["blocks"]["edges"] == []


async def test_a_mute_is_seen_by_who_mutes_alone(host: Caller, guest: Caller) -> None:
    muted = await about(host, "mute", await user_id(guest), "viewerMutes")
    assert muted["user"] == {"viewerMutes": True}
    assert await seen(guest, "hannah", "viewerMutes") == {"viewerMutes": False}
    assert (await about(host, "unmute", await user_id(guest), "viewerMutes"))["user"] == {"viewerMutes": False}


async def test_what_the_viewer_is_to_all_of_a_page_is_looked_up_at_once(
    host: Caller, guest: Caller, other: Caller, live: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await about(other, "follow", await user_id(host))
    await host.do("inviteToStage", spaceId=live, userId=await user_id(guest), role="SPEAKER")
    offer = await guest.ask("query($id: ID!) { space(id: $id) { viewerInvitation { id } } }", id=live)
    await guest.do("acceptInvitation", spaceId=live, invitationId=offer["viewerInvitation"]["id"])
    stores = (host.world.follows, host.world.blocks, host.world.mutes)
    asked: list[set[str]] = []
    for store in stores:

        async def counted(pairs: Any, among: Any = store.among) -> Any:
            asked.append({of for _, of in pairs})
            return await among(pairs)

        monkeypatch.setattr(store, "among", counted)
    people = "stage { user { viewerFollows viewerBlocks viewerMutes } } host { viewerFollows }"
    found = await other.ask(f"query($id: ID!) {{ space(id: $id) {{ {people} }} }}", id=live)
    assert [one["user"]["viewerFollows"] for one in found["stage"]] == [True, False]
    assert asked == [{host.id, guest.id}] * len(stores)


async def test_whom_the_host_blocks_is_told_so_in_their_space_and_finds_it_in_no_list(
    host: Caller, guest: Caller, live: str
) -> None:
    await guest.do("joinSpace", spaceId=live)
    listed = "{ spaces(first: 10) { edges { node { id } } } }"
    assert (await guest.ask(listed))["edges"]
    async with streaming(guest, EVENTS, id=live) as results:
        await anext(results)
        await about(host, "block", await user_id(guest))
        closed = await anext(results)
    assert [(one.extensions or {})["code"] for one in closed.errors or []] == ["BLOCKED_BY_HOST"]
    assert (await guest.ask(listed))["edges"] == []
    space = await guest.ask(SPACE % "viewerIsParticipant viewerCapabilities audio { hlsUrl }", id=live)
    assert space == {"viewerIsParticipant": False, "viewerCapabilities": [], "audio": None}
    for mutation in ("joinSpace", "requestToSpeak"):
        refused = await guest.do(mutation, spaceId=live)
        assert [one["code"] for one in refused["userErrors"]] == ["BLOCKED_BY_HOST"]
    invited = await host.do("inviteToStage", spaceId=live, userId=await user_id(guest), role="SPEAKER")
    assert [(one["code"], one["field"]) for one in invited["userErrors"]] == [("BLOCKED_BY_HOST", "userId")]
    async with streaming(guest, EVENTS, id=live) as results:
        refused = await anext(results)
    assert [(one.extensions or {})["code"] for one in refused.errors or []] == ["BLOCKED_BY_HOST"]


async def test_a_follow_by_the_host_opens_the_queue(host: Caller, guest: Caller, live: str) -> None:
    await host.do("setSpeakPolicy", spaceId=live, speakPolicy="FOLLOWED_BY_HOST")
    await guest.do("joinSpace", spaceId=live)

    async def may_ask() -> bool:
        told = await guest.ask(SPACE % "viewerCapabilities", id=live)
        return "REQUEST_TO_SPEAK" in told["viewerCapabilities"]

    assert not await may_ask()
    refused = await guest.do("requestToSpeak", spaceId=live)
    assert [one["code"] for one in refused["userErrors"]] == ["NOT_FOLLOWED_BY_HOST"]
    await about(host, "follow", await user_id(guest))
    assert await may_ask()
    assert (await guest.do("requestToSpeak", spaceId=live))["space"]["viewerSpeakRequest"]["position"] == 1
