"""Drawing: panels of dots on logarithmic axes as one SVG, which brings its own colours by day and by night.

Every figure is written beside its dot, so nothing has to be read off an axis.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import floor, log10
from textwrap import wrap
from typing import Final
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

MARGIN: Final = 20
GAP: Final = 32
"""Between panels, both ways."""
NAMES: Final = 158
"""Width of the names at the left of a panel."""
LABEL: Final = 44
"""Room for a figure at either end of an axis."""
LETTER: Final = 6.1
"""Width of a letter, nearly: whose font it will be nobody knows."""
SMALL: Final = 5.5
"""The same of a note's."""
ROW: Final = 24
HEAD: Final = 62
"""Title, what the dots mean, and some air."""
FOOT: Final = 34
LINE: Final = 17
TICK: Final = 36
"""Least room from tick to tick."""
STEPS: Final = ((1, 2, 5), (1, 3), (1,))
"""Ticks in each power of ten; the first is taken that has room."""
STYLE: Final = """
svg { --paper: #ffffff; --ink: #1f2328; --pale: #59636e; --grid: #d8dee4; --ours: #6d28d9; --others: #57606a }
@media (prefers-color-scheme: dark) {
  svg { --paper: #0d1117; --ink: #e6edf3; --pale: #a5adb8; --grid: #30363d; --ours: #b79cff; --others: #a5adb8 }
}
text { font: 13px sans-serif; fill: var(--ink); stroke: var(--paper); stroke-width: 4px; paint-order: stroke }
.title { font-size: 19px; font-weight: bold }
.panel { font-size: 15px; font-weight: bold }
.pale { font-size: 12px; fill: var(--pale) }
.right { text-anchor: end }
.middle { text-anchor: middle }
.grid { stroke: var(--grid) }
.floor { stroke: var(--pale); stroke-dasharray: 3 3 }
.ours { fill: var(--ours); font-weight: bold }
.dot { fill: var(--others); stroke: var(--others); stroke-width: 2 }
.ring { fill: var(--paper); stroke: var(--others); stroke-width: 2 }
.span { stroke: var(--others); stroke-width: 2 }
.dot.ours { fill: var(--ours) }
.dot.ours, .ring.ours, .span.ours { stroke: var(--ours) }
.ring.ours { fill: var(--paper) }
"""


@dataclass(frozen=True, slots=True)
class Row:
    """A name, one figure or two of it, and a remark that is written behind."""

    name: str
    figures: Sequence[float]
    remark: str = ""
    is_ours: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """Rows under a title. `marks`: what a dot is and, where there are two figures, a ring. `floor`: where a line is."""

    title: str
    marks: Sequence[str]
    unit: str
    rows: Sequence[Row]
    floor: float | None = None


def draw(title: str, notes: Sequence[str], panels: Sequence[Panel], *, width: int, columns: int) -> str:
    """The panels from left to right, top to bottom, with the notes below; the same text for the same figures."""
    inner = (width - 2 * MARGIN - (columns - 1) * GAP) / columns
    rows = [panels[at : at + columns] for at in range(0, len(panels), columns)]
    heights = [max(_height(panel) for panel in row) for row in rows]
    top: float = MARGIN + 40
    lines = [line for note in notes for line in wrap(note, int((width - 2 * MARGIN) / SMALL))]
    height = top + sum(heights) + GAP * len(rows) + LINE * len(lines) + MARGIN / 2
    svg = Element("svg", xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {width} {_n(height)}", role="img")
    svg.set("width", str(width))
    svg.set("height", _n(height))
    SubElement(svg, "title").text = title
    SubElement(svg, "style").text = STYLE
    SubElement(svg, "rect", width="100%", height="100%", style="fill: var(--paper)")
    _write(svg, MARGIN, MARGIN + 16, title, "title")
    for row, tall in zip(rows, heights, strict=True):
        for number, panel in enumerate(row):
            x = MARGIN + number * (inner + GAP)
            group = SubElement(svg, "g", transform=f"translate({_n(x)} {_n(top)})")
            _panel(group, panel, inner)
        top += tall + GAP
    for number, line in enumerate(lines):
        _write(svg, MARGIN, top + number * LINE, line, "pale")
    ElementTree.indent(svg)
    return ElementTree.tostring(svg, encoding="unicode") + "\n"


def _height(panel: Panel) -> float:
    return HEAD + ROW * len(panel.rows) + FOOT


class Axis:
    """A logarithmic axis over all figures of a panel."""

    def __init__(self, panel: Panel, left: float, right: float) -> None:
        figures = [one for row in panel.rows for one in row.figures]
        self._low, high = log10(min(figures)), log10(max(figures))
        self._left = left
        self._scale = (right - left) / max(high - self._low, 0.1)
        powers = range(floor(self._low), floor(high) + 1)
        closest = (min(log10(b / a) for a, b in pairwise((*steps, 10))) * self._scale for steps in STEPS)
        steps = next((steps for steps, room in zip(STEPS, closest, strict=True) if room >= TICK), STEPS[-1])
        ticks = [10.0**power * step for power in powers for step in steps]
        self.ticks = [tick for tick in ticks if self._low <= log10(tick) <= high]

    def at(self, number: float) -> float:
        """Where a figure is."""
        return self._left + (log10(number) - self._low) * self._scale


def _panel(group: Element, panel: Panel, width: float) -> None:
    remarks = max(len(row.remark) for row in panel.rows) * LETTER
    axis = Axis(panel, NAMES + (LABEL if len(panel.marks) > 1 else 0), width - LABEL - remarks)
    bottom = HEAD + ROW * len(panel.rows)
    _write(group, 0, 14, panel.title, "panel")
    if len(panel.marks) > 1:
        _legend(group, panel.marks, 34)
    else:
        _write(group, 0, 34, panel.marks[0], "pale")
    for tick in axis.ticks:
        _line(group, (axis.at(tick), HEAD - 14), (axis.at(tick), bottom), "grid")
        _write(group, axis.at(tick), bottom + 15, figure(tick), "pale middle")
    _write(group, (NAMES + width) / 2, bottom + 32, f"{panel.unit}, logarithmic", "pale middle")
    if panel.floor is not None:
        _line(group, (axis.at(panel.floor), HEAD - 14), (axis.at(panel.floor), bottom), "floor")
    for number, row in enumerate(panel.rows):
        _row(group, row, axis, HEAD + ROW * number)


def _legend(group: Element, marks: Sequence[str], y: float) -> None:
    for number, (mark, shape) in enumerate(zip(marks, ("dot", "ring"), strict=False)):
        x = 6 + number * 130
        _circle(group, x, y - 4, shape)
        _write(group, x + 12, y, mark, "pale")


def _row(group: Element, row: Row, axis: Axis, y: float) -> None:
    ours = " ours" if row.is_ours else ""
    _write(group, NAMES - 14, y + 4, row.name, f"right{ours}")
    places = [axis.at(one) for one in row.figures]
    if len(places) > 1:
        _line(group, (min(places), y), (max(places), y), f"span{ours}")
    for place, shape in zip(places, ("dot", "ring"), strict=False):
        _circle(group, place, y, f"{shape}{ours}")
    # Of two figures the lesser one is written on the left, where nothing else is.
    least, *more = sorted(zip(places, row.figures, strict=True))
    last = more[-1] if more else least
    if more:
        _write(group, least[0] - 10, y + 4, figure(least[1]), f"right{ours}")
    _write(group, last[0] + 10, y + 4, figure(last[1]) + row.remark, ours.strip())


def figure(number: float) -> str:
    """Three figures of a number, its thousands apart."""
    return f"{number:,.0f}".replace(",", " ") if number >= 100 else f"{number:.3g}"


def _write(parent: Element, x: float, y: float, text: str, kind: str) -> None:
    element = SubElement(parent, "text", x=_n(x), y=_n(y))
    if kind:
        element.set("class", kind)
    element.text = text


def _line(parent: Element, start: tuple[float, float], end: tuple[float, float], kind: str) -> None:
    line = SubElement(parent, "line", x1=_n(start[0]), y1=_n(start[1]), x2=_n(end[0]), y2=_n(end[1]))
    line.set("class", kind)


def _circle(parent: Element, x: float, y: float, kind: str) -> None:
    SubElement(parent, "circle", cx=_n(x), cy=_n(y), r="4.5").set("class", kind)


def _n(number: float) -> str:
    return f"{number:.1f}".rstrip("0").rstrip(".")
