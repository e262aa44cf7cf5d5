"""A client that keeps a Space's state by its events, and holds the stream to its promises."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

from tests.whole.people import Json, Person

STATE = """
fragment State on Space {
  version title state speakPolicy clippingAllowed hostPresence
  listenerCount anonymousListenerCount speakRequestCount invitationCount
  sharedPosts(first: 100) { edges { node { post { id text } sharedBy { id } } } }
  stage { user { id } role isMuted }
}"""
QUERY = "query ($id: ID!) { space(id: $id) { ...State } }" + STATE
EVENTS = (
    """
subscription ($id: ID!, $after: Int) {
  spaceEvents(spaceId: $id, after: $after) {
    __typename version
    ... on SpaceSnapshot { resumed space { ...State } }
    ... on SpaceRenamed { title }
    ... on SpeakPolicyChanged { speakPolicy }
    ... on ClippingAllowedChanged { clippingAllowed }
    ... on SeatGranted { participant { user { id } role isMuted } }
    ... on SeatVacated { userId }
    ... on MicrophoneOpened { userId }
    ... on MicrophoneClosed { userId }
    ... on SpeakRequestsChanged { pendingCount }
    ... on InvitationsChanged { pendingCount }
    ... on AudienceChanged { listenerCount anonymousListenerCount }
    ... on PostShared { sharedPost { post { id text } sharedBy { id } } }
    ... on PostUnshared { postId }
  }
}"""
    + STATE
)


async def fresh(person: Person, space_id: str) -> Json:
    """The Space as a query has it now."""
    found: Json = await person.read(QUERY, id=space_id)
    return found


class Follower:
    """Someone who follows a Space over a websocket or by server-sent events, and comes back with what they know."""

    def __init__(self, person: Person, space_id: str, *, by_sse: bool = False) -> None:
        self._person = person
        self._space_id = space_id
        self._by_sse = by_sse
        self._task: asyncio.Task[None] | None = None
        self.state: Json = {}
        self.snapshots = self.heartbeats = 0

    def connect(self) -> None:
        """Starts, or goes on after the last version seen."""
        self._task = asyncio.create_task(self._follow(), name="follower")

    async def disconnect(self) -> None:
        """Goes offline. Raises what the stream did wrong."""
        assert self._task is not None
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def is_at(self, state: Json) -> bool:
        """Whether the events have led to this very state. Raises what the stream did wrong."""
        assert self._task is not None
        if self._task.done():
            await self._task
        return self.state == state

    async def _follow(self) -> None:
        variables = {"id": self._space_id, "after": self.state.get("version")}
        if self._by_sse:
            async with self._person.follow_by_sse(EVENTS, **variables) as payloads:
                await self._read(payload["data"]["spaceEvents"] async for payload in payloads)
        else:
            async with self._person.follow(EVENTS, **variables) as events:
                await self._read(events)

    async def _read(self, events: AsyncIterator[Json]) -> None:
        async for event in events:
            match event["__typename"]:
                case "SpaceSnapshot":
                    assert not event["resumed"]
                    self.snapshots += 1
                    self.state = event["space"]
                case "Heartbeat":
                    self.heartbeats += 1
                    assert event["version"] == self.state["version"], "a heartbeat tells no news"
                case _:
                    assert event["version"] == self.state["version"] + 1, "no gap and no repeat"
                    apply(self.state, event)


def apply(state: Json, event: Json) -> None:
    """What a client does with an event, by the schema's descriptions alone."""
    state["version"] = event["version"]
    match event["__typename"]:
        case "SpaceStarted":
            state["state"] = "LIVE"
        case "SpaceEnded":
            nobody = {"listenerCount": 0, "anonymousListenerCount": 0, "speakRequestCount": 0, "invitationCount": 0}
            state.update(state="ENDED", stage=[], **nobody)
        case "HostLeft":
            state["hostPresence"] = "ABSENT"
        case "HostReturned":
            state["hostPresence"] = "PRESENT"
        case "SpeakRequestsChanged":
            state["speakRequestCount"] = event["pendingCount"]
        case "InvitationsChanged":
            state["invitationCount"] = event["pendingCount"]
        case "PostShared":
            state["sharedPosts"]["edges"].append({"node": event["sharedPost"]})
        case "PostUnshared":
            shown = state["sharedPosts"]["edges"]
            state["sharedPosts"]["edges"] = [one for one in shown if one["node"]["post"]["id"] != event["postId"]]
        case "SeatGranted":
            seat(state["stage"], event["participant"])
        case "SeatVacated":
            state["stage"] = [one for one in state["stage"] if one["user"]["id"] != event["userId"]]
        case "MicrophoneOpened" | "MicrophoneClosed" as kind:
            [one] = [one for one in state["stage"] if one["user"]["id"] == event["userId"]]
            one["isMuted"] = kind == "MicrophoneClosed"
        case _:
            state.update({name: value for name, value in event.items() if name != "__typename"})


def seat(stage: list[Json], participant: Json) -> None:
    """Puts someone on the stage, or in another seat there."""
    for index, one in enumerate(stage):
        if one["user"]["id"] == participant["user"]["id"]:
            stage[index] = participant
            return
    stage.append(participant)


async def next_news(events: AsyncIterator[Json]) -> Json:
    """The next event that is not a heartbeat."""
    while (event := await anext(events))["__typename"] == "ViewerHeartbeat":
        pass
    return event
