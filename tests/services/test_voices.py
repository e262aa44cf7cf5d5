"""Voices: from the sound of one process to whoever looks, in all of them."""

import asyncio

import pytest

from app.domain import refusals
from app.domain.voices import SILENCE, Voice, voices
from tests.services.world import Process, World
from tests.waiting import until


def test_voices_are_equal_in_any_order_and_whoever_is_not_among_them_is_silent() -> None:
    ann, ben = Voice("ann", True, 0.7), Voice("ben", False, 0.1)
    heard = voices([ben, ann])
    assert heard == voices([ann, ben])
    assert heard.of("ben") == ben
    assert heard.of("cleo") == SILENCE.of("cleo") == Voice("cleo", False, 0.0)


async def test_what_the_sound_hears_is_streamed_and_known() -> None:
    world = World()
    process, elsewhere, host = Process(world, "a"), Process(world, "b"), await world.person("hana")
    space_id = await process.live_space(host)
    speaking = voices([Voice("hana", True, 0.7)])
    async with asyncio.TaskGroup() as group:
        running = group.create_task(process.voices.run())
        await asyncio.sleep(0)
        async with elsewhere.streams.voices(None, space_id) as heard:
            assert await anext(heard) == SILENCE
            process.media.hear(space_id, speaking)
            assert await anext(heard) == speaking
            assert process.voices.now(space_id) == speaking
            process.media.hear(space_id, SILENCE)
            assert await anext(heard) == SILENCE
            await process.spaces.end(host, space_id)
            with pytest.raises(StopAsyncIteration):
                await anext(heard)
        running.cancel()


async def test_what_one_may_not_see_is_not_heard_and_a_block_ends_it() -> None:
    world = World()
    process, host = Process(world), await world.person("hana")
    await world.person("ana")
    space_id = await process.live_space(host)
    with pytest.raises(refusals.SpaceNotFound):
        async with process.streams.voices("ana", "nowhere"):
            raise AssertionError("nothing may be streamed")

    async def listen() -> None:
        async with process.streams.voices("ana", space_id) as heard:
            async for _ in heard:
                opened.set()

    opened = asyncio.Event()
    listening = asyncio.create_task(listen())
    await opened.wait()
    await process.blocks.block(host, "ana")
    await until(listening.done, "the stream is closed")
    assert isinstance(listening.exception(), refusals.BlockedByHost)
