"""Reports, as the schema shows them."""

from __future__ import annotations

from strawberry.relay import GlobalID

from app.domain import reports
from app.domain.reports import TargetKind
from resolvers.mapping.people import user
from schema.reports import (
    FiledReport,
    Report,
    ReportCategory,
    ReportResolution,
    ReportState,
    ReportTargetKind,
)

_TYPE_NAMES = {TargetKind.SPACE: "Space", TargetKind.USER: "User", TargetKind.CLIP: "Clip", TargetKind.POST: "Post"}


def filed_report(report: reports.Report) -> FiledReport:
    """A report, for its reporter."""
    return FiledReport(
        id=GlobalID(Report.__name__, report.id),
        category=ReportCategory[report.category.name],
        text=report.text,
        reported_at=report.reported_at,
    )


def report(report: reports.Report) -> Report:
    """A report, for operators."""
    verdict = report.verdict
    return Report(
        key=report.id,
        reporter=user(report.reporter),
        category=ReportCategory[report.category.name],
        text=report.text,
        reported_at=report.reported_at,
        target_kind=ReportTargetKind[report.target.kind.name],
        target_id=GlobalID(_TYPE_NAMES[report.target.kind], report.target.id),
        state=ReportState[report.state.name],
        resolution=ReportResolution[verdict.resolution.name] if verdict else None,
        note=verdict.note if verdict else None,
        resolved_by=user(verdict.operator) if verdict else None,
        resolved_at=verdict.at if verdict else None,
        space_key=report.space_id,
    )
