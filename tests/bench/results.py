"""Results: the tables of a run of benches, kept as JSON for what is drawn and written of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

from tests.bench.tables import Cell, Table


@dataclass(frozen=True, slots=True)
class Results:
    """What machine and load the figures are of, and the tables of each bench that ran."""

    conditions: str
    benches: Mapping[str, Sequence[Table]]

    def save(self, file: Path) -> None:
        """Writes them as JSON; makes the folder. Raises `OSError`."""
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))

    @staticmethod
    def load(file: Path) -> Results:
        """Reads what `save` wrote. Raises `OSError`, and `ValueError` or `KeyError` for anything else."""
        said = orjson.loads(file.read_bytes())
        benches = {name: [Table(**table) for table in tables] for name, tables in said["benches"].items()}
        return Results(said["conditions"], benches)


def column(table: Table, title: str) -> Mapping[str, Cell]:
    """The cells of a column by their row's name. Raises `ValueError` where there is no such column."""
    at = list(table.columns).index(title)
    return {str(row[0]): row[at] for row in table.rows}
