"""Groups: what is executed once for many is, for each, what their own execution would have told them."""

from __future__ import annotations

import asyncio
import gc
import json
import re
import socket
import weakref
from datetime import timedelta
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from app.web.groups import PORTION
from app.web.serving import bind, serving
from app.web.sockets import SLOW, Socket
from resolvers.api import build_schema
from resolvers.operations import Api
from tests.server.memory import Json, MemoryClient, served, settled
from tests.server.stories import DOCUMENTS, HASTE, STEPS, Step, do, hurry, staged

FAULT = re.compile(r"[0-9a-f]{16}")


def told(client: MemoryClient, operation_id: str) -> list[Json]:
    """What a client was told, but for the ids of faults, which are never the same."""
    text = json.dumps(client.of(operation_id))
    return cast("list[Json]", json.loads(FAULT.sub("some id", text)))


OURS, ANY = Socket, WebSocketsSansIOProtocol
BURST_PASSES = 600
"""What a story leaves to be told is executed event by event."""
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
        await settled(BURST_PASSES)
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
    assert len(slow.wire.waiting) < 2 * PORTION
    slow.wire.drain()
    assert slow.close_code == SLOW
    await quick.go()


async def test_who_is_gone_leaves_nothing_to_the_collector_of_cycles(api: Api) -> None:
    stage = await staged(api, shared=True, kinds=(OURS,))
    [client] = stage.clients
    client.subscribe("a", DOCUMENTS[0], id=stage.id)
    await settled()
    assert client.wire.protocol
    there = weakref.ref(client.wire.protocol)
    gc.disable()
    try:
        await client.go()
        client.wire.protocol = None
        await settled()
        assert there() is None
    finally:
        gc.enable()


async def test_over_the_network_who_reads_late_is_told_all_in_order(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.web.sockets.KERNEL_BUFFER", 1024)
    stage = await staged(api, shared=True, kinds=())
    with bind("127.0.0.1", 0) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        async with serving(served(stage.world, api), listening):
            url = f"ws://127.0.0.1:{listening.getsockname()[1]}/graphql"
            protocol = Subprotocol("graphql-transport-ws")
            late, early = [await connect(url, subprotocols=[protocol], max_queue=1) for _ in range(2)]
            for one in (late, early):
                await one.send('{"type":"connection_init"}')
                await one.recv()
                payload = {"query": DOCUMENTS[0], "variables": {"id": stage.id}}
                await one.send(json.dumps({"id": "a", "type": "subscribe", "payload": payload}))
                assert "SpaceSnapshot" in str(await one.recv())
            late.transport.pause_reading()
            told = [0, 0]
            for step in range(400):
                await do(stage, ("mute", bool(step % 2)))
                told[1] = await _version(early, told[1])
            late.transport.resume_reading()
            while told[0] < told[1]:
                told[0] = await _version(late, told[0])
            for one in (late, early):
                await one.close()


async def _version(client: ClientConnection, before: int) -> int:
    """The next that a client is told, which follows what it knew or is the state."""
    async with asyncio.timeout(10):
        [event] = json.loads(await client.recv())["payload"]["data"].values()
    assert event["version"] == before + 1 or event["__typename"] == "SpaceSnapshot" or not before
    return cast("int", event["version"])
