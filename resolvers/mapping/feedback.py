"""Feedback, as the schema shows it."""

from __future__ import annotations

from app.domain import feedback as said
from resolvers.mapping.people import user
from schema.feedback import Feedback, FeedbackSummary


def feedback(one: said.Feedback) -> Feedback:
    """What one person said."""
    return Feedback(user=user(one.person), rating=one.rating, text=one.text, at=one.at)


def feedback_summary(summary: said.FeedbackSummary) -> FeedbackSummary:
    """What it all comes to."""
    return FeedbackSummary(count=summary.count, average_rating=summary.average)
