"""Reports, as the database keeps them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from app.domain.reports import Report, ReportCategory, ReportState, TargetKind
from app.services.pages import Moment, Window


@dataclass(frozen=True, slots=True)
class ReportFilter:
    """Which reports; None: all."""

    state: ReportState | None = None
    category: ReportCategory | None = None
    kind: TargetKind | None = None


class ReportStore(Protocol):
    """Reports: one for each reporter and target."""

    async def add(self, report: Report) -> Report:
        """What is kept: this report, or the one that its reporter made of its target before."""

    async def get(self, report_id: str) -> Report | None: ...

    async def get_many(self, report_ids: Collection[str]) -> list[Report]:
        """Those of the reports that there are, in no particular order."""

    async def resolve(self, resolved: Report) -> bool:
        """Keeps the report as it was resolved. False where it is not open any more, with nothing written."""

    async def page(self, wanted: ReportFilter, window: Window[Moment]) -> list[Report]:
        """Reports in order of (time, id), newest first."""
