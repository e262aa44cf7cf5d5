"""What the versioned save of a Space costs, beside a plain replacement of its document."""

import time
from collections.abc import Awaitable, Callable
from statistics import median
from typing import Final

from app.domain.spaces import Space
from app.domain.stage import set_muted
from app.mongod import Mongod
from app.store.database import Database, Document, make_primary, open_database
from app.store.spaces import RING_SIZE, MongoSpaceStore
from tests.bench.cpu import cpu_seconds
from tests.bench.place import Place
from tests.bench.size import Size
from tests.bench.tables import Cell, Table
from tests.domain import builders

WORKS: Final = ("load", "versioned save, with its event", "replace the whole document, unversioned")
Work = Callable[[], Awaitable[object]]


async def measure(size: Size, place: Place) -> list[Table]:
    """Each kind of access in turn, on a real mongod."""
    rounds: dict[str, list[list[float]]] = {name: [] for name in WORKS}
    async with (
        Mongod(place.folder("mongod"), make_primary) as mongod,
        open_database(mongod.uri) as database,
    ):
        saving = Saving(database)
        await saving.fill()
        works: tuple[Work, ...] = (saving.load, saving.save, saving.replace)
        for _ in range(size.rounds):
            for name, work in zip(WORKS, works, strict=True):
                rounds[name].append(await _cost(work, size.requests, mongod.process.pid))
    rows: list[list[Cell]] = [
        [name, *(median(figures) for figures in zip(*rounds[name], strict=True))] for name in WORKS
    ]
    note = (
        f"One access after the other to a Space with a full stage and a full ring of {RING_SIZE} events, on the "
        f"embedded mongod; a write is acknowledged when it is in the journal. CPU of each whole process. Median of "
        f"{size.rounds} rounds of {size.requests}."
    )
    return [Table("Store", ["a Space", "server CPU us", "mongod CPU us", "ms by the clock"], rows, note)]


async def _cost(work: Work, times: int, mongod: int) -> list[float]:
    """For each time: our CPU and mongod's in microseconds, milliseconds by the clock."""
    cpu, mongods, clock = time.process_time(), cpu_seconds(mongod), time.perf_counter()
    for _ in range(times):
        await work()
    spent = (time.process_time() - cpu, cpu_seconds(mongod) - mongods, (time.perf_counter() - clock) / 1000)
    return [seconds * 1e6 / times for seconds in spent]


class Saving:
    """One Space in a store, its host's microphone opened and closed by every save, and a copy of its document."""

    def __init__(self, database: Database) -> None:
        self._store = MongoSpaceStore(database)
        self._collection = database["spaces"]
        speakers = [f"speaker{number}" for number in range(10)]
        self._space = builders.space(cohosts=["cora", "carl"], speakers=speakers)
        self._copy: Document = {}

    async def fill(self) -> None:
        """Puts the Space into the store, its ring full, and the copy beside it."""
        await self._store.add(self._space)
        for _ in range(RING_SIZE):
            await self.save()
        found = await self._collection.find_one({"_id": self._space.id})
        assert found is not None
        self._copy = found | {"_id": "copy"}
        await self._collection.insert_one(self._copy)

    async def load(self) -> Space | None:
        """Reads the Space, without its ring."""
        return await self._store.get(self._space.id)

    async def save(self) -> None:
        """Decides and saves one event."""
        seat = self._space.seat(self._space.host.id)
        assert seat is not None
        events = set_muted(self._space, seat.person, not seat.muted, builders.NOW)
        self._space, _ = await self._store.save(self._space, events)

    async def replace(self) -> None:
        """Writes a whole document, state and ring, whatever was there."""
        self._copy["version"] += 1
        await self._collection.replace_one({"_id": "copy"}, self._copy)
