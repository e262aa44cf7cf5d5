"""What a crowd costs: an event told to thousands of websockets, beside peers, and beside a frame that is there."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from statistics import median
from typing import Final

from tests.bench.contenders import BELOW, OURS, Contender, Running, floor, ours, peers, started
from tests.bench.cpu import cpu_seconds, real_time, resident
from tests.bench.crowd_client import Crowd, CrowdClient, connected
from tests.bench.open_files import need
from tests.bench.place import Place
from tests.bench.size import Size
from tests.bench.tables import Cell, Table, percentile
from tests.waiting import until

AT_ONCE: Final = 200
BURST: Final = 50
FEW: Final = 2
"""Events where each is executed for everyone: it takes seconds."""
WARM: Final = 5
"""Events before any is measured: code that is compiled as it runs has been, then."""
PATIENCE: Final = 120.0


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds of the server, for each delivery or listener; bytes each; milliseconds until the last was told."""

    singly: float
    in_bursts: float
    last: Sequence[float]
    connecting: float
    memory: float

    @property
    def figures(self) -> list[float]:
        """As the table shows them."""
        return [
            self.singly * 1e6,
            self.in_bursts * 1e6,
            median(self.last),
            percentile(self.last, 99),
            self.connecting * 1e6,
            self.memory / 1024,
        ]


async def measure(size: Size, place: Place) -> list[Table]:
    """Every contender in turn, each in a process of its own, the clients in this one."""
    need(2 * size.crowd)
    others, missing = await peers(size)
    contenders = [*ours(size), *others, floor()]
    costs = {one.name: await _cost(one, size) for one in contenders}
    rows: list[list[Cell]] = [[name, *cost.figures] for name, cost in costs.items()]
    best = [min(column) for column in zip(*(costs[one.name].figures for one in others), strict=True)]
    rows.append(_ratios("this server / floor", costs[OURS].figures, costs[BELOW].figures))
    rows.append(_ratios("best peer / this server", best, costs[OURS].figures))
    columns = ["server", "CPU us", f"in bursts of {BURST}", "ms to the last", "99 %", "CPU us to join", "KB each"]
    note = (
        f"CPU of the server's process for each event delivered to one of {size.crowd} websockets (median of "
        f"{size.crowd_events}, {FEW} where executed for each in Python; the next when all were told), of an in-memory "
        f"Space, over loopback, ids of 36 signs; each verified by each client. Joining: connect, connection_init, "
        f"subscribe, state. KB: resident memory. Server and clients on a core each. {missing}"
    )
    return [Table("A crowd", columns, rows, note.strip()), await _beside_the_floor(size)]


async def _beside_the_floor(size: Size) -> Table:
    """This server and the floor at the same time, an event of each in turn: so the machine is as busy for both."""
    async with AsyncExitStack() as stack:
        pair: list[tuple[Running, Crowd, Sequence[CrowdClient]]] = []
        for contender in (ours(size)[0], floor()):
            server, crowd = await stack.enter_async_context(started(contender)), Crowd()
            pair.append((server, crowd, await connected(crowd, server.port, server.space_id, size.crowd, AT_ONCE)))
            for _ in range(WARM):
                await _tell(*pair[-1], 1)
        told: tuple[list[tuple[float, float]], ...] = ([], [])
        # On a machine that is busy with other work, lateness would else be that work's.
        with real_time({os.getpid(): 1, **{server.pid: 1 for server, _, _ in pair}}) as first:
            for number in range(size.beside_floor):
                for which in (0, 1) if number % 2 else (1, 0):
                    told[which].append(await _tell(*pair[which], 1))
    ratios = [(ours_cpu / cpu, ours_ms / ms) for (ours_cpu, ours_ms), (cpu, ms) in zip(*told, strict=True)]
    rows: list[list[Cell]] = [
        [name, median(cpu for cpu, _ in one) * 1e6 / size.crowd, *_times([ms for _, ms in one])]
        for name, one in zip((OURS, BELOW), told, strict=True)
    ]
    ours_times, floor_times = (_times([ms for _, ms in one]) for one in told)
    rows.append(["median of the ratios, event by event", *(median(one) for one in zip(*ratios, strict=True)), "-", "-"])
    rows.append(["ratio of the figures", _ratio(rows[0][1], rows[1][1]), *map(_ratio, ours_times, floor_times)])
    note = (
        f"{size.crowd} websockets each, {size.beside_floor} events of each, one at a time, whose turn it is first "
        "alternating. CPU of the server's process for each delivery, the change and its execution among it. "
        f"{'Before all other work (SCHED_RR).' if first else 'At normal priority.'}"
    )
    return Table("A crowd, beside the floor", ["server", "CPU us", "ms to the last", "90 %", "99 %"], rows, note)


def _times(last: Sequence[float]) -> list[float]:
    return [median(last), percentile(last, 90), percentile(last, 99)]


def _ratio(over: Cell, under: Cell) -> float:
    """Of two figures."""
    return float(over) / max(float(under), 1e-9)


def _ratios(name: str, over: Sequence[float], under: Sequence[float]) -> list[Cell]:
    return [name, *(a / max(b, 1e-9) for a, b in zip(over, under, strict=True))]


async def _cost(contender: Contender, size: Size) -> Cost:
    async with started(contender) as server:
        crowd = Crowd()
        cpu, before = cpu_seconds(server.pid), resident(server.pid)
        clients = await connected(crowd, server.port, server.space_id, size.crowd, AT_ONCE)
        connecting = (cpu_seconds(server.pid) - cpu) / size.crowd
        memory = max(0, resident(server.pid) - before) / size.crowd
        for _ in range(0 if contender.is_slow else WARM):
            await _tell(server, crowd, clients, 1)
        events, burst = (FEW, FEW) if contender.is_slow else (size.crowd_events, BURST)
        told = [await _tell(server, crowd, clients, 1) for _ in range(events)]
        in_bursts, _ = await _tell(server, crowd, clients, burst)
        for client in clients:
            client.transport.abort()
        singly = median(spent for spent, _ in told) / size.crowd
        return Cost(singly, in_bursts / (burst * size.crowd), [ms for _, ms in told], connecting, memory)


async def _tell(server: Running, crowd: Crowd, clients: Sequence[CrowdClient], events: int) -> tuple[float, float]:
    """CPU seconds until everyone was told, and milliseconds."""
    before, expected = cpu_seconds(server.pid), crowd.received + events * len(clients)
    begun = await server.tell(events)
    await until(lambda: crowd.received >= expected, "everyone is told", deadline=PATIENCE)
    assert crowd.received == expected
    return cpu_seconds(server.pid) - before, (crowd.last_at - begun) * 1000
