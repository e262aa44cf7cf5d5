"""What finding Spaces and people costs as a server fills: time, and what MongoDB examines for it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from statistics import median
from typing import Final

from app.domain.listings import Listing, Order, place, words
from app.domain.spaces import SpaceState
from app.mongod import Mongod
from app.services import pages
from app.services.bar_watch import BarWatch
from app.services.pages import Window
from app.services.ports import Moves
from app.services.space_bar import SpaceBars
from app.store.database import Database, make_primary, open_database
from app.store.stores import mongo_stores
from tests.bench.crowds import TOPICS, WORDS, Crowd, person
from tests.bench.place import Place
from tests.bench.size import Size
from tests.bench.tables import Cell, Table
from tests.fakes.feeds import MemoryMoveFeed
from tests.fakes.world import World

PAGE: Final[Window[pages.Place]] = Window(21)
WATCHERS: Final = 1000
BARS: Final = "spaceBarUpdated: whom 1 000 follow moves, all their bars anew"

Query = Callable[[], Awaitable[object]]


async def measure(size: Size, place: Place) -> list[Table]:
    """Each query on each size of database, on a real mongod."""
    costs: dict[str, list[Cell]] = {}
    async with Mongod(place.folder("finding"), make_primary) as mongod:
        for spaces in size.spaces:
            async with open_database(mongod.uri, name=f"spaces{spaces}") as database:
                await Crowd(spaces).fill(database)
                finding = Finding(database, Crowd(spaces))
                async with finding.watching() as bars_of_all:
                    for name, query in {**await finding.queries(), BARS: bars_of_all}.items():
                        costs.setdefault(name, []).extend(await _cost(query, database, size.requests))
                await database.client.drop_database(database.name)
    columns = ["query"]
    for spaces in size.spaces:
        columns += [f"{spaces:,} Spaces: ms".replace(",", " "), "docs", "keys"]
    note = (
        "Pages of 20. One Space of 20 is live; twice as many people; the viewer follows 3 000 and is blocked by 50; "
        "one host is followed by half of all; the server caches nothing. ms: median by the clock, use case and "
        f"database, of {size.requests}. docs and keys: what MongoDB examines, all commands of the query together."
    )
    return [Table("Finding", columns, [[name, *cells] for name, cells in costs.items()], note)]


async def _cost(query: Query, database: Database, times: int) -> list[Cell]:
    """Milliseconds, and what MongoDB examines."""
    took = []
    for _ in range(times):
        begun = time.perf_counter()
        await query()
        took.append(time.perf_counter() - begun)
    await database.command("profile", 2)
    await query()
    await database.command("profile", 0)
    seen = [one async for one in database["system.profile"].find({"ns": {"$ne": f"{database.name}.system.profile"}})]
    await database.drop_collection("system.profile")
    docs, keys = (float(sum(one.get(field, 0) for one in seen)) for field in ("docsExamined", "keysExamined"))
    return [median(took) * 1000, docs, keys]


class Finding:
    """The queries, over one database."""

    def __init__(self, database: Database, crowd: Crowd) -> None:
        self._crowd = crowd
        self._stores = mongo_stores(database)
        use_cases = World(stores=self._stores).use_cases
        self._listings, self._people = use_cases.listings, use_cases.people
        self._bars = SpaceBars(self._stores)

    async def queries(self) -> Mapping[str, Query]:
        """Each by what it looks for."""
        newest = Listing()
        live = await self._listings.page(None, newest, Window(100_000))
        middle = place(live[len(live) // 2], Order.STARTED_AT)
        ended = SpaceState.ENDED
        return {
            "live, newest first": self._listed(newest),
            "live, from the middle": self._listed(newest, Window(21, after=middle)),
            "live, most listeners first": self._listed(Listing(order=Order.LISTENERS)),
            "live, one topic": self._listed(Listing(topics=TOPICS[:1])),
            "live, three topics, most listeners first": self._listed(Listing(topics=TOPICS[:3], order=Order.LISTENERS)),
            "live, language": self._listed(Listing(language="en")),
            "ended, of one host": self._listed(Listing(state=ended, host_id=person(0).id)),
            "ended, newest first": self._listed(Listing(state=ended)),
            "search: a word of few titles": self._listed(Listing(state=ended, words=words(WORDS[7]))),
            "search: a word of all titles": self._listed(Listing(state=ended, words=words("tonight"))),
            "search: two words of all, and one of few": self._listed(
                Listing(state=ended, words=words(f"talk tonight {WORDS[7]}"))
            ),
            "search: a word and a topic": self._listed(Listing(state=ended, words=words("tonight"), topics=TOPICS[:1])),
            "people by the beginning of their name": lambda: self._people.search("user number 1", Window(21)),
            "spaceBar of who follows 3 000": lambda: self._bars.of(self._crowd.viewer.id),
        }

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[Query]:
        """While this is open many watch their bars who all follow one host; the query works out all of them anew."""
        feed = MemoryMoveFeed()
        watch = BarWatch(self._bars, feed)
        first_told = asyncio.Semaphore(0)

        async def follow(viewer_id: str) -> None:
            async with watch.follow(viewer_id) as bars:
                async for _ in bars:
                    first_told.release()

        async def all_anew() -> None:
            await feed.announce(Moves(people=(person(0).id,)))
            await asyncio.sleep(0)
            await watch.round()

        watchers = range(2, 2 + min(WATCHERS, self._crowd.people // 2 - 2))
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(watch.run_hearing())]
            tasks += [group.create_task(follow(person(one).id)) for one in watchers]
            await asyncio.sleep(0)
            for _ in watchers:
                while first_told.locked():
                    await watch.round()
                    await asyncio.sleep(0)
                await first_told.acquire()
            yield all_anew
            for task in tasks:
                task.cancel()

    def _listed(self, listing: Listing, window: Window[pages.Place] = PAGE) -> Query:
        return lambda: self._listings.page(self._crowd.viewer.id, listing, window)
