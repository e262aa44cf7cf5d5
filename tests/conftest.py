"""What tests of every layer share: one real mongod for the whole run, a fresh database for each test."""

import itertools
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.mongod import Mongod
from app.store.database import Database, make_primary, open_database

_names = itertools.count(1)


@pytest.fixture(scope="session")
async def mongod(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Mongod]:
    """The embedded mongod, on data of its own; it ends with the run."""
    data: Path = tmp_path_factory.mktemp("mongod")
    async with Mongod(data, make_primary) as running:
        yield running


@pytest.fixture
async def database(mongod: Mongod) -> AsyncIterator[Database]:
    """A database that nobody else has used, dropped after the test."""
    async with open_database(mongod.uri, name=f"test_{next(_names)}") as fresh:
        yield fresh
        await fresh.client.drop_database(fresh.name)
