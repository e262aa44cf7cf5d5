"""Refusals about reports and feedback."""

from __future__ import annotations

from app.domain.refusals.base import Refusal


class ReportRequired(Refusal):
    code = "REPORT_REQUIRED"
    message = "To report someone, say what about."


class ReportNotFound(Refusal):
    code = "REPORT_NOT_FOUND"
    message = "There is no such report."


class ReportResolved(Refusal):
    code = "REPORT_RESOLVED"
    message = "That report has been resolved otherwise."


class TextTooLong(Refusal):
    code = "TEXT_TOO_LONG"
    message = "That text is too long."


class InvalidRating(Refusal):
    code = "INVALID_RATING"
    message = "A rating is 1 to 5."
