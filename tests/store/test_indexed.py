"""The guard over every query of the stores sees what has no index, and lets pass what has one."""

from typing import Any

import pytest
from pymongo.monitoring import CommandStartedEvent

from app.store.database import Database
from tests.indexed import Recorder


async def faults(database: Database, command: dict[str, Any]) -> list[str]:
    """What the guard says of a command."""
    recorder = Recorder()
    carried = command | {"$db": database.name, "lsid": {"id": 1}}
    recorder.started(CommandStartedEvent(carried, database.name, 1, ("localhost", 1), 1))
    return [one.partition(": ")[0] for one in await recorder.unindexed(database)]


@pytest.mark.parametrize(
    ("command", "fault"),
    [
        ({"find": "spaces", "filter": {"title": "Jazz"}}, "COLLSCAN"),
        ({"find": "spaces", "filter": {"_id": "a", "title": "Jazz"}, "limit": 1}, None),
        ({"find": "spaces", "filter": {"host.id": "a"}, "sort": {"title": 1}}, "SORT"),
        ({"find": "spaces", "filter": {}, "sort": {"_id": 1}}, "the whole index _id_"),
        ({"find": "spaces", "filter": {"$or": [{"_id": "a"}, {"title": "Jazz"}]}}, "COLLSCAN"),
        (
            {"aggregate": "spaces", "pipeline": [{"$match": {"title": "Jazz"}}, {"$count": "n"}], "cursor": {}},
            "COLLSCAN",
        ),
        ({"aggregate": "spaces", "pipeline": [{"$match": {"host.id": "a"}}, {"$count": "n"}], "cursor": {}}, None),
        ({"update": "people", "updates": [{"q": {"bio": "x"}, "u": {"$set": {"bio": "y"}}}]}, "COLLSCAN"),
        ({"update": "people", "updates": [{"q": {"_id": "x"}, "u": {"$set": {"bio": "y"}}}]}, None),
        ({"delete": "people", "deletes": [{"q": {"bio": "x"}, "limit": 1}]}, "COLLSCAN"),
        ({"findAndModify": "people", "query": {"bio": "x"}, "update": {"$set": {"bio": "y"}}}, "COLLSCAN"),
        ({"insert": "people", "documents": [{"_id": "x"}]}, None),
    ],
)
async def test_what_has_no_index_is_named(database: Database, command: dict[str, Any], fault: str | None) -> None:
    assert await faults(database, command) == ([fault] if fault else [])


async def test_of_two_updates_in_one_command_each_is_looked_at(database: Database) -> None:
    updates = [{"q": {name: "x"}, "u": {"$set": {"bio": "y"}}} for name in ("_id", "bio")]
    assert await faults(database, {"update": "people", "updates": updates}) == ["COLLSCAN"]
