"""Posts and messages on the real server: written by one, read by others, told live, and limited however it is tried."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from tests.waiting import until
from tests.whole.following import Follower, fresh, next_news
from tests.whole.people import Person
from tests.whole.rooms import live_space, seat

Newcomer = Callable[[str], Awaitable[Person]]

TIMELINE = """query ($first: Int!, $after: String) { timeline(first: $first, after: $after) {
  edges { node { id text author { id } card { __typename ... on Space { id } ... on UnavailableCard { kind } } } }
  pageInfo { hasNextPage endCursor } } }"""
TOLD = """subscription ($after: Int) { viewerEvents(after: $after) { __typename version
  ... on DirectMessageReceived { message { id text sender { id } card { ... on Space { id title } } } } } }"""
INBOX = """query ($with: ID) { viewer { directMessages(with: $with, first: 100) {
  edges { node { id text sender { id } recipient { id } } } } } }"""


async def read_all(reader: Person, size: int) -> list[Any]:
    """A timeline, page by page."""
    found: list[Any] = []
    after = None
    while True:
        page = await reader.read(TIMELINE, first=size, after=after)
        found += [one["node"] for one in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            return found
        after = page["pageInfo"]["endCursor"]


async def test_what_followed_people_write_is_read_once_and_in_order(newcomer: Newcomer) -> None:
    reader, *authors = await asyncio.gather(*(newcomer(f"writer{number}") for number in range(5)))
    await asyncio.gather(*(reader.do("follow", userId=one.id) for one in authors))
    await asyncio.gather(*(one.do("createPost", text=f"{number}") for one in authors for number in range(5)))
    pages = await read_all(reader, 7)
    assert len({one["id"] for one in pages}) == len(pages) == 20
    assert pages == await read_all(reader, 100)
    last = (await reader.do("createPost", text="And I."))["post"]
    assert (await read_all(reader, 100))[0]["id"] == last["id"]


async def test_a_post_that_is_written_many_times_under_one_key_is_one(newcomer: Newcomer) -> None:
    author = await newcomer("once")
    tries = [author.do("createPost", text=f"Try {number}.", idempotencyKey="k") for number in range(10)]
    written = {one["post"]["id"] for one in await asyncio.gather(*tries)}
    assert len(written) == 1
    assert [one["id"] for one in await read_all(author, 100)] == list(written)


async def test_a_space_goes_out_by_post_and_message_and_its_end_is_no_surprise(newcomer: Newcomer) -> None:
    host, fan, friend = await asyncio.gather(*(newcomer(name) for name in ("sharer", "fan", "friend")))
    await fan.do("follow", userId=host.id)
    space_id = await live_space(host)
    async with friend.follow(TOLD) as told:
        assert (await anext(told))["__typename"] == "ViewerSnapshot"
        await host.do("shareSpace", spaceId=space_id, **{"as": {"message": {"userIds": [friend.id], "text": "Come!"}}})
        received = await next_news(told)
    assert received["message"]["text"] == "Come!"
    assert received["message"]["sender"] == {"id": host.id}
    assert received["message"]["card"]["id"] == space_id
    await host.do("shareSpace", spaceId=space_id, **{"as": {"post": {}}})
    [post] = await read_all(fan, 100)
    assert post["card"] == {"__typename": "Space", "id": space_id}
    await host.do("endSpace", spaceId=space_id)
    await host.do("deleteSpace", spaceId=space_id, confirm=True)
    [post] = await read_all(fan, 100)
    assert post["card"] == {"__typename": "UnavailableCard", "kind": "SPACE"}


async def test_what_was_written_while_one_was_away_is_told_on_coming_back(newcomer: Newcomer) -> None:
    sender, away = await newcomer("sender"), await newcomer("away")
    async with away.follow(TOLD) as told:
        version = (await anext(told))["version"]
    sent = [await sender.do("sendDirectMessage", userIds=[away.id], text=f"{number}") for number in range(3)]
    async with away.follow(TOLD, after=version) as told:
        received = [(await anext(told))["message"]["id"] for _ in sent]
    assert received == [one["messages"][0]["id"] for one in sent]
    inbox = (await away.read(INBOX, **{"with": sender.id}))["directMessages"]["edges"]
    assert [one["node"]["text"] for one in inbox] == ["2", "1", "0"]


async def test_no_more_messages_than_allowed_however_many_are_sent_at_once(newcomer: Newcomer) -> None:
    sender, *people = await asyncio.gather(*(newcomer(f"flood{number}") for number in range(21)))
    ids = [one.id for one in people]
    answers = await asyncio.gather(*(sender.attempt("sendDirectMessage", userIds=ids, text="Buy!") for _ in range(8)))
    assert sorted(len(one["messages"]) for one in answers) == [0] * 3 + [20] * 5
    codes = {error["code"] for one in answers for error in one["userErrors"]}
    assert codes == {"RATE_LIMITED"}
    inbox = (await people[0].read(INBOX))["directMessages"]["edges"]
    assert len(inbox) == 5


async def test_posts_in_a_space_reach_all_its_streams_and_go_with_their_deletion(newcomer: Newcomer) -> None:
    host, speaker, listener = await asyncio.gather(*(newcomer(name) for name in ("showing", "showman", "seeing")))
    space_id = await live_space(host)
    await seat(space_id, host, speaker)
    followers = [Follower(listener, space_id), Follower(listener.anyone(), space_id, by_sse=True)]
    for follower in followers:
        follower.connect()
    posts = [(await speaker.do("createPost", text=f"{number}"))["post"]["id"] for number in range(4)]
    await asyncio.gather(
        *(by.do("sharePostToSpace", spaceId=space_id, postId=one) for one in posts for by in (host, speaker))
    )
    await host.do("unsharePost", spaceId=space_id, postId=posts[1])
    await speaker.do("deletePost", postId=posts[2])

    async def all_agree() -> bool:
        state = await fresh(listener, space_id)
        return all([await follower.is_at(state) for follower in followers])

    await until(all_agree, "the streams have told it all")
    shown = [one["node"]["post"]["id"] for one in followers[0].state["sharedPosts"]["edges"]]
    assert sorted(shown) == sorted([posts[0], posts[3]])
    for follower in followers:
        await follower.disconnect()
