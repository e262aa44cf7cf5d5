"""`python -m tests.bench.fan_out_server KIND GUESTS`: a live Space in memory, which tells events when told to.

It writes its port and the Space's id to stdout; for each number read from stdin so many events follow at once, and the
monotonic time of the first is written.
"""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from typing import Any

from strawberry.relay import GlobalID
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

import app.web.serving
from app.collector import collect_seldom
from app.domain.roster import Role, Seat
from app.web.serving import bind, serving
from resolvers.api import build_schema
from resolvers.at_hand import Answers
from tests.bench.floor import Floor
from tests.domain_values import person
from tests.domain_values import space as live_space
from tests.fakes.clock import StoppedClock
from tests.fakes.world import World
from tests.server.memory import served

FRAMES, MESSAGES, APART, FLOOR = "frames", "messages", "apart", "floor"
KINDS = (FRAMES, MESSAGES, APART, FLOOR)

Tell = Callable[[int], Coroutine[Any, Any, float]]


async def run(kind: str, guests: int) -> None:
    """Until stdin ends."""
    async with AsyncExitStack() as cleanup:
        listening = cleanup.enter_context(bind("127.0.0.1", 0))
        if kind == FLOOR:
            floor = await cleanup.enter_async_context(Floor(listening))
            space_id: str = "U3BhY2U6eA=="
            tell: Tell = floor.tell
        else:
            world = World(clock=StoppedClock(step=timedelta(milliseconds=1)), keeps=True)
            space_id, tell = await _space(world, guests)
            if kind == MESSAGES:
                setattr(app.web.serving, "Socket", WebSocketsSansIOProtocol)  # noqa: B010
            api = build_schema()
            if kind == APART:
                api.answers = Answers(max_bytes=0)
            asgi = served(world, api, shared=kind != APART)
            await cleanup.enter_async_context(serving(asgi, listening))
        # As the server does it, once it is there.
        collect_seldom()
        print(listening.getsockname()[1], space_id, flush=True)
        lines = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
        while line := await lines.readline():
            print(await tell(int(line)), flush=True)


async def _space(world: World, guests: int) -> tuple[str, Tell]:
    host, loop = person("host"), asyncio.get_running_loop()
    seats = [Seat(host, Role.HOST, True, world.clock())]
    seats += [Seat(person(f"guest{number}"), Role.SPEAKER, True, world.clock()) for number in range(guests)]
    space = replace(live_space("measured"), host=host, stage=tuple(seats))
    await world.stores.spaces.add(space)
    muted = True

    async def tell(events: int) -> float:
        nonlocal muted
        begun = loop.time()
        for _ in range(events):
            muted = not muted
            await world.use_cases.stage.set_muted(host, space.id, muted)
        return begun

    return str(GlobalID("Space", space.id)), tell


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1], int(sys.argv[2])))
