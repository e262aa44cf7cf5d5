"""The benches do not rot: each runs in its smallest size."""

import math
from collections.abc import AsyncIterator

import pytest

from tests.bench.benches import BENCHES
from tests.bench.place import Place, open_place
from tests.bench.size import TINY
from tests.bench.tables import Table


@pytest.fixture(scope="module")
async def place() -> AsyncIterator[Place]:
    """One for all benches, and so one server."""
    async with open_place() as one:
        yield one


@pytest.mark.parametrize("name", BENCHES)
async def test_a_bench_fills_its_tables(name: str, place: Place) -> None:
    tables = await BENCHES[name](TINY, place)
    assert tables
    for table in tables:
        assert table.rows, table.title
        for row in table.rows:
            assert len(row) == len(table.columns), (table.title, row)
            assert all(math.isfinite(cell) for cell in row if not isinstance(cell, str)), (table.title, row)


def test_a_table_is_markdown_in_columns_of_one_width() -> None:
    table = Table("Cost", ["what", "ms"], [["a", 0.126], ["a longer one", 1234.5]], "By the clock.")
    assert table.markdown().splitlines() == [
        "**Cost**",
        "",
        "| what         |   ms |",
        "| ------------ | ---: |",
        "| a            | 0.13 |",
        "| a longer one | 1234 |",
        "",
        "By the clock.",
    ]
