"""Direct messages by the API, and the three ways to tell others of a Space."""

from __future__ import annotations

from typing import Any

from tests.fakes.world import PUBLIC_URL
from tests.resolvers.conftest import Caller
from tests.resolvers.conversation import user_id
from tests.resolvers.test_relationships import about
from tests.resolvers.test_streams import streaming

MESSAGE = """id text sender { handle } recipient { handle }
  card { __typename ... on Space { title } ... on UnavailableCard { kind } }"""
SEND = f"""mutation($input: SendDirectMessageInput!) {{ sendDirectMessage(input: $input) {{
  messages {{ {MESSAGE} }} userErrors {{ code message field limit current }} }} }}"""
SHARE = f"""mutation($input: ShareSpaceInput!) {{ shareSpace(input: $input) {{ url post {{ id text
  card {{ __typename ... on Space {{ title }} }} }} messages {{ {MESSAGE} }} userErrors {{ code field }} }} }}"""
INBOX = f"""query($with: ID, $first: Int = 9, $after: String) {{ viewer {{
  directMessages(with: $with, first: $first, after: $after) {{
    edges {{ node {{ {MESSAGE} }} }} pageInfo {{ hasNextPage endCursor }} }} }} }}"""


async def sent(caller: Caller, text: str, *people: Caller) -> list[Any]:
    """Messages that no rule refuses."""
    payload = await caller.ask(SEND, input={"text": text, "userIds": [await user_id(one) for one in people]})
    assert payload["userErrors"] == []
    messages: list[Any] = payload["messages"]
    return messages


async def inbox(caller: Caller, **page: Any) -> list[str]:
    """What someone's messages say, newest first."""
    found = (await caller.ask(INBOX, **page))["directMessages"]
    return [one["node"]["text"] for one in found["edges"]]


async def test_a_message_reaches_its_people_and_nobody_else(host: Caller, guest: Caller, other: Caller) -> None:
    [message] = await sent(host, "Come and listen.", guest)
    assert (message["sender"], message["recipient"], message["card"]) == (
        {"handle": "hannah"},
        {"handle": "gustav"},
        None,
    )
    assert [await inbox(one) for one in (host, guest, other)] == [["Come and listen."], ["Come and listen."], []]
    node = f"query($id: ID!) {{ node(id: $id) {{ ... on DirectMessage {{ {MESSAGE} }} }} }}"
    assert await guest.ask(node, id=message["id"]) == message
    assert await other.ask(node, id=message["id"]) is None


async def test_a_message_is_told_live(host: Caller, guest: Caller) -> None:
    events = (
        f"subscription {{ viewerEvents {{ __typename ... on DirectMessageReceived {{ message {{ {MESSAGE} }} }} }} }}"
    )
    async with streaming(guest, events) as results:
        await anext(results)
        [message] = await sent(host, "Come and listen.", guest)
        told = (await anext(results)).data
    assert told == {"viewerEvents": {"__typename": "DirectMessageReceived", "message": message}}


async def test_all_messages_by_pages_and_those_with_one_person(host: Caller, guest: Caller, other: Caller) -> None:
    await sent(host, "1", guest, other)
    await sent(guest, "2", host)
    await sent(other, "3", host)
    assert await inbox(host) == ["3", "2", "1", "1"]
    assert await inbox(host, **{"with": await user_id(guest)}) == ["2", "1"]
    first = (await host.ask(INBOX, first=2))["directMessages"]
    assert await inbox(host, first=9, after=first["pageInfo"]["endCursor"]) == ["1", "1"]
    error = await host.error(INBOX, **{"with": "UG9zdDp4"})
    assert error["extensions"] == {"code": "BAD_USER_INPUT", "argument": "with"}


async def test_who_cannot_be_written_to_is_named_and_nobody_is(host: Caller, guest: Caller, other: Caller) -> None:
    await about(guest, "block", await user_id(host))
    ids = [await user_id(one) for one in (other, guest)]
    payload = await host.ask(SEND, input={"text": "Hello?", "userIds": ids})
    assert payload["messages"] == []
    [error] = payload["userErrors"]
    assert (error["code"], error["field"]) == ("CANNOT_MESSAGE", "userIds")
    assert "@gustav" in error["message"]
    assert "olivia" not in error["message"]
    assert await inbox(other) == []
    payload = await host.ask(SEND, input={"text": "Hello?", "userIds": []})
    assert [(one["code"], one["limit"], one["current"]) for one in payload["userErrors"]] == [
        ("INVALID_RECIPIENTS", 20, 0)
    ]


async def share(caller: Caller, space_id: str, **form: Any) -> Any:
    """The payload of `shareSpace`."""
    return await caller.ask(SHARE, input={"spaceId": space_id, "as": form})


async def test_a_space_is_shared_by_a_post(host: Caller, guest: Caller, live: str) -> None:
    await about(guest, "follow", await user_id(host))
    shared = await share(host, live, post={"text": "Now!"})
    assert shared["userErrors"] == []
    assert shared["post"]["text"] == "Now!"
    assert shared["post"]["card"] == {"__typename": "Space", "title": "Jazz tonight"}
    timeline = await guest.ask("{ timeline(first: 9) { edges { node { id } } } }")
    assert [one["node"]["id"] for one in timeline["edges"]] == [shared["post"]["id"]]


async def test_a_space_is_shared_by_messages(host: Caller, guest: Caller, live: str) -> None:
    shared = await share(host, live, message={"userIds": [await user_id(guest)]})
    [message] = shared["messages"]
    assert message["card"] == {"__typename": "Space", "title": "Jazz tonight"}
    assert shared["url"].startswith(f"{PUBLIC_URL}/spaces/")
    assert await inbox(guest) == [""]


async def test_the_link_is_for_everyone_who_may_see_the_space(host: Caller, guest: Caller, anyone: Caller) -> None:
    space_id = (await host.do("createSpace", title="Soon"))["space"]["id"]
    found = await host.ask("query($id: ID!) { space(id: $id) { url } }", id=space_id)
    assert (await share(host, space_id, link=True)) == found | {"post": None, "messages": [], "userErrors": []}
    not_found = [{"code": "SPACE_NOT_FOUND", "field": "spaceId"}]
    for caller in (guest, anyone):
        assert (await share(caller, space_id, link=True)) == {
            "url": None,
            "post": None,
            "messages": [],
            "userErrors": not_found,
        }
    await host.do("startSpace", spaceId=space_id)
    for caller in (guest, anyone):
        assert (await share(caller, space_id, link=True))["url"] == found["url"]
    error = await anyone.error(SHARE, input={"spaceId": space_id, "as": {"post": {}}})
    assert error["extensions"]["code"] == "UNAUTHENTICATED"


async def test_it_is_shared_in_one_way_by_those_who_may(host: Caller, guest: Caller, live: str) -> None:
    malformed: list[dict[str, Any]] = [{}, {"link": False}, {"link": True, "post": {}}]
    for form in malformed:
        error = await host.error(SHARE, input={"spaceId": live, "as": form})
        assert error["extensions"]["code"] == "BAD_USER_INPUT"
    to_host: dict[str, Any] = {"message": {"userIds": [await user_id(host)]}}
    for form in ({"post": {}}, to_host):
        refused = await share(guest, live, **form)
        assert refused == {
            "url": None,
            "post": None,
            "messages": [],
            "userErrors": [{"code": "NOT_A_PARTICIPANT", "field": "spaceId"}],
        }
    await guest.do("joinSpace", spaceId=live)
    assert (await share(guest, live, post={"text": "Listen!"}))["userErrors"] == []


async def test_sharing_again_under_the_same_key_is_sharing_once(host: Caller, guest: Caller, live: str) -> None:
    for form in ({"post": {"text": "Now!"}}, {"message": {"userIds": [await user_id(guest)]}}):
        input = {"spaceId": live, "as": form, "idempotencyKey": "k"}
        assert await host.ask(SHARE, input=input) == await host.ask(SHARE, input=input)
    assert await inbox(guest) == [""]
