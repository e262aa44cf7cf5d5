"""Listeners who stop reading among others who do: what they hold, when they are dropped, and what the others notice."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Sequence
from typing import Final

from tests.bench.contenders import Contender, Running, ours, peers, started
from tests.bench.cpu import real_time, resident
from tests.bench.crowd_client import Crowd, CrowdClient, connected
from tests.bench.open_files import need
from tests.bench.place import Place
from tests.bench.size import Size
from tests.bench.tables import Cell, Table, percentile
from tests.waiting import until

AT_ONCE: Final = 100
BURST: Final = 50
"""Events at once, which fill the buffers of who does not read; then some alone, which are timed."""
ALONE: Final = 4
CALM: Final = 75
"""Rounds in which all read."""
RECEIVES: Final = 4096
"""Bytes that the kernel takes for who does not read."""
PATIENCE: Final = 60.0


async def measure(size: Size, place: Place) -> list[Table]:
    """Every contender in turn."""
    need(size.subscribers + size.stalled)
    others, missing = await peers(size)
    rows = [await _row(one, size) for one in (ours(size)[0], *others)]
    columns = ["server", "KB each", "s until dropped", "99 % ms, all read", "some stall", "alone", "stall / alone"]
    note = (
        f"{size.stalled} listeners stop reading beside {size.subscribers} who read. KB: the most resident memory that "
        "the server had more than before, for each who stalls. Milliseconds until the last of the others has an event: "
        f"while all read, while those do not (they are told first), and when they are gone; bursts of {BURST} go "
        f"between those timed. Watched for {size.stall_seconds:.0f} s. {missing}"
    )
    return [Table("Stalled listeners", columns, rows, note.strip())]


async def _row(contender: Contender, size: Size) -> list[Cell]:
    async with started(contender) as server:
        # On a machine that is busy with other work, lateness would else be that work's.
        with real_time({server.pid: 1, os.getpid(): 1}):
            return [contender.name.partition(":")[0], *await _watched(server, size)]


async def _watched(server: Running, size: Size) -> list[Cell]:
    crowd, sockets = Crowd(), _sockets(server.pid)
    stalled = await connected(Crowd(), server.port, server.space_id, size.stalled, AT_ONCE)
    clients = await connected(crowd, server.port, server.space_id, size.subscribers, AT_ONCE)
    before = await _calm(server, crowd, clients, size)
    _stall(stalled)
    memory = most = resident(server.pid)
    begun = asyncio.get_running_loop().time()
    meanwhile: list[float] = []
    dropped: Cell = f"not in {size.stall_seconds:.0f}"
    while (after := asyncio.get_running_loop().time() - begun) < size.stall_seconds:
        meanwhile += await _round(server, crowd, clients)
        most = max(most, resident(server.pid))
        if _sockets(server.pid) <= sockets + len(clients):
            dropped = after
            break
    for client in stalled:
        client.transport.abort()
    alone = await _calm(server, crowd, clients, size)
    for client in clients:
        client.transport.abort()
    by_themselves, now = percentile(alone, 99), percentile(meanwhile, 99)
    held = (most - memory) / size.stalled / 1024
    return [held, dropped, percentile(before, 99), now, by_themselves, now / by_themselves]


async def _calm(server: Running, crowd: Crowd, clients: Sequence[CrowdClient], size: Size) -> list[float]:
    return [ms for _ in range(CALM if size.stall_seconds > 1 else 1) for ms in await _round(server, crowd, clients)]


def _stall(clients: Sequence[CrowdClient]) -> None:
    """From now on they read nothing."""
    for one in clients:
        one.transport.pause_reading()
        one.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVES)


async def _round(server: Running, crowd: Crowd, clients: Sequence[CrowdClient]) -> list[float]:
    """Milliseconds until the last who reads had each of the events that came alone."""
    await _tell(server, crowd, clients, BURST)
    return [await _tell(server, crowd, clients, 1) for _ in range(ALONE)]


async def _tell(server: Running, crowd: Crowd, clients: Sequence[CrowdClient], events: int) -> float:
    expected = crowd.received + events * len(clients)
    begun = await server.tell(events)
    await until(lambda: crowd.received >= expected, "everyone is told", deadline=PATIENCE, look_every=0.001)
    return (crowd.last_at - begun) * 1000


def _sockets(pid: int) -> int:
    """How many a process has open."""
    folder = f"/proc/{pid}/fd"
    return sum(_is_socket(f"{folder}/{name}") for name in os.listdir(folder))


def _is_socket(link: str) -> bool:
    try:
        return os.readlink(link).startswith("socket:")
    except FileNotFoundError:
        return False
