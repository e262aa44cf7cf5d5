"""Connections: whoever loses the right to a session loses the session, at once and wherever they lose it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from app.domain.removals import RemovalAction
from app.services.media_engine import MediaRefused
from app.services.ports import MediaGrant, MediaUse
from app.services.viewers import Viewer
from tests.services.world import GRACE, Process, World
from tests.waiting import until

SDP = "v=0 offer"


@asynccontextmanager
async def connecting(process: Process) -> AsyncIterator[None]:
    """While this is open the process watches its sessions, and hears of closings in others."""
    async with asyncio.TaskGroup() as group:
        running = [group.create_task(work()) for work in (process.connections.run, process.closings.run)]
        await asyncio.sleep(0)
        try:
            yield
        finally:
            for work in running:
                work.cancel()


async def viewer(world: World, process: Process, name: str) -> Viewer:
    """Someone who is logged in."""
    token, _ = world.tokens.for_person((await world.person(name)).id)
    found = await process.viewers.of(f"Bearer {token}")
    assert found
    return found


def address(world: World, use: MediaUse, space_id: str, person: Viewer | None) -> str:
    """The token of an address that someone was given."""
    grant = MediaGrant(use, space_id, person.person.id, person.token_id) if person else MediaGrant(use, space_id, None)
    token, _ = world.tokens.for_media(grant)
    return token


async def test_whom_the_host_blocks_hears_no_more_wherever_they_were_blocked() -> None:
    world = World()
    process, elsewhere, host = Process(world, "a"), Process(world, "b"), await world.person("hana")
    space_id = await process.live_space(host)
    ana, bob = await viewer(world, process, "ana"), await viewer(world, process, "bob")
    async with connecting(process):
        for person in (ana, bob, None):
            await process.audio.listen(address(world, MediaUse.LISTEN, space_id, person), SDP)
        await elsewhere.blocks.block(host, "ana")
        await until(lambda: process.media.listening_from() == {(space_id, "bob"), (space_id, None)}, "ana is cut off")
        with pytest.raises(MediaRefused) as refused:
            await process.audio.listen(address(world, MediaUse.LISTEN, space_id, ana), SDP)
        assert refused.value.status == 403


async def test_whoever_logs_out_neither_hears_nor_speaks_by_what_that_token_opened() -> None:
    world = World()
    process, elsewhere = Process(world, "a"), Process(world, "b")
    hana, ana = await viewer(world, process, "hana"), await viewer(world, process, "ana")
    space_id = await process.live_space(hana.person)
    await process.seat(hana.person, ana.person, space_id)
    other_device = await process.viewers.of(f"Bearer {world.tokens.for_person('ana')[0]}")
    async with connecting(process):
        await process.audio.offer(address(world, MediaUse.SPEAK, space_id, ana), SDP)
        await process.audio.offer(address(world, MediaUse.SPEAK, space_id, hana), SDP)
        await process.audio.listen(address(world, MediaUse.LISTEN, space_id, ana), SDP)
        await process.audio.listen(address(world, MediaUse.LISTEN, space_id, other_device), SDP)
        await elsewhere.viewers.log_out(ana, None)
        await until(lambda: set(process.media.microphones.values()) == {(space_id, "hana")}, "the microphone is gone")
        await until(lambda: list(process.media.listeners.values()) == [(space_id, "ana")], "one ear is gone")
        for use in (MediaUse.SPEAK, MediaUse.LISTEN):
            token = address(world, use, space_id, ana)
            connect = process.audio.offer if use is MediaUse.SPEAK else process.audio.listen
            with pytest.raises(MediaRefused) as refused:
                await connect(token, SDP)
            assert refused.value.status == 401


async def test_what_happens_while_the_offer_is_answered_counts_too() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    space_id = await process.live_space(host)
    ana = await viewer(world, process, "ana")
    async with connecting(process):
        answer = await process.media.offer_listener(space_id, "ana", SDP)
        await process.blocks.block(host, "ana")
        process.connections.keep(MediaGrant(MediaUse.LISTEN, space_id, "ana", ana.token_id), answer.session_id)
        await until(lambda: not process.media.listeners, "the session is hung up")


async def test_a_session_that_is_over_is_watched_no_longer() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    space_id = await process.live_space(host)
    async with connecting(process):
        watching = len(asyncio.all_tasks())
        token = address(world, MediaUse.LISTEN, space_id, await viewer(world, process, "ana"))
        answer = await process.audio.listen(token, SDP)
        await until(lambda: len(asyncio.all_tasks()) > watching, "the session is watched")
        await process.audio.hang_up(token, MediaUse.LISTEN, answer.session_id)
        await until(lambda: len(asyncio.all_tasks()) == watching, "nothing is left of it")


async def test_a_store_that_does_not_answer_ends_the_session_rather_than_the_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    space_id = await process.live_space(host)

    async def fail(token_ids: object) -> set[str]:
        raise ConnectionError("the store is away")

    async with connecting(process):
        answer = await process.media.offer_listener(space_id, "ana", SDP)
        monkeypatch.setattr(world.revocations, "revoked", fail)
        process.connections.keep(MediaGrant(MediaUse.LISTEN, space_id, "ana", "token"), answer.session_id)
        await until(lambda: not process.media.listeners, "the session is hung up")


async def test_whoever_hears_is_present() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    space_id = await process.live_space(host)
    ana = await viewer(world, process, "ana")
    await process.attendance.join(ana.person, space_id)
    await process.audio.listen(address(world, MediaUse.LISTEN, space_id, ana), SDP)
    for _ in range(6):
        world.clock.advance(GRACE / 2)
        await process.attendance.check_presence()
    assert await process.attendance.is_in("ana", space_id)
    assert not await process.attendance.is_in("hana", space_id)


async def test_whoever_is_removed_hears_no_more() -> None:
    world = World()
    process, elsewhere, host = Process(world, "a"), Process(world, "b"), await world.person("hana")
    space_id = await process.live_space(host)
    ana = await viewer(world, process, "ana")
    await process.attendance.join(ana.person, space_id)
    async with connecting(process):
        await process.audio.listen(address(world, MediaUse.LISTEN, space_id, ana), SDP)
        await elsewhere.removals.remove(host, space_id, "ana", RemovalAction.REMOVE)
        await until(lambda: not process.media.listeners, "ana is cut off")
        with pytest.raises(MediaRefused) as refused:
            await process.audio.listen(address(world, MediaUse.LISTEN, space_id, ana), SDP)
        assert refused.value.status == 403
