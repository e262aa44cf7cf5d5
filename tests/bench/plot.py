"""`python -m tests.bench.plot [FILE]`: draws what was measured of the live server, and prints README's tables of it.

The file is what `python -m tests.bench ... --json FILE` wrote; both pictures are of it, for desks and for phones.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.bench.drawing import Panel, Row, draw, figure
from tests.bench.fan_out import BURST
from tests.bench.results import Results, column
from tests.bench.size import FULL
from tests.bench.tables import Table, text

HERE: Final = Path(__file__).parent
FIGURES: Final = HERE / "figures.json"
PICTURES: Final = {HERE / "figures.svg": (940, 2), HERE / "figures-phone.svg": (400, 1)}
"""Each with its width and how many panels are side by side."""
TITLE: Final = "This server beside its peers"
US: Final = "this server"
FLOOR: Final = "floor"
DROPPED: Final = "s until dropped"
CONTENDERS: Final = {
    US: US,
    "this server with MongoDB": "and MongoDB",
    "Strawberry as installed": "Strawberry as installed",
    "graphql-yoga": "graphql-yoga",
    "mercurius": "mercurius",
    "mercurius with JIT": "mercurius with JIT",
    FLOOR: "floor: raw frames",
}
"""Those that are drawn, in this order, and what they are called there."""


def panels(results: Results) -> list[Panel]:
    """What there are figures of."""
    burst = f"in bursts of {BURST}"
    found = []
    for crowd in results.benches.get("fan_out", ())[:1]:
        found += [
            _panel("CPU for each event delivered", ["one at a time", burst], "microseconds", crowd, "CPU us", burst),
            _panel("Until the last of all has it", ["median", "99 %"], "milliseconds", crowd, "ms to the last", "99 %"),
            _panel("CPU to connect", ["until subscribed, and told the state"], "microseconds", crowd, "CPU us to join"),
            _panel("Memory for each listener", ["resident, of the process"], "KB", crowd, "KB each"),
        ]
    for asked in results.benches.get("side_by_side", ()):
        found.append(
            _panel("CPU of a Space over HTTP", ["a stage of 13, the document known"], "microseconds", asked, "CPU us")
        )
    for stalled in results.benches.get("stalled", ()):
        found.append(
            _panel("Held for who stops reading", ["and seconds until they are dropped"], "KB", stalled, "KB each")
        )
    return found


def _panel(title: str, marks: Sequence[str], unit: str, table: Table, *columns: str) -> Panel:
    found = [_first(table, title) for title in columns]
    dropped = _first(table, DROPPED) if DROPPED in table.columns else {}
    rows = [
        Row(name, [float(figures[one]) for figures in found], _remark(dropped.get(one)), one.startswith(US))
        for one, name in CONTENDERS.items()
        if one in found[0]
    ]
    floor = found[0].get(FLOOR)
    return Panel(title, marks, unit, rows, None if floor is None else float(floor))


def _first(table: Table, title: str) -> dict[str, float | str]:
    """A column by contender; of several ways in which one was measured the first, which is the one it is used in."""
    found: dict[str, float | str] = {}
    for name, cell in column(table, title).items():
        found.setdefault(name.partition(":")[0].partition(",")[0], cell)
    return found


def _remark(dropped: float | str | None) -> str:
    if dropped is None:
        return ""
    return f" · {dropped} s" if isinstance(dropped, str) else f" · {dropped:.0f} s"


def notes(results: Results) -> list[str]:
    """What is said below the panels."""
    said = [f"Lower is better. {FULL.crowd} websockets; server and clients on a core each, over the loopback."]
    for table in results.benches.get("full_house", ()):
        found = column(table, "figure")
        half, most, last = (
            figure(float(found[name])) for name in ("ms from the mutation to a listener: median", "99 %", "most")
        )
        said.append(
            f"A full house, {figure(float(found['listeners']))} listeners, clients and MongoDB on these two cores: "
            f"an event is there {half} ms after its mutation (median), {most} (99 %), {last} at most."
        )
    return said


def readme(results: Results) -> str:
    """The tables in README's form."""
    return "\n\n".join(
        "\n".join(_compact(table))
        for name in ("fan_out", "stalled", "full_house", "side_by_side", "queries", "hostile")
        for table in results.benches.get(name, ())
    )


def _compact(table: Table) -> list[str]:
    rule = "|".join(["", "---", *("--:" for _ in table.columns[1:]), ""])
    rows = [table.columns, *([text(cell) for cell in row] for row in table.rows)]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return [lines[0], rule, *lines[1:], "", table.note]


def pictures(results: Results) -> dict[Path, str]:
    """The text of each picture."""
    shown, said = panels(results), notes(results)
    return {file: draw(TITLE, said, shown, width=width, columns=columns) for file, (width, columns) in PICTURES.items()}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.plot", description="Draws what was measured.")
    parser.add_argument("file", nargs="?", type=Path, default=FIGURES, help="written by python -m tests.bench --json")
    results = Results.load(parser.parse_args().file)
    for file, drawn in pictures(results).items():
        file.write_text(drawn)
    print(f"{results.conditions}\n\n{readme(results)}")


if __name__ == "__main__":
    main()
