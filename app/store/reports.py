"""Reports: one document each, unique for its reporter and target."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Final

from pymongo import DESCENDING
from pymongo.errors import DuplicateKeyError

from app.domain.reports import Report, ReportState
from app.services.pages import Moment, Window
from app.services.plain import Plain
from app.services.stores import ReportFilter
from app.store.database import Database, Document, from_document, to_document
from app.store.pages import find_page

_REPORTS: Final = Plain(Report)
_NEWEST: Final = [("reported_at", DESCENDING), ("_id", DESCENDING)]
_ALL: Final[Document] = {"reported_at": {"$gt": datetime.min.replace(tzinfo=UTC)}}
"""Every report there is, as a range of the index."""


class MongoReportStore:
    """The `ReportStore` port on MongoDB."""

    def __init__(self, database: Database) -> None:
        self._reports = database["reports"]

    async def add(self, report: Report) -> Report:
        try:
            await self._reports.insert_one(to_document(_REPORTS.encode(report)))
        except DuplicateKeyError:
            pair = {
                "reporter.id": report.reporter.id,
                "target.kind": report.target.kind.value,
                "target.id": report.target.id,
            }
            earlier = await self._reports.find_one(pair)
            if earlier is None:
                raise
            return _report(earlier)
        return report

    async def get(self, report_id: str) -> Report | None:
        document = await self._reports.find_one({"_id": report_id})
        return _report(document) if document else None

    async def get_many(self, report_ids: Collection[str]) -> list[Report]:
        return [_report(document) async for document in self._reports.find({"_id": {"$in": list(report_ids)}})]

    async def resolve(self, resolved: Report) -> bool:
        document = to_document(_REPORTS.encode(resolved))
        still_open = {"_id": document.pop("_id"), "state": ReportState.OPEN.value}
        return (await self._reports.replace_one(still_open, document)).matched_count > 0

    async def page(self, wanted: ReportFilter, window: Window[Moment]) -> list[Report]:
        named = {"state": wanted.state, "category": wanted.category, "target.kind": wanted.kind}
        query: Document = {field: value.value for field, value in named.items() if value is not None}
        return [_report(document) for document in await find_page(self._reports, query or _ALL, _NEWEST, window)]


def _report(document: Document) -> Report:
    return _REPORTS.decode(from_document(document))
