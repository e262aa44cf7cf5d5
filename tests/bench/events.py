"""What it costs to tell every subscriber of a Space's event, over real websockets, and how long it takes."""

import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from statistics import median

from app.demo import operations
from tests.bench.cpu import child, cpu_seconds
from tests.bench.live_space import LiveSpace, open_space
from tests.bench.place import Place
from tests.bench.size import Size
from tests.bench.subscriber import Subscriber, subscribed
from tests.bench.tables import Cell, Table
from tests.server.running import RunningServer, client_of
from tests.waiting import until


@dataclass(frozen=True, slots=True)
class Cost:
    """Of some changes: CPU seconds, messages delivered, and for each change the seconds until two moments."""

    web: float
    mongod: float
    delivered: int
    answered: Sequence[float]
    all_told: Sequence[float]


async def measure(size: Size, place: Place) -> list[Table]:
    """The same changes with one subscriber and with many: the difference is what telling costs."""
    server = await place.server()
    alone: list[Cost] = []
    crowd: list[Cost] = []
    pongs: list[float] = []
    async with client_of(server) as anyone, open_space(anyone) as space:
        for _ in range(size.rounds):
            async with AsyncExitStack() as connected:
                subscribers = [await connected.enter_async_context(subscribed(server.url, space.id))]
                alone.append(await _change(server, space, subscribers, size.events))
                while len(subscribers) < size.subscribers:
                    subscribers.append(await connected.enter_async_context(subscribed(server.url, space.id)))
                crowd.append(await _change(server, space, subscribers, size.events))
                pongs.append(await _ping(server, subscribers, size.events))
    per_event = [
        (many.web - one.web) / (many.delivered - one.delivered) for one, many in zip(alone, crowd, strict=True)
    ]
    pong, event = median(pongs) * 1e6, median(per_event) * 1e6
    rows: list[list[Cell]] = [
        ["web CPU us of a mutation, one subscriber", median(one.web for one in alone) * 1e6 / size.events],
        ["mongod CPU us of a mutation", median(one.mongod for one in alone) * 1e6 / size.events],
        [f"web CPU us of each event delivered, {size.subscribers} subscribers", event],
        ["web CPU us of a ping and its pong on the same sockets", pong],
        ["event / ping and pong", event / pong],
        ["ms to the mutation's answer, one subscriber", median(median(one.answered) for one in alone) * 1000],
        ["ms to the last subscriber, one subscriber", median(median(one.all_told) for one in alone) * 1000],
        [f"ms to the last of {size.subscribers} subscribers", median(median(one.all_told) for one in crowd) * 1000],
    ]
    note = (
        f"setMuted {size.events} times, the next when everyone was told of the one before, over graphql-transport-ws "
        f"from one client process on the same machine. CPU of each event delivered, what "
        f"{size.subscribers} subscribers cost more than one. Median of {size.rounds} rounds."
    )
    return [Table("Events to subscribers", ["", f"{size.subscribers} subscribers"], rows, note)]


async def _change(server: RunningServer, space: LiveSpace, subscribers: Sequence[Subscriber], times: int) -> Cost:
    """Opens and closes the host's microphone in turn."""
    web, mongod = server.process.pid, child(server.process.pid, "mongod")
    await _settle(space, subscribers)
    before, delivered = (cpu_seconds(web), cpu_seconds(mongod)), sum(one.events for one in subscribers)
    answered, all_told = [], []
    for number in range(times):
        version = max(one.version for one in subscribers)
        begun = time.perf_counter()
        await space.host.call(operations.SET_MUTED, spaceId=space.id, muted=number % 2 == 1)
        answered.append(time.perf_counter() - begun)
        await until(partial(_told, subscribers, version), "everyone is told")
        all_told.append(max(one.arrived for one in subscribers) - begun)
    return Cost(
        cpu_seconds(web) - before[0],
        cpu_seconds(mongod) - before[1],
        sum(one.events for one in subscribers) - delivered,
        answered,
        all_told,
    )


def _told(subscribers: Sequence[Subscriber], version: int) -> bool:
    """Whether everyone has seen something newer."""
    return all(one.version > version for one in subscribers)


async def _settle(space: LiveSpace, subscribers: Sequence[Subscriber]) -> None:
    """Waits until everyone was told how many they are, so that this is not told while it is measured."""

    async def counted() -> bool:
        now = await space.host.call(operations.ROSTER, spaceId=space.id)
        listening = now["anonymousListenerCount"] == len(subscribers)
        return listening and all(one.version == now["version"] for one in subscribers)

    await until(counted, "everyone is counted")


async def _ping(server: RunningServer, subscribers: Sequence[Subscriber], times: int) -> float:
    """CPU seconds of the web process for each ping that it answers."""
    before = cpu_seconds(server.process.pid)
    for number in range(times):
        for one in subscribers:
            await one.ping()
        await until(partial(_answered, subscribers, number + 1), "every pong")
    return (cpu_seconds(server.process.pid) - before) / (times * len(subscribers))


def _answered(subscribers: Sequence[Subscriber], pongs: int) -> bool:
    return all(one.pongs >= pongs for one in subscribers)
