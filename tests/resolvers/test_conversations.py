"""Conversations by the API: their pages, what is unread, and reading on every device."""

from __future__ import annotations

from typing import Any

from tests.resolvers.conftest import Caller
from tests.resolvers.conversation import user_id
from tests.resolvers.test_messages import sent
from tests.resolvers.test_relationships import about
from tests.resolvers.test_streams import following, streaming

CONVERSATION = "id unreadCount user { handle } lastMessage { text sender { handle } } readUpTo { text }"
PAGE = f"""query($first: Int = 9, $after: String) {{ viewer {{ unreadConversationCount
  conversations(first: $first, after: $after) {{
    edges {{ node {{ {CONVERSATION} }} }} pageInfo {{ hasNextPage endCursor }} }} }} }}"""
READ = f"""mutation($input: MarkConversationReadInput!) {{ markConversationRead(input: $input) {{
  conversation {{ {CONVERSATION} }} userErrors {{ code field }} }} }}"""
EVENTS = f"""subscription {{ viewerEvents {{ __typename
  ... on DirectMessageReceived {{ message {{ text }} }} ... on DirectMessageSent {{ message {{ text }} }}
  ... on ConversationRead {{ conversation {{ {CONVERSATION} }} }} }} }}"""


async def conversations(caller: Caller, **page: Any) -> list[tuple[str, str, int]]:
    """With whom, what came last, and how much of it is unread."""
    found = (await caller.ask(PAGE, **page))["conversations"]["edges"]
    return [(one["user"]["handle"], one["lastMessage"]["text"], one["unreadCount"]) for one in map(_node, found)]


def _node(edge: Any) -> Any:
    return edge["node"]


async def unread(caller: Caller) -> int:
    count: int = (await caller.ask(PAGE))["unreadConversationCount"]
    return count


async def read(caller: Caller, other: Caller, message_id: str) -> Any:
    """The payload of `markConversationRead`."""
    return await caller.ask(READ, input={"userId": await user_id(other), "messageId": message_id})


async def test_a_page_has_each_other_person_once_the_newest_first(host: Caller, guest: Caller, other: Caller) -> None:
    await sent(guest, "1", host)
    await sent(other, "2", host)
    await sent(guest, "3", host)
    assert await conversations(host) == [("gustav", "3", 2), ("olivia", "2", 1)]
    assert await conversations(guest) == [("hannah", "3", 0)]
    assert (await unread(host), await unread(guest)) == (2, 0)
    first = (await host.ask(PAGE, first=1))["conversations"]
    assert first["pageInfo"]["hasNextPage"]
    assert await conversations(host, after=first["pageInfo"]["endCursor"]) == [("olivia", "2", 1)]


async def test_a_conversation_is_found_by_its_person_and_by_id_by_its_two_people(
    host: Caller, guest: Caller, other: Caller
) -> None:
    by_person = f"query($handle: String!) {{ user(handle: $handle) {{ viewerConversation {{ {CONVERSATION} }} }} }}"
    assert await host.ask(by_person, handle="gustav") == {"viewerConversation": None}
    await sent(guest, "1", host)
    found = (await host.ask(by_person, handle="gustav"))["viewerConversation"]
    assert (found["unreadCount"], found["readUpTo"]) == (1, None)
    by_id = f"query($id: ID!) {{ node(id: $id) {{ ... on Conversation {{ {CONVERSATION} }} }} }}"
    assert await host.ask(by_id, id=found["id"]) == found
    theirs = await guest.ask(by_id, id=found["id"])
    assert (theirs["user"], theirs["unreadCount"]) == ({"handle": "hannah"}, 0)
    assert await other.ask(by_id, id=found["id"]) is None


async def test_reading_clears_the_marks_of_every_device_and_tells_nobody_else(host: Caller, guest: Caller) -> None:
    first, second = [(await sent(guest, text, host))[0]["id"] for text in "12"]
    async with streaming(host, EVENTS) as hosts, streaming(guest, EVENTS) as guests:
        await anext(hosts)
        await anext(guests)
        payload = await read(host, guest, second)
        assert payload["userErrors"] == []
        assert (payload["conversation"]["unreadCount"], payload["conversation"]["readUpTo"]) == (0, {"text": "2"})
        told = await following(hosts)
        assert told == {"__typename": "ConversationRead", "conversation": payload["conversation"]}
        # Further back nothing changes, and nothing is told.
        assert (await read(host, guest, first))["conversation"] == payload["conversation"]
        await sent(host, "3", guest)
        assert await following(hosts) == {"__typename": "DirectMessageSent", "message": {"text": "3"}}
        assert await following(guests) == {"__typename": "DirectMessageReceived", "message": {"text": "3"}}
    assert (await unread(host), await unread(guest)) == (0, 1)


async def test_what_is_of_no_such_conversation_is_not_read(host: Caller, guest: Caller, other: Caller) -> None:
    message = (await sent(guest, "1", host))[0]["id"]
    not_found = {"conversation": None, "userErrors": [{"code": "MESSAGE_NOT_FOUND", "field": "messageId"}]}
    assert await read(host, other, message) == not_found
    assert await read(other, guest, message) == not_found
    to_self = {"conversation": None, "userErrors": [{"code": "CANNOT_TARGET_SELF", "field": "userId"}]}
    assert await read(host, host, message) == to_self
    error = await host.error(READ, input={"userId": message, "messageId": message})
    assert error["extensions"] == {"code": "BAD_USER_INPUT", "argument": "userId"}
    assert await unread(host) == 1


async def test_the_muted_do_not_count(host: Caller, guest: Caller) -> None:
    await sent(guest, "1", host)
    await about(host, "mute", await user_id(guest))
    assert await unread(host) == 0
    assert await conversations(host) == [("gustav", "1", 1)]
