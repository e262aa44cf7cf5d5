"""Recordings over the API: the host's history, and deleting from it."""

from __future__ import annotations

import asyncio

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


async def final(host: Caller) -> str:
    """The id of a Space that has ended, and whose recording is final."""
    space_id = await recorded(host, "Jazz")
    airing = asyncio.create_task(host.world.use_cases.airings.run())
    await asyncio.sleep(0)
    airing.cancel()
    await asyncio.gather(airing, return_exceptions=True)
    await host.world.use_cases.recordings.measure_all()
    return space_id


UPDATE = """mutation($input: UpdateRecordingInput!) { updateRecording(input: $input) {
  space { recording { startOffsetMs endOffsetMs durationMs sizeBytes } }
  userErrors { code message field limit current } } }"""
RECORDING = """query($id: ID!) { space(id: $id) { isRecording recording {
  state failure { reason at resumedAt } startedAt startOffsetMs endOffsetMs durationMs sizeBytes loudness peak
  replayCount hlsUrl m4aUrl urlsExpireAt expiresAt waveform(points: 4)
  whole { durationMs hlsUrl m4aUrl waveform(points: 2) } } } }"""


async def test_a_recording_tells_all_about_itself(host: Caller, guest: Caller) -> None:
    space_id = await final(host)
    found = (await guest.ask(RECORDING, id=space_id))["recording"]
    assert (
        found.items()
        >= {
            "state": "READY",
            "failure": None,
            "startOffsetMs": None,
            "endOffsetMs": None,
            "durationMs": 40_000,
            "sizeBytes": 320_000,
            "loudness": -16.0,
            "peak": -1.0,
            "replayCount": 0,
            "expiresAt": None,
            "waveform": [0.5] * 4,
            "whole": None,
        }.items()
    )
    assert found["m4aUrl"].endswith("/recording.m4a")
    assert found["hlsUrl"].endswith("/replay.m3u8")


async def test_trimming_a_recording_and_undoing_it(host: Caller, guest: Caller) -> None:
    space_id = await final(host)
    done = await host.ask(UPDATE, input={"spaceId": space_id, "startOffsetMs": 5_000, "endOffsetMs": 30_000})
    assert done == {
        "space": {
            "recording": {"startOffsetMs": 5_000, "endOffsetMs": 30_000, "durationMs": 25_000, "sizeBytes": 200_000}
        },
        "userErrors": [],
    }
    whole = (await host.ask(RECORDING, id=space_id))["recording"]["whole"]
    assert whole["durationMs"] == 40_000
    assert (await guest.ask(RECORDING, id=space_id))["recording"]["whole"] is None
    undone = await host.ask(UPDATE, input={"spaceId": space_id})
    assert undone["space"]["recording"]["durationMs"] == 40_000
    wrong = await host.ask(UPDATE, input={"spaceId": space_id, "startOffsetMs": -1, "endOffsetMs": 40_001})
    assert wrong["space"] is None
    figures = [(one["code"], one["field"], one["limit"], one["current"]) for one in wrong["userErrors"]]
    assert sorted(figures) == [
        ("TRIM_OUT_OF_RANGE", "endOffsetMs", 40_000, 40_001),
        ("TRIM_OUT_OF_RANGE", "startOffsetMs", 0, -1),
    ]


async def test_what_is_under_way_is_recording_and_says_where_it_fails(host: Caller) -> None:
    fresh = await host.do("createSpace", title="Jazz", recordingEnabled=True)
    space_id = fresh["space"]["id"]
    assert (await host.ask(RECORDING, id=space_id))["recording"] is None, "it has not begun"
    await host.do("startSpace", spaceId=space_id)
    found = await host.ask(RECORDING, id=space_id)
    assert (found["isRecording"], found["recording"]["state"]) == (True, "RECORDING")
    assert (found["recording"]["waveform"], found["recording"]["m4aUrl"]) == ([], None)
    key = GlobalID.from_id(space_id).node_id
    await host.world.use_cases.recordings.take(key, "The disk is full.")
    found = await host.ask(RECORDING, id=space_id)
    assert (found["isRecording"], found["recording"]["state"]) == (False, "FAILED")
    assert found["recording"]["failure"]["reason"] == "The disk is full."
    await host.world.use_cases.recordings.take(key, None)
    found = await host.ask(RECORDING, id=space_id)
    assert (found["isRecording"], found["recording"]["state"]) == (True, "RECORDING")
    assert found["recording"]["failure"]["resumedAt"]
    silent = (await host.do("createSpace", title="Off the record"))["space"]["id"]
    await host.do("startSpace", spaceId=silent)
    assert (await host.ask(RECORDING, id=silent))["recording"] is None, "it is not recorded"


async def test_a_waveform_has_so_many_points_and_no_more(host: Caller) -> None:
    space_id = await recorded(host, "Jazz")
    document = "query($id: ID!, $points: Int!) { space(id: $id) { recording { waveform(points: $points) } } }"
    for points in (0, 2001):
        error = await host.error(document, id=space_id, points=points)
        assert error["extensions"]["code"] == "BAD_USER_INPUT"
