"""What a crowd costs: an event told to thousands of websockets, beside a prebuilt frame written to as many sockets."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.bench.cpu import cpu_seconds
from tests.bench.crowd_client import Crowd, CrowdClient, connected
from tests.bench.fan_out_server import APART, FLOOR, FRAMES, KINDS, MESSAGES
from tests.bench.place import Place
from tests.bench.size import Size
from tests.bench.tables import Cell, Table
from tests.waiting import until

NAMES = {
    FRAMES: "shared, frames written to the socket",
    MESSAGES: "shared, messages through ASGI",
    APART: "an execution for each, as Strawberry does it",
    FLOOR: "floor: a frame that is there, to each socket",
}
AT_ONCE = 200
BURST = 50
FEW = 2
"""Events where each is executed for everyone: it takes seconds."""
PATIENCE = 120.0


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds of the server, for each delivery or listener; milliseconds until the last was told; bytes each."""

    connecting: float
    memory: float
    singly: float
    in_bursts: float
    last: Sequence[float]


async def measure(size: Size, place: Place) -> list[Table]:
    """Every kind of server in turn, each in a process of its own, the clients in this one."""
    costs = {kind: await _cost(kind, size) for kind in KINDS}
    rows: list[list[Cell]] = [
        [
            NAMES[kind],
            one.singly * 1e6,
            one.in_bursts * 1e6,
            median(one.last),
            max(one.last),
            one.connecting * 1e6,
            one.memory / 1024,
        ]
        for kind, one in costs.items()
    ]
    floor = costs[FLOOR]
    rows.append(
        [
            "shared frames / floor",
            costs[FRAMES].singly / floor.singly,
            costs[FRAMES].in_bursts / floor.in_bursts,
            median(costs[FRAMES].last) / median(floor.last),
            max(costs[FRAMES].last) / max(floor.last),
            costs[FRAMES].connecting / max(floor.connecting, 1e-9),
            costs[FRAMES].memory / max(floor.memory, 1),
        ]
    )
    columns = ["server", "CPU us", f"in bursts of {BURST}", "ms to the last", "slowest", "CPU us to join", "KB each"]
    note = (
        f"CPU of the server's process for each event delivered to one of {size.crowd} websockets ({size.crowd_events} "
        f"events, the next when all were told), of an in-memory Space, over loopback, ids of 36 signs; every event "
        f"verified by every client. Joining: connect, connection_init, subscribe, state. KB: resident memory."
    )
    return [Table("A crowd", columns, rows, note)]


async def _cost(kind: str, size: Size) -> Cost:
    async with _serving(kind) as (server, port, space_id):
        crowd, pid = Crowd(), server.pid
        cpu, before = cpu_seconds(pid), _resident(pid)
        clients = await connected(crowd, port, space_id, size.crowd, AT_ONCE)
        connecting, memory = (cpu_seconds(pid) - cpu) / size.crowd, max(0, _resident(pid) - before) / size.crowd
        last: list[float] = []
        events = FEW if kind == APART else size.crowd_events
        singly = sum([await _tell(server, crowd, clients, 1, last) for _ in range(events)]) / (events * size.crowd)
        burst = FEW if kind == APART else BURST
        in_bursts = await _tell(server, crowd, clients, burst, []) / (burst * size.crowd)
        for client in clients:
            client.transport.abort()
        return Cost(connecting, memory, singly, in_bursts, last)


async def _tell(server: Process, crowd: Crowd, clients: Sequence[CrowdClient], events: int, last: list[float]) -> float:
    """CPU seconds until everyone was told."""
    assert server.stdin
    assert server.stdout
    before, expected = cpu_seconds(server.pid), crowd.received + events * len(clients)
    server.stdin.write(b"%d\n" % events)
    begun = float(await server.stdout.readline())
    await until(lambda: crowd.received >= expected, "everyone is told", deadline=PATIENCE)
    last.append((crowd.last_at - begun) * 1000)
    assert crowd.received == expected
    return cpu_seconds(server.pid) - before


@asynccontextmanager
async def _serving(kind: str) -> AsyncIterator[tuple[Process, int, str]]:
    server = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.fan_out_server", kind), stdin=PIPE, stdout=PIPE
    )
    assert server.stdin
    assert server.stdout
    try:
        port, space_id = (await server.stdout.readline()).split()
        yield server, int(port), space_id.decode()
    finally:
        server.kill()
        await server.wait()


def _resident(pid: int) -> int:
    """Bytes of memory in use, by proc(5)."""
    kilobytes = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(kilobytes.split()[1]) * 1024
