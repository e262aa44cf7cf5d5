"""Refusals about scheduled Spaces."""

from __future__ import annotations

from app.domain.refusals.base import Refusal


class NotScheduled(Refusal):
    code = "NOT_SCHEDULED"
    message = "The Space is not scheduled, or not any more."


class ScheduleLimitReached(Refusal):
    code = "SCHEDULE_LIMIT_REACHED"
    message = "You have as many scheduled Spaces as one may have at once."


class StartInPast(Refusal):
    code = "START_IN_PAST"
    message = "A scheduled Space starts in the future."


class StartTooFar(Refusal):
    code = "START_TOO_FAR"
    message = "A Space is scheduled at most 30 days ahead."


class UnknownTimeZone(Refusal):
    code = "UNKNOWN_TIME_ZONE"
    message = "A time zone is an IANA name such as `Europe/Berlin`."
