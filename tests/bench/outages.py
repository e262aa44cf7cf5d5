"""Redis killed and frozen: how soon that is noticed, what a stream is behind meanwhile, and when all is as before."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Final

from app.bus.bus import Bus
from app.domain.events import SpaceRenamed
from app.feeds.feeds import LiveFeeds
from tests.bench.place import Place
from tests.bench.size import Size
from tests.bench.tables import Cell, Table
from tests.domain_values import NOW, space
from tests.fakes.reactions import MemoryReactionStore
from tests.fakes.spaces import MemorySpaceStore
from tests.live.followers import Follower
from tests.live.redis_server import RedisServer, running_redis
from tests.waiting import until

LOOK: Final = 0.001
NO_HEARTBEAT: Final = 1000.0

Step = Callable[[RedisServer], Awaitable[None]]


async def _freeze(server: RedisServer) -> None:
    server.freeze()


async def _thaw(server: RedisServer) -> None:
    server.thaw()


WAYS: Final[dict[str, tuple[Step, Step]]] = {
    "killed, and started again": (RedisServer.kill, RedisServer.start),
    "frozen, and thawed": (_freeze, _thaw),
}


async def measure(size: Size, place: Place) -> list[Table]:
    """Each way in which Redis goes, some times; the worst of each figure."""
    rows: list[list[Cell]] = []
    for name, (goes, comes) in WAYS.items():
        rounds = [await _outage(goes, comes) for _ in range(size.rounds)]
        rows.append([name, *(max(figures) for figures in zip(*rounds, strict=True))])
    note = (
        f"Two processes' feeds on one real Redis, no heartbeats. The worst of {size.rounds}. Behind: a change that the "
        "other process makes while Redis is away, until a follower has it. Back: from Redis's return (a start included "
        "until it answers) until both are connected and followers have a change made then."
    )
    columns = ["Redis is", "ms until it is noticed", "ms behind while it is away", "ms until all is back"]
    return [Table("Outages of Redis", columns, rows, note)]


async def _outage(goes: Step, comes: Step) -> tuple[float, float, float]:
    store = MemorySpaceStore()
    await store.add(space("a"))
    async with running_redis() as server, AsyncExitStack() as stack:
        buses = [await stack.enter_async_context(Bus(server.url)) for _ in range(2)]
        here, there = [
            await stack.enter_async_context(
                LiveFeeds(store, MemoryReactionStore(), bus, heartbeat_seconds=NO_HEARTBEAT)
            )
            for bus in buses
        ]
        follower = Follower(there, "a")
        await _change(store, here, follower)
        await asyncio.sleep(0.5)
        await goes(server)
        noticed = await _ms(until(lambda: not any(bus.is_up for bus in buses), "the loss", look_every=LOOK))
        await asyncio.sleep(1)
        behind = await _ms(_change(store, here, follower))
        await comes(server)
        back = await _ms(until(lambda: all(bus.is_up for bus in buses), "the return", look_every=LOOK))
        back += await _ms(_change(store, here, follower))
        await follower.disconnect()
        return noticed, behind, back


async def _change(store: MemorySpaceStore, feeds: LiveFeeds, follower: Follower) -> None:
    before = await store.get("a")
    assert before
    after, events = await store.save(before, [SpaceRenamed(at=NOW, title=f"Title {before.version}")])
    await feeds.announce("a", events)
    await until(lambda: follower.state == after, "the follower has it", look_every=LOOK)


async def _ms(work: Awaitable[None]) -> float:
    start = time.perf_counter()
    await work
    return (time.perf_counter() - start) * 1000
