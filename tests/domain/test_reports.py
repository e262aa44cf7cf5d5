"""Reports: what is kept of them, and how they are closed once."""

import pytest

from app.domain import refusals, reports
from app.domain.reports import (
    Complaint,
    Report,
    ReportCategory,
    ReportState,
    ReportTarget,
    Resolution,
    TargetKind,
    Verdict,
)
from app.domain.texts import TEXT_LENGTH
from tests.domain.builders import LATER, NOW, person

SPACE = ReportTarget(TargetKind.SPACE, "space")


def made(text: str = " Buy this ", *, reporter: str = "ana", owner: str = "hana") -> Report:
    complaint = Complaint(ReportCategory.SPAM, text)
    return reports.report(SPACE, person(reporter), complaint, report_id="r", owner_id=owner, now=NOW)


def found(resolution: Resolution, note: str = "") -> Verdict:
    return Verdict(resolution, person("olga"), LATER, note)


def test_a_report_is_open_and_says_what_was_said() -> None:
    report = made()
    assert (report.state, report.verdict, report.text) == (ReportState.OPEN, None, "Buy this")
    assert (report.reporter, report.target, report.reported_at) == (person("ana"), SPACE, NOW)


def test_nobody_reports_what_is_their_own() -> None:
    with pytest.raises(refusals.CannotTargetSelf):
        made(reporter="hana")


def test_a_text_has_an_end() -> None:
    assert len(made("x" * TEXT_LENGTH).text) == TEXT_LENGTH
    with pytest.raises(refusals.TextTooLong) as caught:
        made("x" * (TEXT_LENGTH + 1))
    assert (caught.value.field, caught.value.limit, caught.value.current) == ("text", TEXT_LENGTH, TEXT_LENGTH + 1)


def test_the_first_resolution_stands() -> None:
    closed = reports.resolve(made(), found(Resolution.NO_VIOLATION, " Seen "))
    assert closed.state is ReportState.RESOLVED
    assert closed.verdict == found(Resolution.NO_VIOLATION, "Seen")
    assert reports.resolve(closed, found(Resolution.NO_VIOLATION, "Again")) == closed
    with pytest.raises(refusals.ReportResolved):
        reports.resolve(closed, found(Resolution.ACTION_TAKEN))


def test_a_note_has_an_end_too() -> None:
    with pytest.raises(refusals.TextTooLong) as caught:
        reports.resolve(made(), found(Resolution.NO_VIOLATION, "x" * (TEXT_LENGTH + 1)))
    assert caught.value.field == "note"
