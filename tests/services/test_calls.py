"""Calls: by whose address one speaks and hears over a WebSocket, and why it is over."""

import asyncio

import pytest

from app.services.calls import Call
from app.services.media_engine import MediaRefused, MediaUnavailable
from app.services.ports import MediaUse
from tests.services.test_audio import refused, room, token_in
from tests.services.test_connections import address, connecting, viewer
from tests.services.world import Process, World


async def ended(process: Process, call: Call) -> int:
    """The status with which a call ends."""
    error = await process.calls.end_of(call)
    assert isinstance(error, MediaRefused)
    assert str(error)
    return error.status


async def test_the_stage_speaks_and_hears_and_everyone_else_hears() -> None:
    world = World()
    process = Process(world)
    space_id, _ = await room(world, process)
    for viewer_id, speaks in (("hana", True), ("ana", False), (None, False)):
        addresses = await process.audio.addresses(viewer_id, await world.space(space_id))
        assert addresses
        assert addresses.socket_url
        assert addresses.socket_url.startswith("wss://a.example/audio/")
        token = token_in(addresses.socket_url)
        call = await process.calls.join(token, speaks=None, hears=True)
        assert (call.line.microphone_id is not None) is speaks
        assert process.media.listeners[call.sessions[0]] == (space_id, viewer_id)
        assert process.calls.is_open(call) is (False if speaks else None)
        await process.calls.leave(call)
        assert process.media.microphones == process.media.listeners == {}
        if speaks:
            only_ears = await process.calls.join(token, speaks=False, hears=True)
            assert process.media.microphones == {}
            await process.calls.leave(only_ears)
        else:
            assert await refused(process.calls.join(token, speaks=True, hears=True)) == 403
        assert await refused(process.calls.join(token, speaks=False, hears=False)) == 400


async def test_an_address_is_looked_at_with_every_use() -> None:
    world = World()
    process = Process(world)
    space_id, host = await room(world, process)
    ana = await world.person("ana")
    await process.seat(host, ana, space_id)
    addresses = await process.audio.addresses("ana", await world.space(space_id))
    assert addresses
    token = token_in(addresses.socket_url)
    await process.calls.join(token, speaks=None, hears=True)
    await process.stage.remove(host, space_id, "ana")
    assert await refused(process.calls.join(token, speaks=None, hears=True)) == 403
    assert await refused(process.calls.join("forged", speaks=None, hears=True)) == 401
    process.media.down = True
    listening = await process.audio.addresses(None, await world.space(space_id))
    assert listening
    with pytest.raises(MediaUnavailable):
        await process.calls.join(token_in(listening.socket_url), speaks=None, hears=True)
    await process.spaces.end(host, space_id)
    over = await process.audio.addresses(None, await world.space(space_id))
    assert over
    assert over.socket_url is None
    assert await refused(process.calls.join(token_in(listening.socket_url), speaks=None, hears=True)) == 403


async def test_why_a_call_is_over() -> None:
    world = World()
    process, elsewhere, host = Process(world, "a"), Process(world, "b"), await world.person("hana")
    space_id = await process.live_space(host)
    ana, bob, cleo = [await viewer(world, process, name) for name in ("ana", "bob", "cleo")]
    await process.seat(host, ana.person, space_id)
    speaking = address(world, MediaUse.SPEAK, space_id, ana)
    async with connecting(process):
        older = await process.calls.join(speaking, speaks=None, hears=True)
        newer = await process.calls.join(speaking, speaks=None, hears=True)
        await process.calls.until_silenced(older)
        assert await ended(process, older) == 410
        blocked, kept = [
            await process.calls.join(address(world, MediaUse.LISTEN, space_id, one), speaks=None, hears=True)
            for one in (bob, cleo)
        ]
        await elsewhere.blocks.block(host, "bob")
        assert await ended(process, blocked) == 403
        await elsewhere.viewers.log_out(ana, None)
        assert await ended(process, newer) == 401
        assert set(process.media.listeners) == set(kept.sessions)
        over = asyncio.create_task(process.calls.end_of(kept))
        kept.line.lost = True
        await process.media.hang_up(space_id, kept.sessions[0])
        assert isinstance(await over, MediaUnavailable)
