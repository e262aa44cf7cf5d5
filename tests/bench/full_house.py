"""A full house: thousands follow a Space of the whole server, while people join, leave and react."""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import re
import secrets
from array import array
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from functools import partial
from typing import Final

from app.demo import operations
from app.demo.client import ApiError, Client
from app.demo.listeners import sign_up
from tests.bench.cpu import child, cpu_seconds, real_time
from tests.bench.crowd_client import CrowdClient
from tests.bench.live_space import LiveSpace, open_space
from tests.bench.open_files import room_for
from tests.bench.place import Place
from tests.bench.size import Size
from tests.bench.tables import Cell, Table, percentile
from tests.server.running import RunningServer, client_of
from tests.waiting import until

log = logging.getLogger(__name__)

AT_ONCE: Final = 100
PEOPLE: Final = 12
"""With accounts: they join, react and leave, again and again."""
REACTING: Final = 10
"""One of so many listeners follows the reactions too."""
SPOKEN: Final = 0.5
"""Seconds between two events that are timed; the next waits for the mutation's answer, too."""
PACE: Final = 0.2
"""Seconds between two of everything else."""
PATIENCE: Final = 120.0
KNOWN: Final = re.compile(rb'"__typename":"(\w+)","version":(\d+)')
REACTIONS: Final = "subscription Reactions($spaceId: ID!) { reactions(spaceId: $spaceId) { emoji count } }"


class House:
    """What all were told, by version, and what went wrong: `wrong` is another payload than others had, `gaps` a
    version that is not the next one."""

    def __init__(self) -> None:
        self.told: dict[int, bytes] = {}
        self.version = 0
        self.received = self.tallies = self.wrong = self.gaps = 0
        self.spoke_at = 0.0
        self.late = array("f")
        self.last: dict[int, float] = {}
        self._spoken: dict[int, float] = {}

    def receive(self, version: int, kind: bytes, payload: bytes) -> None:
        """One event at one listener."""
        first = self.told.setdefault(version, payload)
        if first is payload:
            self.version = max(self.version, version)
            if kind.startswith(b"Microphone"):
                self._spoken[version] = self.spoke_at
        self.wrong += first != payload
        self.received += 1
        if begun := self._spoken.get(version):
            late = (asyncio.get_running_loop().time() - begun) * 1000
            self.late.append(late)
            self.last[version] = late


class HouseClient(CrowdClient):
    """Follows the events, and some the reactions, from whatever version they begin with."""

    def __init__(self, house: House, space_id: str, reacts: bool) -> None:
        super().__init__(None, space_id)
        self.version = 0
        self.lost = False
        self._house = house
        self._reacts = reacts

    def told(self, payload: bytes) -> None:
        """Takes the payload of a `next`."""
        found = KNOWN.search(payload)
        if found is None:
            self._house.tallies += 1
            return
        kind, version = found[1], int(found[2])
        if kind == b"SpaceSnapshot" and not self.version:
            self.version = version
            if self._reacts:
                self.follow("reactions", REACTIONS)
        elif kind == b"Heartbeat":
            self._house.gaps += version != self.version
        else:
            self._house.gaps += version != self.version + 1
            self.version = version
            self._house.receive(version, kind, payload)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody here goes but by their own wish."""
        self.lost = True


class Doings:
    """What goes on meanwhile. `refused` counts what the server said no to."""

    def __init__(self, house: House, space: LiveSpace, people: Sequence[Client], port: int) -> None:
        self.done = self.refused = 0
        self._house = house
        self._space = space
        self._people = itertools.cycle(people)
        self._port = port
        self._muted = itertools.cycle((False, True))
        self._numbers = itertools.count()

    async def speak(self) -> None:
        """The host's microphone is opened or closed: this is timed."""
        self._house.spoke_at = asyncio.get_running_loop().time()
        await self._call(self._space.host, operations.SET_MUTED, muted=next(self._muted))

    async def come_and_go(self) -> None:
        """Someone with an account joins, reacts and leaves."""
        person = next(self._people)
        await self._call(person, operations.JOIN_SPACE)
        await self._call(person, operations.SEND_REACTION, emoji="\N{CLAPPING HANDS SIGN}")
        await self._call(person, operations.LEAVE_SPACE)

    async def drop_in(self, clients: list[HouseClient]) -> None:
        """One listener goes, another comes."""
        clients.pop(0).transport.abort()
        clients.append(await self.listener())

    async def listener(self) -> HouseClient:
        """Someone new, who was told the state."""
        reacts = next(self._numbers) % REACTING == 0
        loop = asyncio.get_running_loop()
        _, client = await loop.create_connection(
            lambda: HouseClient(self._house, self._space.id, reacts), "127.0.0.1", self._port
        )
        await until(lambda: client.version > 0, "the state", deadline=PATIENCE)
        return client

    async def _call(self, person: Client, operation: str, **variables: object) -> None:
        try:
            await person.call(operation, spaceId=self._space.id, **variables)
        except ApiError as no:
            self.refused += 1
            log.warning("refused: %s", no)
        self.done += 1


async def measure(size: Size, place: Place) -> list[Table]:
    """As many listeners as are wanted, or as many as open files are allowed."""
    listeners = room_for(size.hall)
    async with AsyncExitStack() as stack:
        server = await place.server()
        anyone = await stack.enter_async_context(client_of(server))
        space = await stack.enter_async_context(open_space(anyone))
        run = secrets.token_hex(3)
        people = [await sign_up(anyone, "guest", f"Guest {number}", run) for number in range(min(PEOPLE, size.guests))]
        house = House()
        doings = Doings(house, space, people, int(server.url.rpartition(":")[2]))
        # On a machine that is busy with other work, lateness would else be that work's.
        mongod = child(server.process.pid, "mongod")
        with real_time({server.process.pid: 1, mongod: 1, os.getpid(): 1}) as first:
            return [await _watched(server, house, doings, listeners, size, first)]


async def _watched(
    server: RunningServer, house: House, doings: Doings, listeners: int, size: Size, first: bool
) -> Table:
    clients: list[HouseClient] = []
    while len(clients) < listeners:
        some = min(AT_ONCE, listeners - len(clients))
        clients += await asyncio.gather(*(doings.listener() for _ in range(some)))
    house.late, house.last = array("f"), {}
    before, cpu = house.received, cpu_seconds(server.process.pid)
    async with asyncio.timeout(size.hall_seconds + PATIENCE), asyncio.TaskGroup() as tasks:
        tasks.create_task(_again(doings.speak, SPOKEN, size.hall_seconds))
        tasks.create_task(_again(doings.come_and_go, PACE, size.hall_seconds))
        tasks.create_task(_again(partial(doings.drop_in, clients), PACE, size.hall_seconds))
    await until(lambda: all(one.version == house.version for one in clients), "everyone has all", deadline=PATIENCE)
    spent, received = cpu_seconds(server.process.pid) - cpu, house.received - before
    lost = sum(one.lost for one in clients)
    last = list(house.last.values())
    for client in clients:
        client.transport.abort()
    rows: list[list[Cell]] = [
        ["listeners", float(listeners)],
        ["events received and checked", float(received)],
        ["missing or out of order / different / connections lost", f"{house.gaps} / {house.wrong} / {lost}"],
        ["batches of reactions received", float(house.tallies)],
        ["mutations meanwhile / refused", f"{doings.done} / {doings.refused}"],
        ["ms from the mutation to a listener: median", percentile(house.late, 50)],
        ["99 %", percentile(house.late, 99)],
        ["ms to the last listener: median", percentile(last, 50)],
        ["most", max(last)],
        [
            "CPU us of the web process for each event received, mutations, joins and reactions among it",
            spent * 1e6 / received,
        ],
    ]
    allowed = "" if listeners == size.hall else f"{size.hall} were wanted: open files (ulimit -Hn) allow {listeners}. "
    note = (
        f"{allowed}The whole server with MongoDB, for {size.hall_seconds:.0f} s; the host's microphone every "
        f"{SPOKEN} s is timed, people join, react and leave, and listeners are replaced. Clients in one process. "
        f"{'Server, mongod and clients before all other work (SCHED_RR).' if first else 'At normal priority.'}"
    )
    return Table("A full house", ["", "figure"], rows, note)


async def _again(do: Callable[[], Awaitable[None]], pause: float, seconds: float) -> None:
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while loop.time() < end:
        await do()
        await asyncio.sleep(pause)
