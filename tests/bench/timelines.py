"""What a page of a timeline costs, as people write more and as its reader follows more of them."""

import random
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from statistics import median
from typing import Final

from app.domain.posts import Post
from app.domain.roster import Person
from app.mongod import Mongod
from app.services.pages import Moment, Window
from app.services.plain import Plain
from app.services.timelines import Timelines
from app.store import places
from app.store.database import Database, Document, make_primary, open_database, to_document
from app.store.stores import mongo_stores
from tests.bench.place import Place
from tests.bench.size import Size
from tests.bench.tables import Cell, Table
from tests.domain_values import NOW, person

PEOPLE: Final = 200_000
FOLLOWED: Final = (50, 200, 1000, 5000)
PAGE: Final = 20
WRITTEN_AT_ONCE: Final = 2000

_POSTS: Final = Plain(Post)
Query = Callable[[], Awaitable[object]]


async def measure(size: Size, place: Place) -> list[Table]:
    """Each reader's page on each number of Posts, on a real mongod."""
    costs: dict[str, list[Cell]] = {}
    async with Mongod(place.folder("timelines"), make_primary) as mongod:
        for posts in size.posts:
            async with open_database(mongod.uri, name=f"posts{posts}") as database:
                await _fill(database, posts)
                for name, query in _queries(database, posts).items():
                    costs.setdefault(name, []).extend(await _cost(query, database, size.requests))
                await database.client.drop_database(database.name)
    columns = ["timeline"]
    for posts in size.posts:
        columns += [f"{posts:,} Posts: ms".replace(",", " "), "docs", "keys"]
    note = (
        f"Pages of {PAGE}; {PEOPLE:,} people have written. ms: median by the clock, use case and database, of "
        f"{size.requests}. docs and keys: what MongoDB examines, all commands of the page together."
    ).replace(",", " ", 1)
    return [Table("Timelines", columns, [[name, *cells] for name, cells in costs.items()], note)]


def _queries(database: Database, posts: int) -> Mapping[str, Query]:
    stores = mongo_stores(database)
    timelines = Timelines(stores.posts, stores.follows, stores.mutes, stores.blocks)
    windows: dict[str, Window[Moment]] = {
        "newest": Window(PAGE + 1),
        "middle": Window(PAGE + 1, after=(_moment(posts // 2), "")),
    }
    return {
        f"of who follows {followed}, {name}": partial(timelines.page, _reader(followed), window)
        for followed in FOLLOWED
        for name, window in windows.items()
    }


async def _fill(database: Database, posts: int) -> None:
    chance = random.Random(posts)
    await _insert(database, "posts", (_written(number, chance.randrange(PEOPLE)) for number in range(posts)))
    for followed in FOLLOWED:
        reader_id = _reader(followed).id
        follows = [{"by": reader_id, "of": person(f"{one}").id} for one in chance.sample(range(PEOPLE), followed)]
        await _insert(database, "follows", ({"_id": one, "at": NOW} for one in follows))


def _written(number: int, author: int) -> Document:
    post = Post(f"p{number:08}", person(f"{author}"), "x" * 140, None, _moment(number))
    return to_document(_POSTS.encode(post)) | {"place": places.place(post.place)}


def _moment(number: int) -> datetime:
    return NOW + timedelta(seconds=number)


def _reader(followed: int) -> Person:
    return person(f"follows{followed}")


async def _insert(database: Database, collection: str, documents: Iterable[Document]) -> None:
    left: Iterator[Document] = iter(documents)
    while some := list(islice(left, WRITTEN_AT_ONCE)):
        await database[collection].insert_many(some, ordered=False)


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
