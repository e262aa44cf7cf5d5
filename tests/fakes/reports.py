"""Reports in memory, for tests of the use cases; one contract suite checks this store and the real one."""

from collections.abc import Collection

from app.domain.reports import Report, ReportState
from app.services.pages import Moment, Window, part
from app.services.stores import ReportFilter


class MemoryReportStore:
    """`ReportStore` in a dict."""

    def __init__(self) -> None:
        self._reports: dict[str, Report] = {}

    async def add(self, report: Report) -> Report:
        pair = (report.reporter.id, report.target)
        earlier = next((one for one in self._reports.values() if (one.reporter.id, one.target) == pair), None)
        return earlier or self._reports.setdefault(report.id, report)

    async def get(self, report_id: str) -> Report | None:
        return self._reports.get(report_id)

    async def get_many(self, report_ids: Collection[str]) -> list[Report]:
        return [self._reports[report_id] for report_id in set(report_ids) & self._reports.keys()]

    async def resolve(self, resolved: Report) -> bool:
        if self._reports[resolved.id].state is not ReportState.OPEN:
            return False
        self._reports[resolved.id] = resolved
        return True

    async def page(self, wanted: ReportFilter, window: Window[Moment]) -> list[Report]:
        found = [
            one
            for one in self._reports.values()
            if wanted.state in (None, one.state)
            and wanted.category in (None, one.category)
            and wanted.kind in (None, one.target.kind)
        ]
        return part(found, window, key_of=lambda one: (one.reported_at, one.id), newest_first=True)
