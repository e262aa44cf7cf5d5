"""Presence: whoever is gone has left after a grace, and no sooner; a Space lives on without its host."""

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import pytest

from tests.server.running import RunningServer, running
from tests.waiting import until
from tests.whole.following import fresh
from tests.whole.people import Person
from tests.whole.provider import Provider
from tests.whole.rooms import connected, live_space, seat

GRACE_SECONDS = 2.0
CLOCKS_DIFFER = 0.01
"""Seconds: the server's time is in whole milliseconds."""
EVENTS = "subscription ($id: ID!) { spaceEvents(spaceId: $id) { __typename version } }"
LISTENERS = "query ($id: ID!) { space(id: $id) { listeners(first: 10) { edges { node { id } } } } }"


@pytest.fixture(scope="module")
async def someone(
    tmp_path_factory: pytest.TempPathFactory, provider: Provider, http: httpx2.AsyncClient
) -> AsyncIterator[Person]:
    """Anyone at a server that believes in silent people for 2 s."""
    settings = {"PRESENCE_GRACE_SECONDS": str(GRACE_SECONDS), "MEDIA_ADDRESSES": "127.0.0.1", **provider.environment}
    server: RunningServer
    async with running(tmp_path_factory.mktemp("impatient") / "data", **settings) as server:
        yield Person(http, server.url)


@asynccontextmanager
async def streaming(person: Person, space_id: str) -> AsyncIterator[None]:
    """A stream of the Space's events is open in the block; after it the connection is cut without a word."""
    async with person.socket() as socket:
        payload = {"query": EVENTS, "variables": {"id": space_id}}
        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
        await socket.recv()
        yield
        socket.transport.abort()


async def listeners(person: Person, space_id: str) -> set[str]:
    """Ids of those who listen with an account."""
    found = await person.read(LISTENERS, id=space_id)
    return {edge["node"]["id"] for edge in found["listeners"]["edges"]}


async def test_a_listener_who_drops_out_leaves_after_the_grace_unless_they_come_back(
    someone: Person, provider: Provider
) -> None:
    host, gone, back = [await someone.of_token(provider.token(name)) for name in ("host1", "gone", "back")]
    space_id = await live_space(host)
    async with streaming(host, space_id):
        for listener in (gone, back):
            await listener.do("joinSpace", spaceId=space_id)
        async with streaming(gone, space_id), streaming(back, space_id):

            async def both_counted() -> bool:
                return bool((await fresh(host, space_id))["listenerCount"] == 2)

            # Longer than a grace, for which joining alone would do.
            since = time.monotonic()
            await until(lambda: time.monotonic() > since + 1.5 * GRACE_SECONDS, "a grace and a half has passed")
            await until(both_counted, "both are counted")
            last_sign = time.monotonic()
            for listener in (gone, back):
                await listener.do("joinSpace", spaceId=space_id)
        async with streaming(back, space_id):

            async def one_left() -> bool:
                return await listeners(host, space_id) == {back.id}

            await until(one_left, "who did not come back has left")
            assert time.monotonic() - last_sign > GRACE_SECONDS - CLOCKS_DIFFER

            async def one_counted() -> bool:
                return bool((await fresh(host, space_id))["listenerCount"] == 1)

            await until(one_counted, "and is not counted any more")
    assert await listeners(host, space_id) == {back.id}


async def test_a_speaker_stays_by_the_microphone_alone_and_loses_the_seat_without(
    someone: Person, provider: Provider
) -> None:
    host, speaker = [await someone.of_token(provider.token(name)) for name in ("host2", "speaker")]
    space_id = await live_space(host)
    async with streaming(host, space_id):
        async with streaming(speaker, space_id):
            await seat(space_id, host, speaker)
            microphone = connected((await speaker.audio(space_id))["whipUrl"])
            await microphone.__aenter__()
        since = time.monotonic()
        await until(lambda: time.monotonic() > since + 1.5 * GRACE_SECONDS, "a grace and a half has passed")
        assert speaker.id in await on_stage(host, space_id)
        await microphone.__aexit__(None, None, None)

        async def seat_is_free() -> bool:
            return await on_stage(host, space_id) == {host.id}

        await until(seat_is_free, "the seat is lost")


async def on_stage(person: Person, space_id: str) -> set[str]:
    """Ids of those who have a seat."""
    return {seat["user"]["id"] for seat in (await fresh(person, space_id))["stage"]}


async def test_a_host_who_drops_out_is_absent_and_is_host_again(someone: Person, provider: Provider) -> None:
    host, cohost = [await someone.of_token(provider.token(name)) for name in ("host3", "cohost")]
    space_id = await live_space(host)
    states = []

    async def host_is(presence: str) -> bool:
        states.append(await fresh(cohost, space_id))
        return bool(states[-1]["hostPresence"] == presence)

    async with streaming(host, space_id):
        await host.do("setMuted", spaceId=space_id, muted=False)
    await until(lambda: host_is("ABSENT"), "the host is absent")
    [seat_of_host] = states[-1]["stage"]
    assert seat_of_host == {"user": {"id": host.id}, "role": "HOST", "isMuted": True}
    async with streaming(host, space_id):
        await host.do("joinSpace", spaceId=space_id)
        assert await host_is("PRESENT")
        assert {state["state"] for state in states} == {"LIVE"}
        await host.do("updateSpace", spaceId=space_id, title="Host again")
