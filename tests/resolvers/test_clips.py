"""Clips over the API: drafts for their creators alone, published ones for all."""

from __future__ import annotations

from typing import Any

import pytest
from strawberry.relay import GlobalID

from tests.fakes.workshop import LUFS, SAMPLES
from tests.fakes.world import PUBLIC_URL
from tests.resolvers.conftest import Caller
from tests.resolvers.conversation import CREATE_CLIP, SPACE

CLIP = "query($id: ID!) { clip(id: $id) { state expiresAt publishedAt viewerCanPublish viewerCanDelete } }"
NODE = "query($id: ID!) { node(id: $id) { id } }"
CLIPS = SPACE % "clips(first: 5) { edges { node { id } } }"
PUBLISH = """mutation($id: ID!, $comment: String! = "") { publishClip(input: {clipId: $id, comment: $comment}) {
  clip { id state publishedAt expiresAt viewerCanPublish }
  post { id text author { handle } card { __typename ... on Clip { id } } } userErrors { code field limit } } }"""
RENDITION = "kind state progress failure sampleCount loudness url"
RENDER = f"""mutation($id: ID!) {{ renderClip(input: {{clipId: $id, kind: NORMALIZED_MP3}}) {{
  clip {{ id renditions {{ {RENDITION} }} }} userErrors {{ code field }} }} }}"""
RENDITIONS = f"query($id: ID!) {{ clip(id: $id) {{ posterUrl pageUrl renditions {{ {RENDITION} }} }} }}"
DELETE_CLIP = """mutation($id: ID!) { deleteClip(input: {clipId: $id}) { deletedClipId userErrors { code field } } }"""


@pytest.fixture
async def recorded(live: str, host: Caller, guest: Caller) -> str:
    """The id of a live Space with the guest in it and 40 s of recording."""
    host.world.media.recorded[GlobalID.from_id(live).node_id] = 40_000
    await guest.do("joinSpace", spaceId=live)
    return live


async def cut(person: Caller, space_id: str, **range_: Any) -> Any:
    """A draft."""
    made = await person.ask(CREATE_CLIP, input={"spaceId": space_id, **range_})
    assert made["userErrors"] == []
    return made["clip"]


async def listed(person: Caller, space_id: str) -> list[str]:
    """The ids of a Space's clips, as the person sees them."""
    return [edge["node"]["id"] for edge in (await person.ask(CLIPS, id=space_id))["clips"]["edges"]]


async def test_a_clip(guest: Caller, recorded: str) -> None:
    clip = await cut(guest, recorded)
    assert (clip["startOffsetMs"], clip["durationMs"], clip["sampleCount"]) == (10_000, 30_000, 1_440_000)
    assert clip["waveform"] == [0.5]
    assert clip["url"].endswith("/clip.m4a")
    assert clip["creator"] == {"handle": "gustav"}
    assert clip["space"] == {"title": "Jazz tonight"}


async def test_a_clip_beyond_the_recording(host: Caller, recorded: str) -> None:
    refused = await host.ask(CREATE_CLIP, input={"spaceId": recorded, "startOffsetMs": 39_000, "durationMs": 2_000})
    assert refused["clip"] is None
    assert refused["userErrors"] == [
        {"code": "CLIP_OUT_OF_RANGE", "field": "startOffsetMs", "limit": 40_000, "current": 41_000}
    ]


async def test_a_draft_is_its_creators_alone(host: Caller, guest: Caller, anyone: Caller, recorded: str) -> None:
    clip_id = (await cut(guest, recorded))["id"]
    own = await guest.ask(CLIP, id=clip_id)
    assert own.pop("expiresAt")
    assert own == {"state": "DRAFT", "publishedAt": None, "viewerCanPublish": True, "viewerCanDelete": True}
    assert await guest.ask(NODE, id=clip_id) == {"id": clip_id}
    assert await listed(guest, recorded) == [clip_id]
    for other in (host, anyone):
        assert await other.ask(CLIP, id=clip_id) is None
        assert await other.ask(NODE, id=clip_id) is None
        assert await listed(other, recorded) == []
    refused = await host.ask(PUBLISH, id=clip_id)
    assert refused == {"clip": None, "post": None, "userErrors": [_error("CLIP_NOT_FOUND")]}


def _error(code: str, field: str = "clipId", limit: int | None = None) -> dict[str, Any]:
    return {"code": code, "field": field, "limit": limit}


async def test_publishing(host: Caller, guest: Caller, anyone: Caller, recorded: str) -> None:
    clip_id = (await cut(guest, recorded))["id"]
    refused = await guest.ask(PUBLISH, id=clip_id, comment="x" * 281)
    assert refused["userErrors"] == [_error("INVALID_TEXT", "comment", 280)]

    done = await guest.ask(PUBLISH, id=clip_id, comment="Listen to this")
    assert done["userErrors"] == []
    assert done["clip"].pop("publishedAt")
    assert done["clip"] == {"id": clip_id, "state": "PUBLISHED", "expiresAt": None, "viewerCanPublish": False}
    assert (done["post"]["text"], done["post"]["author"]) == ("Listen to this", {"handle": "gustav"})
    assert done["post"]["card"] == {"__typename": "Clip", "id": clip_id}
    assert (await guest.ask(PUBLISH, id=clip_id, comment="Again"))["post"] == done["post"]
    for viewer, may_delete in ((host, True), (guest, True), (anyone, False)):
        seen = await viewer.ask(CLIP, id=clip_id)
        assert (seen["state"], seen["viewerCanPublish"], seen["viewerCanDelete"]) == ("PUBLISHED", False, may_delete)
        assert await listed(viewer, recorded) == [clip_id]
    assert (await host.ask(PUBLISH, id=clip_id))["userErrors"] == [_error("NOT_PERMITTED")]
    assert (await anyone.error(PUBLISH, id=clip_id))["extensions"]["code"] == "UNAUTHENTICATED"


async def test_rendering(host: Caller, guest: Caller, anyone: Caller, recorded: str) -> None:
    clip_id = (await cut(guest, recorded))["id"]
    assert (await host.ask(RENDER, id=clip_id))["userErrors"] == [{"code": "CLIP_NOT_FOUND", "field": "clipId"}]
    assert (await anyone.error(RENDER, id=clip_id))["extensions"]["code"] == "UNAUTHENTICATED"
    pending = {"kind": "NORMALIZED_MP3", "state": "PENDING", "progress": 0.0, "failure": None}
    nothing = {"sampleCount": None, "loudness": None, "url": None}
    for _ in range(2):
        asked = await guest.ask(RENDER, id=clip_id)
        assert asked == {"clip": {"id": clip_id, "renditions": [{**pending, **nothing}]}, "userErrors": []}
    await guest.world.use_cases.clip_renditions.round()
    seen = await guest.ask(RENDITIONS, id=clip_id)
    [made] = seen["renditions"]
    assert made.pop("url").endswith("/clip-normalized.mp3")
    assert seen["posterUrl"].endswith("/poster.png")
    assert seen["pageUrl"] == f"{PUBLIC_URL}/clips/{GlobalID.from_id(clip_id).node_id}"
    assert made == {**pending, "state": "READY", "progress": 1.0, "sampleCount": SAMPLES, "loudness": LUFS}


async def test_deleting_a_clip_leaves_its_post_with_a_card_that_says_so(
    host: Caller, guest: Caller, other: Caller, recorded: str
) -> None:
    clip_id = (await cut(guest, recorded))["id"]
    post_id = (await guest.ask(PUBLISH, id=clip_id))["post"]["id"]
    refused = await other.ask(DELETE_CLIP, id=clip_id)
    assert refused == {"deletedClipId": None, "userErrors": [{"code": "NOT_PERMITTED", "field": "clipId"}]}
    assert await host.ask(DELETE_CLIP, id=clip_id) == {"deletedClipId": clip_id, "userErrors": []}
    assert await guest.ask(NODE, id=clip_id) is None
    assert await listed(guest, recorded) == []
    document = "query($id: ID!) { node(id: $id) { ... on Post { card { __typename } } } }"
    assert await guest.ask(document, id=post_id) == {"card": {"__typename": "UnavailableCard"}}
    refused = await guest.ask(DELETE_CLIP, id=clip_id)
    assert refused["userErrors"] == [{"code": "CLIP_NOT_FOUND", "field": "clipId"}]


async def test_a_repeated_command_is_the_same_clip(guest: Caller, recorded: str) -> None:
    first = await cut(guest, recorded, idempotencyKey="k")
    assert (await cut(guest, recorded, idempotencyKey="k", durationMs=1))["id"] == first["id"]
    assert (await cut(guest, recorded, idempotencyKey="l"))["id"] != first["id"]
    refused = await guest.ask(CREATE_CLIP, input={"spaceId": recorded, "idempotencyKey": ""})
    assert [(one["code"], one["field"]) for one in refused["userErrors"]] == [
        ("INVALID_IDEMPOTENCY_KEY", "idempotencyKey")
    ]
