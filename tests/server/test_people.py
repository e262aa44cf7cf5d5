"""People on the real server: following, and what a block and a log-out end at once."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from app.demo import operations
from app.demo.client import ApiError, Client
from tests.server.running import client_of, running

CREATE = """mutation { createSpace(input: {title: "Tides", speakPolicy: FOLLOWED_BY_HOST}) {
  space { id } userErrors { code message } } }"""
EVENTS = "subscription($id: ID!) { spaceEvents(spaceId: $id) { __typename } }"
AUDIO = "query($id: ID!) { space(id: $id) { audio { hlsUrl } } }"
LISTED = "{ spaces(first: 10) { edges { node { id } } } }"


async def signed_up(anyone: Client, handle: str) -> tuple[Client, str]:
    """Someone new, and their id."""
    new = await anyone.call(operations.SIGN_UP, handle=handle, displayName=handle, password="correct horse")
    return anyone.as_person(new["token"]), new["user"]["id"]


async def in_space(person: Client, mutation: str, space_id: str) -> Any:
    """A mutation that takes a Space and nothing more."""
    document = f"mutation($id: ID!) {{ {mutation}(input: {{spaceId: $id}}) {{ userErrors {{ code message }} }} }}"
    return await person.call(document, id=space_id)


async def about(person: Client, mutation: str, user_id: str) -> Any:
    """A mutation about another person."""
    document = f"""mutation($id: ID!) {{ {mutation}(input: {{userId: $id}}) {{
      user {{ followerCount viewerFollows viewerBlocks }} userErrors {{ code message }} }} }}"""
    return (await person.call(document, id=user_id))["user"]


async def read_on(events: AsyncIterator[Any]) -> None:
    """Reads a stream to its end."""
    async for _ in events:
        pass


async def test_from_a_follow_to_a_seat_in_the_queue_to_a_block_and_a_log_out(tmp_path: Path) -> None:
    async with running(tmp_path / "data") as server, client_of(server) as anyone, httpx2.AsyncClient() as http:
        (host, _), (guest, guest_id) = await signed_up(anyone, "hannah"), await signed_up(anyone, "gustav")
        space_id = (await host.call(CREATE))["space"]["id"]
        await in_space(host, "startSpace", space_id)
        await in_space(guest, "joinSpace", space_id)
        with pytest.raises(ApiError, match="NOT_FOLLOWED_BY_HOST"):
            await in_space(guest, "requestToSpeak", space_id)
        assert await about(host, "follow", guest_id) == {
            "followerCount": 1,
            "viewerFollows": True,
            "viewerBlocks": False,
        }
        await in_space(guest, "requestToSpeak", space_id)
        address = (await guest.call(AUDIO, id=space_id))["audio"]["hlsUrl"]

        async with guest.subscribe(EVENTS, id=space_id) as events:
            assert (await anext(events))["__typename"] == "SpaceSnapshot"
            blocked = await about(host, "block", guest_id)
            assert blocked == {"followerCount": 0, "viewerFollows": False, "viewerBlocks": True}
            with pytest.raises(ApiError, match="has blocked you"):
                await read_on(events)
        assert (await http.get(address)).status_code == 403
        assert (await guest.call(AUDIO, id=space_id))["audio"] is None
        assert (await guest.call(LISTED))["edges"] == []
        assert len((await anyone.call(LISTED))["edges"]) == 1
        with pytest.raises(ApiError, match="BLOCKED_BY_HOST"):
            await in_space(guest, "joinSpace", space_id)

        await guest.call("mutation { logOut(input: {}) { userErrors { code message } } }")
        with pytest.raises(ApiError, match="logged out"):
            await guest.call(LISTED)
