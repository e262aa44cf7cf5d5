"""Stories: what clients of a Space do, and what happens in it, step by step; a property test makes them up."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

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
from resolvers.operations import Api
from tests.fakes.clock import StoppedClock
from tests.fakes.world import World
from tests.server.memory import MemoryClient, served

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
