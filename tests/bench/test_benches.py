"""The benches do not rot: each runs in its smallest size."""

import math
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.bench import plot
from tests.bench.benches import BENCHES
from tests.bench.place import Place, open_place
from tests.bench.results import Results
from tests.bench.size import TINY
from tests.bench.tables import Table


class Ran:
    """The benches that ran so far, each once however many tests look at its tables."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._tables: dict[str, Sequence[Table]] = {}

    async def tables(self, name: str) -> Sequence[Table]:
        """What it found, in its smallest size."""
        if name not in self._tables:
            self._tables[name] = await BENCHES[name](TINY, self._place)
        return self._tables[name]


@pytest.fixture(scope="module")
async def ran() -> AsyncIterator[Ran]:
    """One place for all benches, and so one server."""
    async with open_place() as place:
        yield Ran(place)


@pytest.mark.parametrize("name", BENCHES)
async def test_a_bench_fills_its_tables(name: str, ran: Ran) -> None:
    tables = await ran.tables(name)
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


async def test_what_was_measured_can_be_kept_drawn_and_told(ran: Ran, tmp_path: Path) -> None:
    names = ("fan_out", "stalled", "full_house", "side_by_side")
    Results("2 cores", {name: await ran.tables(name) for name in names}).save(tmp_path / "kept" / "figures.json")
    results = Results.load(tmp_path / "kept" / "figures.json")
    for drawn in plot.pictures(results).values():
        shown = {element.text for element in ElementTree.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text")}
        assert {"this server", "and MongoDB", "Strawberry as installed", "floor: raw frames"} <= shown
    assert "| this server with MongoDB |" in plot.readme(results)


def test_the_pictures_are_of_the_figures_beside_them() -> None:
    for file, drawn in plot.pictures(Results.load(plot.FIGURES)).items():
        assert file.read_text() == drawn, "make plot"
