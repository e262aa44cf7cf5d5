"""Posts by the API: written, read, quoted, shown in a Space, and gone."""

from __future__ import annotations

from typing import Any

import pytest
from strawberry.relay import GlobalID

from tests.resolvers.conftest import Caller
from tests.resolvers.conversation import DELETE, SPACE, raise_hands, user_id
from tests.resolvers.test_relationships import about
from tests.resolvers.test_streams import streaming

CARD = """card { __typename ... on Space { id title } ... on Clip { id durationMs } ... on Post { id text }
  ... on UnavailableCard { kind } }"""
POST = f"id text author {{ handle }} {CARD}"
CREATE = f"""mutation($input: CreatePostInput!) {{ createPost(input: $input) {{
  post {{ {POST} }} userErrors {{ code field limit current }} }} }}"""
DELETE_POST = """mutation($id: ID!) { deletePost(input: {postId: $id}) {
  deletedPostId userErrors { code field } } }"""
NODE = f"query($id: ID!) {{ node(id: $id) {{ ... on Post {{ {POST} }} }} }}"
TIMELINE = """query($first: Int, $after: String, $last: Int, $before: String) {
  timeline(first: $first, after: $after, last: $last, before: $before) {
    edges { node { text author { handle displayName } } } pageInfo { hasNextPage endCursor startCursor } } }"""
SHARED = "sharedPosts(first: 9) { edges { node { post { text } sharedBy { handle } } } }"
EVENTS = """subscription($id: ID!) { spaceEvents(spaceId: $id) { __typename
  ... on SpaceSnapshot { space { sharedPosts(first: 9) { edges { node { post { text } } } } } }
  ... on PostShared { sharedPost { post { id text author { handle } } sharedBy { handle } } }
  ... on PostUnshared { postId } } }"""


async def written(caller: Caller, text: str = "", **input: Any) -> Any:
    """A Post that no rule refuses."""
    payload = await caller.ask(CREATE, input={"text": text, **input})
    assert payload["userErrors"] == []
    return payload["post"]


async def refused(caller: Caller, **input: Any) -> list[tuple[str, str]]:
    """The rules that say no to a Post."""
    payload = await caller.ask(CREATE, input=input)
    assert payload["post"] is None
    return [(one["code"], one["field"]) for one in payload["userErrors"]]


async def texts(caller: Caller, **page: Any) -> list[str]:
    """What someone's timeline says."""
    return [one["node"]["text"] for one in (await caller.ask(TIMELINE, **page))["edges"]]


async def test_a_post_is_read_by_everyone_under_its_id(host: Caller, anyone: Caller) -> None:
    post = await written(host, " Tides rise. ")
    assert (post["text"], post["author"], post["card"]) == ("Tides rise.", {"handle": "hannah"}, None)
    assert await anyone.ask(NODE, id=post["id"]) == post


async def test_what_may_not_be_written(host: Caller, anyone: Caller) -> None:
    payload = await host.ask(CREATE, input={"text": "x" * 281})
    assert payload["userErrors"] == [{"code": "INVALID_TEXT", "field": "text", "limit": 280, "current": 281}]
    assert await refused(host) == [("EMPTY_POST", "text")]
    assert await refused(host, text="x", idempotencyKey="") == [("INVALID_IDEMPOTENCY_KEY", "idempotencyKey")]
    for card in ({"spaceId": "a", "postId": "b"}, {}, {"spaceId": None}):
        error = await host.error(CREATE, input={"text": "x", "card": card})
        assert error["extensions"]["code"] == "BAD_USER_INPUT"
    error = await host.error(CREATE, input={"text": "x", "card": {"postId": await user_id(host)}})
    assert error["extensions"] == {"code": "BAD_USER_INPUT", "argument": "postId"}
    error = await anyone.error(CREATE, input={"text": "x"})
    assert error["extensions"]["code"] == "UNAUTHENTICATED"


async def test_the_same_key_is_the_same_post(host: Caller) -> None:
    first = await written(host, "Once.", idempotencyKey="k")
    assert await written(host, "Twice.", idempotencyKey="k") == first


async def test_cards_show_what_they_name_until_it_is_gone(host: Caller, guest: Caller, live: str) -> None:
    host.world.media.recorded[GlobalID.from_id(live).node_id] = 60_000
    clip = (await host.ask("mutation($id: ID!) { createClip(input: {spaceId: $id}) { clip { id } } }", id=live))["clip"]
    await host.ask("mutation($id: ID!) { publishClip(input: {clipId: $id}) { post { id } } }", id=clip["id"])
    quoted = await written(host, "Tides rise.")
    cards = {"spaceId": live, "clipId": clip["id"], "postId": quoted["id"]}
    posts = [await written(host, card={name: value}) for name, value in cards.items()]
    assert [one["card"] for one in posts] == [
        {"__typename": "Space", "id": live, "title": "Jazz tonight"},
        {"__typename": "Clip", "id": clip["id"], "durationMs": 30_000},
        {"__typename": "Post", "id": quoted["id"], "text": "Tides rise."},
    ]
    assert await guest.ask(DELETE_POST, id=quoted["id"]) == {
        "deletedPostId": None,
        "userErrors": [{"code": "NOT_PERMITTED", "field": "postId"}],
    }
    deleted = await host.ask(DELETE_POST, id=quoted["id"])
    assert deleted == {"deletedPostId": quoted["id"], "userErrors": []}
    await host.do("endSpace", spaceId=live)
    await host.ask(DELETE, id=live, sure=True)
    after = [await guest.ask(NODE, id=one["id"]) for one in posts]
    assert [one["card"] for one in after] == [
        {"__typename": "UnavailableCard", "kind": kind} for kind in ("SPACE", "CLIP", "POST")
    ]
    assert await host.ask(NODE, id=quoted["id"]) is None


async def test_a_preparing_space_is_shown_to_those_alone_who_may_see_it(host: Caller, guest: Caller) -> None:
    space_id = (await host.do("createSpace", title="Soon"))["space"]["id"]
    post = await written(host, "Soon!", card={"spaceId": space_id})
    assert post["card"]["__typename"] == "Space"
    assert (await guest.ask(NODE, id=post["id"]))["card"] == {"__typename": "UnavailableCard", "kind": "SPACE"}
    assert await refused(guest, card={"spaceId": space_id}) == [("SPACE_NOT_FOUND", "spaceId")]
    await host.do("startSpace", spaceId=space_id)
    assert (await guest.ask(NODE, id=post["id"]))["card"]["title"] == "Soon"
    assert await refused(guest, card={"spaceId": space_id}) == [("NOT_A_PARTICIPANT", "spaceId")]


async def test_a_timeline_has_those_one_follows_and_oneself_by_pages_from_either_end(
    host: Caller, guest: Caller, other: Caller, anyone: Caller
) -> None:
    await about(guest, "follow", await user_id(host))
    for author, text in ((host, "1"), (guest, "2"), (other, "3"), (host, "4")):
        await written(author, text)
    first = await guest.ask(TIMELINE, first=2)
    assert [one["node"]["text"] for one in first["edges"]] == ["4", "2"]
    assert first["edges"][0]["node"]["author"] == {"handle": "hannah", "displayName": "Hannah"}
    assert first["pageInfo"]["hasNextPage"]
    await written(host, "5")
    assert await texts(guest, first=2, after=first["pageInfo"]["endCursor"]) == ["1"]
    assert await texts(guest, last=9, before=first["pageInfo"]["startCursor"]) == ["5"]
    assert await texts(other, first=9) == ["3"]
    await about(guest, "mute", await user_id(host))
    assert await texts(guest, first=9) == ["2"]
    assert (await anyone.error(TIMELINE, first=1))["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_person_has_a_page_of_their_own(host: Caller, guest: Caller, anyone: Caller) -> None:
    for text in "123":
        await written(host, text)
    document = '{ user(handle: "hannah") { posts(first: 2) { edges { node { text } } pageInfo { hasNextPage } } } }'
    for caller in (guest, anyone):
        page = (await caller.ask(document))["posts"]
        assert page == {"edges": [{"node": {"text": "3"}}, {"node": {"text": "2"}}], "pageInfo": {"hasNextPage": True}}
    await about(host, "block", await user_id(guest))
    assert (await guest.ask(document))["posts"]["edges"] == []


async def test_whom_the_author_blocks_sees_no_quote_of_theirs(host: Caller, guest: Caller, other: Caller) -> None:
    quoted = await written(host, "Tides rise.")
    quote = await written(other, "So true.", card={"postId": quoted["id"]})
    await about(host, "block", await user_id(guest))
    assert await guest.ask(NODE, id=quoted["id"]) is None
    assert (await guest.ask(NODE, id=quote["id"]))["card"] == {"__typename": "UnavailableCard", "kind": "POST"}
    assert await refused(guest, card={"postId": quoted["id"]}) == [("POST_NOT_FOUND", "postId")]


async def test_authors_and_cards_of_a_page_are_looked_up_at_once(
    host: Caller, guest: Caller, live: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await about(guest, "follow", await user_id(host))
    quoted = await written(host, "Tides rise.")
    for _ in range(5):
        await written(host, card={"spaceId": live})
        await written(guest, card={"postId": quoted["id"]})
    asked: list[str] = []
    stores = guest.world.stores
    for name in ("people", "spaces", "posts", "blocks", "follows", "mutes"):
        store = getattr(stores, name)
        for method in ("get_many", "among", "others", "by_authors"):
            if real := getattr(store, method, None):

                async def counted(*given: Any, real: Any = real, what: str = f"{name}.{method}") -> Any:
                    asked.append(what)
                    return await real(*given)

                monkeypatch.setattr(store, method, counted)
    page = await guest.ask(f"{{ timeline(first: 50) {{ edges {{ node {{ {POST} }} }} }} }}")
    assert len(page["edges"]) == 11
    assert sorted(asked) == [
        "blocks.among",
        "blocks.among",
        "follows.others",
        "mutes.others",
        "people.get_many",
        "posts.by_authors",
        "posts.get_many",
        "spaces.get_many",
    ]


async def test_a_post_in_a_space_is_seen_by_all_in_it_and_told_live(
    host: Caller, guest: Caller, anyone: Caller, live: str
) -> None:
    first, second = await written(guest, "Tides rise."), await written(host, "Tides fall.")
    await raise_hands(live, guest)
    assert [
        one["code"] for one in (await guest.do("sharePostToSpace", spaceId=live, postId=first["id"]))["userErrors"]
    ] == ["NOT_PERMITTED"]
    async with streaming(anyone, EVENTS, id=live) as results:
        await anext(results)
        for post in (first, second, first):
            shared = await host.do("sharePostToSpace", spaceId=live, postId=post["id"])
            assert shared["userErrors"] == []
        told = [(await anext(results)).data for _ in range(2)]
        await guest.ask(DELETE_POST, id=first["id"])
        told.append((await anext(results)).data)
    events = [one["spaceEvents"] for one in told if one]
    assert events[0]["sharedPost"] == {
        "post": {"id": first["id"], "text": "Tides rise.", "author": {"handle": "gustav"}},
        "sharedBy": {"handle": "hannah"},
    }
    assert events[2] == {"__typename": "PostUnshared", "postId": first["id"]}
    space = await anyone.ask(SPACE % SHARED, id=live)
    assert space["sharedPosts"]["edges"] == [
        {"node": {"post": {"text": "Tides fall."}, "sharedBy": {"handle": "hannah"}}}
    ]
    refused = await guest.do("unsharePost", spaceId=live, postId=second["id"])
    assert [(one["code"], one["field"]) for one in refused["userErrors"]] == [("NOT_PERMITTED", "postId")]
    assert (await host.do("unsharePost", spaceId=live, postId=second["id"]))["userErrors"] == []
    again = await host.do("unsharePost", spaceId=live, postId=second["id"])
    assert [(one["code"], one["field"]) for one in again["userErrors"]] == [("POST_NOT_FOUND", "postId")]


async def test_who_may_show_posts_is_told(host: Caller, guest: Caller, live: str) -> None:
    await guest.do("joinSpace", spaceId=live)
    for caller, may in ((host, True), (guest, False)):
        told = (await caller.ask(SPACE % "viewerCapabilities", id=live))["viewerCapabilities"]
        assert ("SHARE_POST" in told) is may
        assert "SHARE" in told


async def test_what_a_space_showed_at_its_end_is_there_until_it_is_deleted(host: Caller, live: str) -> None:
    posts = [await written(host, text) for text in ("Tides rise.", "Tides fall.")]
    for post in posts:
        await host.do("sharePostToSpace", spaceId=live, postId=post["id"])
    await host.do("endSpace", spaceId=live)
    await host.ask(DELETE_POST, id=posts[0]["id"])
    space = await host.ask(SPACE % SHARED, id=live)
    assert [one["node"]["post"] for one in space["sharedPosts"]["edges"]] == [None, {"text": "Tides fall."}]
