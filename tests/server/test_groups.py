"""Groups: what is executed once for many is, for each, what their own execution would have told them."""

from __future__ import annotations

import asyncio
import json
import re
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strawberry.relay import GlobalID
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from app.domain import refusals
from app.domain.drafts import Edit
from app.domain.removals import RemovalAction
from app.domain.roster import Person
from app.domain.transcripts import Phrase, Word
from app.domain.voices import Voice, voices
from app.services.people import Session
from app.services.ports import Unauthenticated
from app.web.sockets import SLOW, Socket
from resolvers.api import Api, build_schema
from tests.fakes.clock import StoppedClock
from tests.fakes.world import World
from tests.server.memory import Json, MemoryClient, served, settled

CONSTANT = timedelta(0)
DOCUMENTS = (
    "subscription($id: ID!, $after: Int) { spaceEvents(spaceId: $id, after: $after) { __typename version at } }",
    """subscription($id: ID!, $after: Int) { news: spaceEvents(spaceId: $id, after: $after) {
      ...Numbers ... on SpaceSnapshot { space { ...Of } } ... on SpaceRenamed { called: title } } }
    fragment Numbers on SpaceEvent { v: version __typename }
    fragment Of on Space { id title host { handle bio } stage { user { displayName } isMuted } speakRequestCount }""",
    """subscription($id: ID!, $after: Int, $few: Boolean = true) { spaceEvents(spaceId: $id, after: $after) {
      version at @skip(if: $few) ... on MicrophoneOpened { userId } ... on SpeakRequestsChanged { pendingCount } } }""",
    # Not the same for all.
    """subscription($id: ID!, $after: Int) { spaceEvents(spaceId: $id, after: $after) {
      version ... on SpaceSnapshot { space { viewerRole } } } }""",
    "subscription($id: ID!) { reactions(spaceId: $id) { emoji count from { handle } } }",
    'subscription($id: ID!) { captions(spaceId: $id, language: "en-GB") { text words { text } speaker { handle } } }',
    "subscription($id: ID!) { speaking(spaceId: $id) { userId level } }",
    # Wrong in one way or another.
    "subscription($id: ID!) { spaceEvents(spaceId: $id, after: 1) { version } }",
    "subscription($id: ID!) { spaceEvents(spaceId: $id) { version } other: speaking(spaceId: $id) { level } }",
    'subscription($id: ID!) { a: captions(spaceId: "VXNlcjp4") { text } }',
    'subscription { spaceEvents(spaceId: "U3BhY2U6eA==") { version } }',
)
TELLS_OF_NOW = 6
"""The document whose slow readers miss what is over."""
FAULT = re.compile(r"[0-9a-f]{16}")


@dataclass
class Stage:
    """A world, its Space, and three clients of it, each with connections of one kind."""

    world: World
    host: Person
    guest: Session
    space_id: str
    people: Any
    clients: list[MemoryClient] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The Space's, as clients know it."""
        return str(GlobalID("Space", self.space_id))


async def staged(api: Api, *, shared: bool, kinds: tuple[type[WebSocketsSansIOProtocol], ...]) -> Stage:
    """A live Space, and clients: the first and the last anonymous, the other one a guest who has joined."""
    world = World(clock=StoppedClock(step=CONSTANT))
    host = (await world.sign_up("hannah")).account.person
    guest = await world.sign_up("gustav")
    draft = await world.use_cases.spaces.draft(host, "Jazz", Edit())
    space = await world.use_cases.spaces.create(host, draft, [])
    await world.use_cases.spaces.start(host, space.id)
    await world.use_cases.attendance.join(guest.account.person, space.id)
    stage = Stage(world, host, guest, space.id, world.people.get_many)
    app = served(world, api, shared=shared)
    for number, kind in enumerate(kinds):
        client = MemoryClient(app, kind)
        await client.greet(guest.token if number == 1 else None)
        stage.clients.append(client)
    return stage


Step = tuple[Any, ...]
CLIENTS = st.integers(0, 2)
IDS = st.sampled_from(["a", "b"])
STEPS = st.one_of(
    st.tuples(
        st.just("subscribe"), CLIENTS, IDS, st.integers(0, len(DOCUMENTS) - 1), st.sampled_from([None, 0, 1, 99])
    ),
    st.tuples(st.just("subscribe"), CLIENTS, IDS, st.integers(0, 2), st.none()),
    st.tuples(st.just("resubscribe"), CLIENTS, IDS, st.integers(0, len(DOCUMENTS) - 1)),
    st.tuples(st.just("complete"), CLIENTS, IDS),
    st.tuples(st.just("rename"), st.integers(0, 9)),
    st.tuples(st.just("mute"), st.booleans()),
    st.tuples(st.sampled_from(["raise", "lower", "react", "say", "beat"])),
    st.tuples(st.just("speak"), st.sampled_from([0.0, 0.5, 1.0])),
    st.tuples(st.just("people"), st.booleans()),
    st.tuples(st.just("drop"), CLIENTS),
    st.tuples(st.sampled_from(["block", "remove", "log out", "end", "delete"])),
)


async def do(stage: Stage, step: Step) -> None:
    """One step of a story; what a rule refuses happens in no world."""
    cases, guest = stage.world.use_cases, stage.guest.account.person
    with suppress(refusals.Refusal, Unauthenticated):
        match step:
            case ("subscribe", client, operation_id, document, after):
                if not stage.clients[client].is_open(operation_id):
                    stage.clients[client].subscribe(operation_id, DOCUMENTS[document], id=stage.id, after=after)
            case ("resubscribe", client, operation_id, document):
                stage.clients[client].complete(operation_id)
                stage.clients[client].subscribe(operation_id, DOCUMENTS[document], id=stage.id)
            case ("complete", client, operation_id):
                stage.clients[client].complete(operation_id)
            case ("rename", number):
                await cases.spaces.update(stage.host, stage.space_id, Edit(title=f"Jazz {number}"))
            case ("mute", muted):
                await cases.stage.set_muted(stage.host, stage.space_id, muted)
            case ("raise",):
                await cases.stage.request_to_speak(guest, stage.space_id)
            case ("lower",):
                await cases.stage.cancel_request(guest, stage.space_id)
            case ("react",):
                await cases.reactions.send(guest, stage.space_id, "👏")
                stage.world.feeds.send_batch(stage.space_id)
            case ("say",):
                stage.world.feeds.caption(_phrase(stage))
            case ("beat",):
                space = await stage.world.spaces.get(stage.space_id)
                assert space
                stage.world.feeds.beat(stage.space_id, space.version)
            case ("speak", level):
                stage.world.feeds.speak(stage.space_id, voices([Voice(stage.host.id, True, level)]))
            case ("people", there):
                setattr(stage.world.people, "get_many", stage.people if there else _unreachable)  # noqa: B010
            case ("drop", client):
                await stage.clients[client].go()
            case ("block",):
                await cases.blocks.block(stage.host, guest.id)
            case ("remove",):
                await cases.removals.remove(stage.host, stage.space_id, guest.id, RemovalAction.REMOVE)
            case ("log out",):
                viewer = await cases.viewers.of(f"Bearer {stage.guest.token}")
                assert viewer
                await cases.viewers.log_out(viewer, None)
            case ("end",):
                await cases.spaces.end(stage.host, stage.space_id)
            case ("delete",):
                await cases.deletion.delete(stage.host, stage.space_id, confirmed=True)


async def _unreachable(*_: object) -> Any:
    raise OSError("the database is away")


def _phrase(stage: Stage) -> Phrase:
    words = (Word("Good", 0, 300, 0.9), Word("evening", 300, 900, 0.8))
    return Phrase("p1", stage.space_id, stage.host.id, "en", 0, 900, 1500, words, stage.world.clock())


def told(client: MemoryClient, operation_id: str) -> list[Json]:
    """What a client was told, but for the ids of faults, which are never the same."""
    text = json.dumps(client.of(operation_id))
    return cast("list[Json]", json.loads(FAULT.sub("some id", text)))


OURS, ANY = Socket, WebSocketsSansIOProtocol
STORIES = settings(deadline=None, max_examples=30, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def api() -> Api:
    """The schema."""
    return build_schema()


@pytest.mark.parametrize("kinds", [(OURS, OURS, OURS), (ANY, ANY, OURS)], ids=["frames", "messages"])
@STORIES
@given(story=st.lists(STEPS, max_size=25))
def test_everyone_is_told_what_their_own_execution_would_tell(
    api: Api, kinds: tuple[type[WebSocketsSansIOProtocol], ...], story: list[Step]
) -> None:
    async def run() -> None:
        together = await staged(api, shared=True, kinds=kinds)
        apart = await staged(api, shared=False, kinds=kinds)
        for step in story:
            for stage in (together, apart):
                await do(stage, step)
                await settled()
            for one, other in zip(together.clients, apart.clients, strict=True):
                assert one.close_code == other.close_code
                for operation_id in ("a", "b"):
                    assert told(one, operation_id) == told(other, operation_id)
        assert together.world.feeds.followers(together.space_id) <= apart.world.feeds.followers(apart.space_id)
        for stage in (together, apart):
            for client in stage.clients:
                await client.go()
            assert stage.world.feeds.followers(stage.space_id) == 0

    asyncio.run(run())


HASTE = st.one_of(
    st.tuples(st.just("resume"), CLIENTS, IDS, st.integers(0, 1), st.sampled_from([0, 1, 2, 4])),
    st.tuples(st.just("resubscribe"), CLIENTS, IDS, st.integers(0, 1)),
    st.tuples(st.just("complete"), CLIENTS, IDS),
    st.tuples(st.just("rename"), st.integers(0, 9)),
    st.tuples(st.just("mute"), st.booleans()),
    st.tuples(st.just("beat")),
    st.tuples(st.just("pass"), st.integers(1, 12)),
    st.tuples(st.sampled_from(["slow", "drain"]), CLIENTS),
    st.tuples(st.just("crowd"), st.integers(2, 40)),
)


async def hurry(stage: Stage, step: Step) -> None:
    """One step, after which nobody is waited for."""
    match step:
        case ("pass", passes):
            for _ in range(passes):
                await asyncio.sleep(0)
        case ("resume", client, operation_id, document, after):
            if not stage.clients[client].has_begun(operation_id):
                stage.clients[client].subscribe(operation_id, DOCUMENTS[document], id=stage.id, after=after)
        case ("slow", client):
            stage.clients[client].wire.slow, stage.clients[client].wire.high = True, 300
        case ("drain", client):
            stage.clients[client].wire.drain()
        case ("crowd", events):
            for number in range(events):
                await do(stage, ("mute", number % 2 == 1))
        case _:
            await do(stage, step)


@pytest.mark.parametrize("kinds", [(OURS, OURS, OURS), (ANY, ANY, OURS)], ids=["frames", "messages"])
@STORIES
@given(story=st.lists(HASTE, max_size=40))
def test_in_whatever_haste_nothing_is_missing_repeated_or_out_of_order(
    api: Api, kinds: tuple[type[WebSocketsSansIOProtocol], ...], story: list[Step], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.web.ring.KEPT", 8)
    monkeypatch.setattr("app.web.sockets.HIGH_WATER", 300)

    async def run() -> None:
        stage = await staged(api, shared=True, kinds=kinds)
        for step in story:
            await hurry(stage, step)
        for client in stage.clients:
            client.wire.drain()
            await settled()
        space = await stage.world.spaces.get(stage.space_id)
        assert space
        same: dict[tuple[str, int], Json] = {}
        for client in stage.clients:
            for operation_id in ("a", "b"):
                version = _checked(client.of(operation_id), same)
                assert version == space.version or not client.is_open(operation_id)
            await client.go()
        assert stage.world.feeds.followers(stage.space_id) == 0

    asyncio.run(run())


def _checked(messages: list[Json], same: dict[tuple[str, int], Json]) -> int:
    """The version that a client has at last; each event is the one that all others got."""
    known = -1
    for one in messages:
        assert one["type"] == "next"
        [(name, event)] = one["payload"]["data"].items()
        version = event.get("version", event.get("v"))
        match event["__typename"]:
            case "SpaceSnapshot":
                assert version >= known
            case "Heartbeat":
                assert version == known or known == -1
            case _:
                assert version == known + 1 or known == -1
                assert same.setdefault((name, version), event) == event
        known = version
    return known


def test_an_id_that_means_something_else_at_once_is_told_nothing_of_what_it_meant(api: Api) -> None:
    async def run(passes: int) -> None:
        stage = await staged(api, shared=True, kinds=(OURS,))
        [client] = stage.clients
        client.subscribe("a", DOCUMENTS[0], id=stage.id)
        await settled()
        await do(stage, ("mute", False))
        await hurry(stage, ("pass", passes))
        client.complete("a")
        client.subscribe("a", DOCUMENTS[1], id=stage.id)
        await hurry(stage, ("pass", 1))
        before = len(client.messages)
        await do(stage, ("mute", True))
        await settled()
        [first, *others] = [one["payload"]["data"]["news"] for one in client.messages[before:]]
        assert first["__typename"] == "SpaceSnapshot"
        assert [one["v"] for one in others] == list(range(first["v"] + 1, first["v"] + 1 + len(others)))
        await client.go()

    for passes in range(10):
        asyncio.run(run(passes))


def test_who_falls_behind_goes_on_from_the_state_as_it_is_then(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.web.ring.KEPT", 8)
    monkeypatch.setattr("app.web.sockets.HIGH_WATER", 300)

    async def run() -> None:
        stage = await staged(api, shared=True, kinds=(OURS, ANY, OURS))
        for client in stage.clients:
            client.subscribe("a", DOCUMENTS[0], id=stage.id)
        await settled()
        for client in stage.clients[:2]:
            client.wire.slow, client.wire.high = True, 300
        for _ in range(10):
            await hurry(stage, ("crowd", 4))
            await settled()
        space = await stage.world.spaces.get(stage.space_id)
        assert space
        snapshots = []
        for client in stage.clients:
            client.wire.drain()
            await settled()
            assert _checked(client.of("a"), {}) == space.version
            kinds = [one["payload"]["data"]["spaceEvents"]["__typename"] for one in client.of("a")]
            snapshots.append(kinds.count("SpaceSnapshot"))
        assert snapshots == [2, 2, 1]
        for client in stage.clients:
            await client.go()

    asyncio.run(run())


def test_one_execution_serves_all_and_those_who_come_together_begin_alike(api: Api) -> None:
    async def run() -> None:
        stage = await staged(api, shared=True, kinds=(OURS, OURS, ANY))
        for client in stage.clients:
            client.subscribe("a", DOCUMENTS[1], id=stage.id)
            client.subscribe("b", DOCUMENTS[1], id=stage.id)
        await settled()
        assert stage.world.feeds.followers(stage.space_id) == 1
        await do(stage, ("rename", 1))
        await settled()
        told_of = [[one["payload"] for one in client.of(name)] for client in stage.clients for name in ("a", "b")]
        assert [len(one) for one in told_of] == [2] * 6
        assert all(one == told_of[0] for one in told_of)
        for client in stage.clients:
            await client.go()

    asyncio.run(run())


def test_anonymous_listeners_count_each_for_themselves(api: Api) -> None:
    async def run() -> None:
        stage = await staged(api, shared=True, kinds=(OURS, ANY, OURS))
        counted = stage.world.attendance.count_all
        for client in stage.clients:
            client.subscribe("a", DOCUMENTS[0], id=stage.id)
        await settled()
        stage.world.clock.advance(timedelta(seconds=5))
        await counted()
        space = await stage.world.spaces.get(stage.space_id)
        assert space
        assert (space.anonymous, space.listeners) == (2, 1)
        for client in stage.clients:
            await client.go()

    asyncio.run(run())


async def test_who_reads_nothing_for_too_long_is_let_go(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.web.sockets.STALLED", timedelta(0))
    monkeypatch.setattr("app.web.sockets.FAREWELL", timedelta(0))
    stage = await staged(api, shared=True, kinds=(OURS, OURS))
    slow, quick = stage.clients
    for client in stage.clients:
        client.subscribe("a", DOCUMENTS[0], id=stage.id)
    await settled()
    slow.wire.slow = True
    while not slow.wire.is_closing():
        await hurry(stage, ("crowd", 20))
        await settled()
    space = await stage.world.spaces.get(stage.space_id)
    assert space
    assert _checked(quick.of("a"), {}) == space.version
    assert len(slow.wire.waiting) < 2 * slow.wire.high
    slow.wire.drain()
    assert slow.close_code == SLOW
    await quick.go()
