"""A bench's result: a table that reads well in a terminal and is Markdown."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

Cell = str | float


@dataclass(frozen=True, slots=True)
class Table:
    """Figures, and under `note` what they are of and how they were measured."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    note: str

    def markdown(self) -> str:
        """The table, its columns padded to one width: the first to the left, the others, of numbers, to the right."""
        lines = [list(self.columns), *([text(cell) for cell in row] for row in self.rows)]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
        padded = [_padded(line, widths) for line in (lines[0], rule, *lines[1:])]
        return "\n".join([f"**{self.title}**", "", *padded, "", self.note])


def _padded(line: Sequence[str], widths: Sequence[int]) -> str:
    name, *figures = line
    right = [figure.rjust(width) for figure, width in zip(figures, widths[1:], strict=True)]
    return f"| {' | '.join([name.ljust(widths[0]), *right])} |"


def text(cell: Cell) -> str:
    """Three figures of a number; more would be noise."""
    if isinstance(cell, str):
        return cell
    decimals = 0 if abs(cell) >= 100 else 1 if abs(cell) >= 10 else 2
    return f"{cell:.{decimals}f}"


def percentile(figures: Sequence[float], percent: float) -> float:
    """The least of them that so many are not above."""
    ordered = sorted(figures)
    return ordered[max(0, ceil(len(ordered) * percent / 100) - 1)]
