"""Feedback: how people liked a Space they were in."""

from __future__ import annotations

from datetime import datetime

import strawberry
from strawberry import relay

from schema.payloads import SpacePayload
from schema.people import User


@strawberry.type(description="What one person said of a Space.")
class Feedback:
    """What one person said of a Space."""

    user: User = strawberry.field(description="Who said it.")
    rating: int = strawberry.field(description="1 (bad) to 5 (very good).")
    text: str = strawberry.field(description="In their words; empty if in none.")
    at: datetime = strawberry.field(description="When they said it last.")


@strawberry.type(description="What all feedback on a Space comes to.")
class FeedbackSummary:
    """What all feedback on a Space comes to."""

    count: int = strawberry.field(description="How many said something.")
    average_rating: float | None = strawberry.field(description="Their rating on average, 1 to 5; null without any.")


@strawberry.input(description="How the viewer liked a Space.")
class SubmitFeedbackInput:
    """How the viewer liked a Space."""

    space_id: relay.GlobalID = strawberry.field(description="The Space.")
    rating: int = strawberry.field(description="1 (bad) to 5 (very good).")
    text: str = strawberry.field(description="In the viewer's words, up to 1000 characters.", default="")


@strawberry.type(description="What `submitFeedback` answers.")
class SubmitFeedbackPayload(SpacePayload):
    """What `submitFeedback` answers."""
