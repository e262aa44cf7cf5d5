"""What a crowd costs: an event told to thousands of websockets, beside peers, and beside a frame that is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from tests.bench.contenders import BELOW, OURS, Contender, Running, floor, ours, peers, started
from tests.bench.cpu import cpu_seconds, resident
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
    need(size.crowd)
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
    return [Table("A crowd", columns, rows, note.strip())]


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
