"""Every query needs an index: whatever a test asks of real MongoDB is explained, and a scan fails that test.

New stores and queries are covered by their being tested at all.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from pymongo import monitoring
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

from app.store.database import Database, Document

QUERIES: Final = {
    "find": ("filter",),
    "aggregate": ("pipeline",),
    "count": ("query",),
    "distinct": ("query",),
    "findAndModify": ("query",),
    "update": ("updates",),
    "delete": ("deletes",),
}
"""Commands that look for something, and where they say what for."""
NO_PART: Final = frozenset(
    {
        *("lsid", "txnNumber", "autocommit", "startTransaction", "stmtId"),
        *("$db", "$clusterTime", "$readPreference", "writeConcern", "readConcern", "maxTimeMS", "ordered"),
    }
)
"""What a command carries besides its question."""
OF_TESTS: Final = frozenset({"entries", "system.profile"})
"""Collections that no store has."""


class Recorder(CommandListener):
    """What every client of this process asked, once for each shape; values do not matter."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._new: dict[str, list[Document]] = {}
        self.asked: Counter[str] = Counter()
        """How many commands each database was sent."""

    def started(self, event: CommandStartedEvent) -> None:
        """Notes a question of a new shape."""
        self.asked[event.database_name] += 1
        if event.command_name in QUERIES and event.database_name.startswith("test_"):
            for command in _each(dict(event.command), event.command_name):
                if _is_of_a_store(command, event.command_name) and (shape := _shape(command)) not in self._known:
                    self._known.add(shape)
                    self._new.setdefault(event.database_name, []).append(command)

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """Nothing to note."""

    def failed(self, event: CommandFailedEvent) -> None:
        """Nothing to note."""

    async def unindexed(self, database: Database) -> list[str]:
        """Those of the new questions to this database that read more than an index has for them."""
        found = []
        for command in self._new.pop(database.name, []):
            plan = await database.command("explain", command, verbosity="queryPlanner")
            if faults := sorted({fault for planned in _planned(plan) for fault in _faults_of_all(planned)}):
                found.append(f"{', '.join(faults)}: {command}")
        return found


def _each(command: Document, name: str) -> Iterator[Document]:
    """The command, once for each of its questions, without what it carries besides."""
    bare = {field: value for field, value in command.items() if field not in NO_PART}
    [where] = QUERIES[name]
    if name in ("update", "delete"):
        yield from (bare | {where: [one]} for one in bare[where])
    else:
        yield bare


def _is_of_a_store(command: Document, name: str) -> bool:
    emptied_by_a_test = name == "delete" and not command["deletes"][0]["q"]
    return command[name] not in OF_TESTS and not emptied_by_a_test


def _shape(command: Document) -> str:
    return json.dumps(_form(command), sort_keys=True, default=str)


def _form(value: Any, *, name: str = "") -> Any:
    if isinstance(value, dict):
        # What is written does not matter, where it is sought does.
        return {key: _form(one, name=key) for key, one in value.items() if key not in ("u", "update", "lsid")} | {
            "update": name == "" and value.get("update")
        }
    if isinstance(value, list):
        return sorted({json.dumps(_form(one), sort_keys=True, default=str) for one in value})
    return value if name in QUERIES or name.startswith("$") else type(value).__name__


def _planned(plan: Any) -> Iterator[Document]:
    """Where plans were made: an aggregation has one such place for each collection it reads."""
    if isinstance(plan, dict):
        if "winningPlan" in plan:
            yield plan
        else:
            for part in plan.values():
                yield from _planned(part)
    elif isinstance(plan, list):
        for part in plan:
            yield from _planned(part)


def _faults_of_all(planned: Document) -> set[str]:
    """What every plan has that is possible: of little data MongoDB may well sort where it need not."""
    possible = [planned["winningPlan"], *planned.get("rejectedPlans", ())]
    return set.intersection(*(set(_faults(one)) for one in possible))


def _faults(stage: Any) -> Iterator[str]:
    if isinstance(stage, list):
        for one in stage:
            yield from _faults(one)
    elif isinstance(stage, dict):
        if stage.get("stage") in ("COLLSCAN", "SORT"):
            yield stage["stage"]
        if stage.get("stage") == "IXSCAN" and stage["indexBounds"][next(iter(stage["keyPattern"]))] in _UNBOUNDED:
            yield f"the whole index {stage['indexName']}"
        for part in stage.values():
            yield from _faults(part)


RECORDER: Final = Recorder()
"""What all clients of this process ask."""
monitoring.register(RECORDER)

_UNBOUNDED: Final = (["[MinKey, MaxKey]"], ["[MaxKey, MinKey]"])
