"""Recordings over the API: the host's history, and deleting from it."""

from __future__ import annotations

from strawberry.relay import GlobalID

from tests.resolvers.conftest import Caller
from tests.resolvers.conversation import CREATE_CLIP, DELETE_RECORDING, SPACE

RECORDINGS = """query($first: Int, $after: String, $last: Int) { viewer { recordings(
  first: $first, after: $after, last: $last) { edges { node { id title } } pageInfo { endCursor hasNextPage } } } }"""


async def recorded(host: Caller, title: str) -> str:
    """The id of a Space that has ended and was recorded."""
    space_id: str = (await host.do("createSpace", title=title, recordingEnabled=True))["space"]["id"]
    await host.do("startSpace", spaceId=space_id)
    host.world.media.recorded[GlobalID.from_id(space_id).node_id] = 40_000
    await host.do("endSpace", spaceId=space_id)
    return space_id


async def titles(host: Caller, **page: object) -> list[str]:
    """The titles of a page of the history."""
    found = (await host.ask(RECORDINGS, **page))["recordings"]
    return [edge["node"]["title"] for edge in found["edges"]]


async def test_the_history_is_the_hosts_the_newest_end_first(host: Caller, guest: Caller) -> None:
    for title in ("one", "two", "three"):
        await recorded(host, title)
    first = (await host.ask(RECORDINGS, first=2))["recordings"]
    assert [edge["node"]["title"] for edge in first["edges"]] == ["three", "two"]
    assert first["pageInfo"]["hasNextPage"]
    assert await titles(host, first=2, after=first["pageInfo"]["endCursor"]) == ["one"]
    assert await titles(host, last=2) == ["two", "one"]
    assert await titles(guest, first=2) == []


async def test_deleting_a_recording(host: Caller, guest: Caller, live: str) -> None:
    async def refusal(caller: Caller, space_id: str, *, sure: bool = True) -> tuple[str, str]:
        refused = await caller.ask(DELETE_RECORDING, id=space_id, sure=sure)
        assert refused["space"] is None
        [error] = refused["userErrors"]
        return error["code"], error["field"]

    assert await refusal(host, live) == ("SPACE_IS_LIVE", "spaceId")
    space_id = await recorded(host, "Jazz")
    clip_id = (await host.ask(CREATE_CLIP, input={"spaceId": space_id}))["clip"]["id"]
    assert await refusal(guest, space_id) == ("NOT_PERMITTED", "spaceId")
    assert await refusal(host, space_id, sure=False) == ("CONFIRMATION_REQUIRED", "confirm")
    capabilities = SPACE % "viewerCapabilities"
    assert "DELETE_RECORDING" in (await host.ask(capabilities, id=space_id))["viewerCapabilities"]

    done = await host.ask(DELETE_RECORDING, id=space_id)
    assert done["userErrors"] == []
    assert done["space"]["recordingDeletedAt"]
    assert done["space"]["audio"] is None
    assert await host.ask(DELETE_RECORDING, id=space_id) == done
    assert await titles(host, first=5) == []
    assert not {"DELETE_RECORDING", "LISTEN", "CREATE_CLIP"} & set(
        (await host.ask(capabilities, id=space_id))["viewerCapabilities"]
    )
    refused = await host.ask(CREATE_CLIP, input={"spaceId": space_id})
    assert [(one["code"], one["field"]) for one in refused["userErrors"]] == [("RECORDING_DELETED", "spaceId")]
    assert await host.ask("query($id: ID!) { clip(id: $id) { id } }", id=clip_id) == {"id": clip_id}
