"""Reports: what people tell the operators about each other, about Spaces and clips, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from app.domain import refusals
from app.domain.people import require_other
from app.domain.roster import Person
from app.domain.texts import checked


class TargetKind(StrEnum):
    """What can be reported."""

    SPACE = "SPACE"
    USER = "USER"
    CLIP = "CLIP"
    POST = "POST"


@dataclass(frozen=True, slots=True)
class ReportTarget:
    """What a report is about; it may be gone meanwhile."""

    kind: TargetKind
    id: str


class ReportCategory(StrEnum):
    """What is wrong, in the words of whoever reports."""

    ABUSE = "ABUSE"
    HATE = "HATE"
    VIOLENCE = "VIOLENCE"
    CHILD_SAFETY = "CHILD_SAFETY"
    SELF_HARM = "SELF_HARM"
    SEXUAL_CONTENT = "SEXUAL_CONTENT"
    PRIVACY = "PRIVACY"
    IMPERSONATION = "IMPERSONATION"
    SPAM = "SPAM"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class Complaint:
    """What someone says is wrong."""

    category: ReportCategory
    text: str = ""


class ReportState(StrEnum):
    """Whether operators have dealt with a report."""

    OPEN = "OPEN"
    RESOLVED = "RESOLVED"


class Resolution(StrEnum):
    """What operators found."""

    ACTION_TAKEN = "ACTION_TAKEN"
    NO_VIOLATION = "NO_VIOLATION"
    DUPLICATE = "DUPLICATE"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an operator decided, and the note they left for other operators."""

    resolution: Resolution
    operator: Person
    at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """One person's report of one thing: there is never a second. `space_id`: where it happened, if told."""

    id: str
    reporter: Person
    target: ReportTarget
    category: ReportCategory
    text: str
    reported_at: datetime
    space_id: str | None = None
    state: ReportState = ReportState.OPEN
    verdict: Verdict | None = None


def checked_complaint(complaint: Complaint) -> Complaint:
    """The complaint as it is kept. Raises `TextTooLong`."""
    return replace(complaint, text=checked(complaint.text, "text"))


def report(
    target: ReportTarget,
    reporter: Person,
    complaint: Complaint,
    *,
    report_id: str,
    owner_id: str,
    now: datetime,
    space_id: str | None = None,
) -> Report:
    """A new report; `owner_id`: whose it is, as nobody reports their own. Raises `CannotTargetSelf`, `TextTooLong`."""
    require_other(reporter.id, owner_id)
    said = checked_complaint(complaint)
    return Report(report_id, reporter, target, said.category, said.text, now, space_id)


def resolve(report: Report, verdict: Verdict) -> Report:
    """The report as an operator closed it, once: the same resolution again changes nothing, another one is refused.

    Raises `ReportResolved`, `TextTooLong`.
    """
    if report.verdict is None:
        noted = replace(verdict, note=checked(verdict.note, "note"))
        return replace(report, state=ReportState.RESOLVED, verdict=noted)
    if report.verdict.resolution is not verdict.resolution:
        raise refusals.ReportResolved(field="reportId")
    return report
