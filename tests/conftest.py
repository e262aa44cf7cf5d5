"""What tests of every layer share: one real mongod for the whole run, a fresh database for each test."""

import asyncio
import functools
import inspect
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from pymongo.write_concern import WriteConcern

from app.mongod import Mongod
from app.store.database import Database, make_primary, open_database
from tests.indexed import RECORDER

LAST_WORDS_SECONDS = 10.0
"""What was ended may take this long for it: aioice looks up from a wait every 20 ms, and a busy machine is slow."""


TEST_SECONDS = 300
"""No test waits longer: where one hangs, the await that never ends is in its traceback."""

# How long an example takes, and to think of one, is the machine's: a busy one has no bugs for that.
settings.register_profile("unhurried", parent=settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Gives every asynchronous test its deadline."""
    for item in items:
        if isinstance(item, pytest.Function) and inspect.iscoroutinefunction(item.obj):
            item.obj = _within_deadline(item.obj)


def _within_deadline(test: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    @functools.wraps(test)
    async def run(*args: Any, **kwargs: Any) -> None:
        async with asyncio.timeout(TEST_SECONDS):
            await test(*args, **kwargs)

    return run


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI nothing is left out: what a test needs is installed there, so one that is skipped has failed."""
    report = yield
    if report.skipped and "CI" in os.environ:
        report.outcome, report.longrepr = "failed", f"skipped, in CI: {report.longrepr}"
    return report


@pytest.fixture(autouse=True)
async def _no_task_outlives_its_test() -> AsyncIterator[None]:
    """Every task has an owner that awaits its end: a test that leaves one behind fails."""
    before = asyncio.all_tasks()
    yield
    if left := _since(before):
        _, left = await asyncio.wait(left, timeout=LAST_WORDS_SECONDS)
    assert not left, "tasks outlived the test"


def _since(before: set[asyncio.Task[Any]]) -> set[asyncio.Task[Any]]:
    # pytest-asyncio runs each half of a fixture in a task of its own.
    return asyncio.all_tasks() - before - {asyncio.current_task()}


@pytest.fixture(scope="session")
async def mongod(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Mongod]:
    """The embedded mongod, on data of its own; it ends with the run."""
    data: Path = tmp_path_factory.mktemp("mongod")
    async with Mongod(data, make_primary) as running:
        yield running


@pytest.fixture(scope="session")
async def shared_database(mongod: Mongod) -> AsyncIterator[Database]:
    """One database for the whole run: making the collections and their indexes anew takes half a second."""
    async with open_database(mongod.uri, name="test_shared") as database:
        yield database


@pytest.fixture
async def database(shared_database: Database) -> AsyncIterator[Database]:
    """An empty database; whatever a store asked of it has an index."""
    indexed = set(await shared_database.list_collection_names())
    yield shared_database
    unindexed = await RECORDER.unindexed(shared_database)
    await _restore(shared_database, indexed)
    assert not unindexed, "queries without an index"


async def _restore(database: Database, collections: set[str]) -> None:
    """Only these collections, all empty, and no profiling."""
    await database.command("profile", 0)
    hasty = database.with_options(write_concern=WriteConcern(w=1, j=False))
    found = await hasty.list_collection_names()
    await asyncio.gather(
        *(hasty[name].delete_many({}) if name in collections else hasty.drop_collection(name) for name in found)
    )
