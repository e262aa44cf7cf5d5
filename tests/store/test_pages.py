"""Windows of a list in MongoDB are those of the same list at hand."""

from itertools import product

from pymongo import ASCENDING, DESCENDING

from app.services.pages import Window, part
from app.store.database import Database
from app.store.pages import find_page, find_pages

ENTRIES = [(1, "b"), (2, "a"), (2, "c"), (2, "d"), (5, "a")]
KEYS = [None, (0, "z"), (2, "a"), (2, "b"), (2, "d"), (9, "a")]


async def test_every_window_from_either_end_and_in_either_order(database: Database) -> None:
    collection = database["entries"]
    await collection.insert_many([{"list": "a", "at": at, "name": name} for at, name in ENTRIES])
    await collection.insert_one({"list": "b", "at": 2, "name": "b"})
    for after, before, limit, last, newest_first in product(KEYS, KEYS, (1, 2, 9), (False, True), (False, True)):
        direction = DESCENDING if newest_first else ASCENDING
        window = Window(limit, after, before, last)
        found = await find_page(collection, {"list": "a"}, [("at", direction), ("name", direction)], window)
        both = await find_pages(
            collection,
            [{"list": "b"}, {"list": "none"}, {"list": "a"}],
            [("at", direction), ("name", direction)],
            window,
        )
        assert (both[1], both[2]) == ([], found)
        others = part([(2, "b")], window, key_of=lambda one: one, newest_first=newest_first)
        assert [(one["at"], one["name"]) for one in both[0]] == others
        expected = part(ENTRIES, window, key_of=lambda one: one, newest_first=newest_first)
        assert [(one["at"], one["name"]) for one in found] == expected, window


async def test_a_page_in_the_middle_examines_what_it_answers(database: Database) -> None:
    collection = database["entries"]
    await collection.create_index([("list", ASCENDING), ("at", DESCENDING), ("name", DESCENDING)])
    await collection.insert_many([{"list": "a", "at": at // 2, "name": str(at)} for at in range(200)])
    await database.command("profile", 2)
    order = [("at", DESCENDING), ("name", DESCENDING)]
    window = Window(5, after=(50, "100"), last=False)
    assert len(await find_page(collection, {"list": "a"}, order, window)) == 5
    assert len(await find_page(collection, {"list": "a"}, order, Window(5, before=(50, "100"), last=True))) == 5
    seen = [one async for one in database["system.profile"].find({"op": "query", "ns": collection.full_name})]
    assert [one["docsExamined"] <= 7 and not one.get("hasSortStage") for one in seen] == [True, True]


async def test_many_pages_are_one_command_that_examines_what_it_answers(database: Database) -> None:
    collection = database["entries"]
    await collection.create_index([("list", ASCENDING), ("at", DESCENDING), ("name", DESCENDING)])
    lists = [f"list{number}" for number in range(50)]
    await collection.insert_many([{"list": one, "at": at, "name": str(at)} for one in lists for at in range(20)])
    await database.command("profile", 2)
    order = [("at", DESCENDING), ("name", DESCENDING)]
    pages = await find_pages(collection, [{"list": one} for one in lists], order, Window(2, after=(9, "9")))
    assert [[(one["list"], one["at"]) for one in page] for page in pages] == [[(one, 8), (one, 7)] for one in lists]
    assert await find_pages(collection, [], order, Window(2)) == []
    seen = database["system.profile"].find({"op": "command", "command.aggregate": "entries"})
    [one] = [one async for one in seen]
    assert one["docsExamined"] <= len(lists) * 3
    assert not one.get("hasSortStage")
