"""Streams: a client that applies what it is sent has what a query would tell it."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any, cast

from strawberry.relay import GlobalID
from strawberry.types.execution import ExecutionResult

from tests.resolvers.conftest import Caller, Json
from tests.resolvers.conversation import DELETE, DELETE_RECORDING, SPACE, raise_hands, user_id
from tests.waiting import DEADLINE

STATE = """state title topics language recordingEnabled speakPolicy clippingAllowed
  scheduledStart timeZone isOverdue hostPresence speakRequestCount invitationCount listenerCount anonymousListenerCount
  stage { user { id } role isMuted }"""
EVENTS = (
    """
subscription($id: ID!, $after: Int) { spaceEvents(spaceId: $id, after: $after) {
  __typename version at
  ... on SpaceSnapshot { resumed space { ...State } }
  ... on SpaceEnded { endReason }
  ... on SpaceRescheduled { scheduledStart timeZone }
  ... on SpacePrepared { participant { user { id } role isMuted } }
  ... on SpaceRenamed { title }
  ... on SettingsChanged { topics language recordingEnabled }
  ... on SpeakPolicyChanged { speakPolicy }
  ... on ClippingAllowedChanged { clippingAllowed }
  ... on HostTransferred { hostId formerHostId }
  ... on SeatGranted { participant { user { id } role isMuted } }
  ... on SeatVacated { userId reason }
  ... on MicrophoneOpened { userId }
  ... on MicrophoneClosed { userId closedById }
  ... on SpeakRequestsChanged { pendingCount }
  ... on InvitationsChanged { pendingCount }
  ... on AudienceChanged { listenerCount anonymousListenerCount }
} }
fragment State on Space { """
    + STATE
    + " }"
)


@asynccontextmanager
async def streaming(caller: Caller, document: str, **variables: Any) -> AsyncIterator[AsyncIterator[ExecutionResult]]:
    """The results of a subscription."""
    results = await caller.api.stream(document, variable_values=variables, context_value=await caller.context())
    async with aclosing(results):
        yield cast("AsyncIterator[ExecutionResult]", results)


def plain(global_id: str) -> str:
    """The id that the use cases know."""
    return GlobalID.from_id(global_id).node_id


async def following(results: AsyncIterator[ExecutionResult]) -> Any:
    """The next result's one field."""
    result = await anext(results)
    assert not result.errors, result.errors
    assert result.data
    [field] = result.data.values()
    return field


def apply(state: Json, event: Json) -> Json:
    """What a client does with an event: the state after it."""
    match event["__typename"]:
        case "SpaceSnapshot":
            return dict(event["space"])
        case "SpacePrepared":
            return state | {"state": "PREPARING", "hostPresence": "PRESENT", "stage": [event["participant"]]}
        case "SpaceCanceled" | "SpaceExpired" as kind:
            over = {"SpaceCanceled": "CANCELED", "SpaceExpired": "EXPIRED"}[kind]
            return state | {"state": over, "stage": [], "invitationCount": 0, "hostPresence": "PRESENT"}
        case "SpaceStarted":
            return state | {"state": "LIVE"}
        case "SpaceEnded":
            gone = dict.fromkeys(("speakRequestCount", "invitationCount", "listenerCount", "anonymousListenerCount"), 0)
            return state | gone | {"state": "ENDED", "stage": []}
        case "HostLeft":
            return state | {"hostPresence": "ABSENT"}
        case "HostReturned":
            return state | {"hostPresence": "PRESENT"}
        case "HostTransferred":
            roles = {event["hostId"]: "HOST", event["formerHostId"]: "COHOST"}
            stage = [one | {"role": roles.get(one["user"]["id"], one["role"])} for one in state["stage"]]
            return state | {"stage": stage, "hostPresence": "PRESENT"}
        case "SpeakRequestsChanged":
            return state | {"speakRequestCount": event["pendingCount"]}
        case "InvitationsChanged":
            return state | {"invitationCount": event["pendingCount"]}
        case "SeatGranted":
            return state | {"stage": _reseated(state["stage"], event["participant"])}
        case "SeatVacated":
            return state | {"stage": [one for one in state["stage"] if one["user"]["id"] != event["userId"]]}
        case "MicrophoneOpened" | "MicrophoneClosed" as kind:
            return state | {"stage": _muted(state["stage"], event["userId"], muted=kind == "MicrophoneClosed")}
        case _:
            return state | {key: value for key, value in event.items() if key in state}


def _reseated(stage: list[Json], participant: Json) -> list[Json]:
    if all(one["user"] != participant["user"] for one in stage):
        return [*stage, participant]
    return [participant if one["user"] == participant["user"] else one for one in stage]


def _muted(stage: list[Json], person_id: str, *, muted: bool) -> list[Json]:
    return [one | {"isMuted": muted} if one["user"]["id"] == person_id else one for one in stage]


async def converse(host: Caller, guest: Caller, other: Caller, live: str) -> None:
    """Every kind of event that a live Space knows, but its end."""
    await raise_hands(live, guest, other)
    request = (await guest.ask(SPACE % "viewerSpeakRequest { id }", id=live))["viewerSpeakRequest"]
    await host.do("acceptSpeakRequest", spaceId=live, requestId=request["id"])
    await guest.do("setMuted", spaceId=live, muted=False)
    await host.do("inviteToStage", spaceId=live, userId=await user_id(guest), role="COHOST")
    invitation = (await guest.ask(SPACE % "viewerInvitation { id }", id=live))["viewerInvitation"]
    await guest.do("acceptInvitation", spaceId=live, invitationId=invitation["id"])
    await host.do("muteParticipant", spaceId=live, userId=await user_id(guest))
    await guest.do("setMuted", spaceId=live, muted=False)
    await host.do("muteAll", spaceId=live)
    await host.do("inviteToStage", spaceId=live, userId=await user_id(other))
    unanswered = (await other.ask(SPACE % "viewerInvitation { id }", id=live))["viewerInvitation"]
    await guest.do("revokeInvitation", spaceId=live, invitationId=unanswered["id"])
    await host.do("transferHost", spaceId=live, userId=await user_id(guest))
    await guest.do("transferHost", spaceId=live, userId=await user_id(host))
    await host.do("updateSpace", spaceId=live, title="Blues")
    await host.do("setClippingAllowed", spaceId=live, clippingAllowed=False)
    await host.do("leaveSpace", spaceId=live)
    await host.do("joinSpace", spaceId=live)
    await host.do("setSpeakPolicy", spaceId=live, speakPolicy="INVITED_ONLY")
    await guest.do("removeFromStage", spaceId=live, userId=await user_id(guest))


async def test_snapshot_and_events_are_what_a_query_says(
    host: Caller, guest: Caller, other: Caller, anyone: Caller
) -> None:
    space_id = (await host.do("createSpace", title="Jazz"))["space"]["id"]
    async with streaming(host, EVENTS, id=space_id) as results:
        first = await following(results)
        assert (first["__typename"], first["resumed"], first["version"]) == ("SpaceSnapshot", False, 1)
        state, version = apply({}, first), 1
        await host.do("updateSpace", spaceId=space_id, topics=["Music"], language="en", recordingEnabled=True)
        await host.do("startSpace", spaceId=space_id)
        await converse(host, guest, other, space_id)
        seen = {"SpaceSnapshot"}
        while version < (await anyone.ask(SPACE % "version", id=space_id))["version"]:
            event = await following(results)
            assert event["version"] == version + 1
            version, state = event["version"], apply(state, event)
            seen.add(event["__typename"])
        assert state == await anyone.ask(SPACE % STATE, id=space_id)
        await host.do("endSpace", spaceId=space_id)
        event = await following(results)
        assert (event["__typename"], event["endReason"]) == ("SpaceEnded", "HOST")
        assert apply(state, event) == await anyone.ask(SPACE % STATE, id=space_id)
        assert [result async for result in results] == []
    assert seen == {
        "SpaceSnapshot",
        "SpaceStarted",
        "SpaceRenamed",
        "SettingsChanged",
        "SpeakPolicyChanged",
        "ClippingAllowedChanged",
        "HostLeft",
        "HostReturned",
        "HostTransferred",
        "SeatGranted",
        "SeatVacated",
        "MicrophoneOpened",
        "MicrophoneClosed",
        "SpeakRequestsChanged",
        "InvitationsChanged",
    }
    assert host.world.feeds.followers(plain(space_id)) == 0


async def test_resuming_brings_what_was_missed_from_any_version(
    host: Caller, guest: Caller, other: Caller, live: str
) -> None:
    states: dict[int, Json] = {}
    async with streaming(host, EVENTS, id=live) as results:
        snapshot = await following(results)
        states[snapshot["version"]] = state = apply({}, snapshot)
        await converse(host, guest, other, live)
        current = (await host.ask(SPACE % "version", id=live))["version"]
        while max(states) < current:
            event = await following(results)
            states[event["version"]] = state = apply(state, event)
    for version in states:
        state = states[version]
        async with streaming(guest, EVENTS, id=live, after=version) as results:
            while (event := await following(results))["__typename"] != "Heartbeat":
                state = apply(state, event)
        assert event["version"] == current
        assert state == states[current]


async def test_too_old_a_version_brings_a_snapshot(host: Caller, live: str) -> None:
    async with streaming(host, EVENTS, id=live, after=-5) as results:
        first = await following(results)
    assert (first["__typename"], first["resumed"]) == ("SpaceSnapshot", False)


async def test_a_heartbeat_carries_the_version(host: Caller, live: str) -> None:
    async with streaming(host, EVENTS, id=live) as results:
        version = (await following(results))["version"]
        host.world.feeds.beat(plain(live), version)
        beat = await following(results)
    assert (beat["__typename"], beat["version"]) == ("Heartbeat", version)


async def test_a_long_stream_keeps_nothing_of_past_events(host: Caller, live: str) -> None:
    key = plain(live)
    async with streaming(host, EVENTS, id=live) as results:
        version = (await following(results))["version"]
        objects = []
        for _ in range(3):
            for _ in range(100):
                host.world.feeds.beat(key, version)
                await following(results)
            gc.collect()
            objects.append(len(gc.get_objects()))
    assert objects[2] - objects[1] < 100, "less than an object for each event"


async def test_an_audience_is_streamed_as_counts(host: Caller, guest: Caller, live: str) -> None:
    async with streaming(host, EVENTS, id=live) as results:
        await following(results)
        await guest.do("joinSpace", spaceId=live)
        async with asyncio.timeout(DEADLINE), asyncio.TaskGroup() as group:
            counting = group.create_task(host.world.attendance.run_counting())
            counted = await following(results)
            counting.cancel()
    assert (counted["__typename"], counted["listenerCount"]) == ("AudienceChanged", 1)


async def test_what_is_hidden_cannot_be_followed(host: Caller, guest: Caller, anyone: Caller) -> None:
    space_id = (await host.do("createSpace", title="Jazz"))["space"]["id"]
    reactions = "subscription($id: ID!) { reactions(spaceId: $id) { emoji } }"
    for caller, document in ((guest, EVENTS), (anyone, EVENTS), (guest, reactions)):
        async with streaming(caller, document, id=space_id) as results:
            [result] = [one async for one in results]
        assert result.data is None
        assert result.errors
        assert [one.extensions for one in result.errors] == [{"code": "SPACE_NOT_FOUND"}]


async def test_who_may_no_longer_see_it_is_sent_away(host: Caller, guest: Caller) -> None:
    guest_id = await user_id(guest)
    space_id = (await host.do("createSpace", title="Jazz", initialSpeakerIds=[guest_id]))["space"]["id"]
    async with streaming(guest, EVENTS, id=space_id) as results:
        await following(results)
        own = (await guest.ask(SPACE % "viewerInvitation { id }", id=space_id))["viewerInvitation"]
        await guest.do("declineInvitation", spaceId=space_id, invitationId=own["id"])
        [result] = [one async for one in results]
    assert result.errors
    assert [one.extensions for one in result.errors] == [{"code": "SPACE_NOT_FOUND"}]


async def test_reactions_come_in_batches(host: Caller, guest: Caller, live: str) -> None:
    await guest.do("joinSpace", spaceId=live)
    send = "mutation($i: SendReactionInput!) { sendReaction(input: $i) { userErrors { code } } }"
    document = "subscription($id: ID!) { reactions(spaceId: $id) { emoji count from { handle bio } } }"
    async with (
        streaming(host, document, id=live) as results,
        asyncio.timeout(DEADLINE),
        asyncio.TaskGroup() as group,
    ):
        batch = group.create_task(following(results))
        await host.world.feeds.reader_came.wait()
        for person, emoji in ((guest, "👏"), (guest, "👏"), (host, "❤️")):
            await person.ask(send, i={"spaceId": live, "emoji": emoji})
        host.world.feeds.send_batch(plain(live))
    assert batch.result() == [
        {"emoji": "👏", "count": 2, "from": [{"handle": "gustav", "bio": ""}]},
        {"emoji": "❤️", "count": 1, "from": [{"handle": "hannah", "bio": ""}]},
    ]


async def test_the_last_word_on_a_space_that_is_deleted_before_its_start(host: Caller) -> None:
    space_id = (await host.do("createSpace", title="Jazz"))["space"]["id"]
    async with streaming(host, EVENTS, id=space_id) as results:
        assert (await following(results))["__typename"] == "SpaceSnapshot"
        await host.ask(DELETE, id=space_id, sure=True)
        assert (await following(results))["__typename"] == "SpaceDeleted"
        assert [result async for result in results] == []


async def test_what_was_missed_may_be_that_the_recording_is_deleted(host: Caller, live: str) -> None:
    version = (await host.ask(SPACE % "version", id=live))["version"]
    await host.do("endSpace", spaceId=live)
    await host.ask(DELETE_RECORDING, id=live)
    async with streaming(host, EVENTS, id=live, after=version) as results:
        missed = [await following(results) for _ in range(2)]
    assert [one["__typename"] for one in missed] == ["SpaceEnded", "RecordingDeleted"]
