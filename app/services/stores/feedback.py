"""Feedback on Spaces, as the database keeps it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from app.domain.feedback import Feedback, FeedbackSummary
from app.services.pages import Moment, Window


class FeedbackStore(Protocol):
    """What people said of Spaces: one record for each person and Space, the last word."""

    async def put(self, feedback: Feedback) -> None: ...

    async def of_person(self, person_id: str, space_ids: Collection[str]) -> Mapping[str, Feedback]:
        """What a person said of these Spaces, by Space, by one query."""

    async def summaries(self, space_ids: Collection[str]) -> Mapping[str, FeedbackSummary]:
        """What all feedback on each of the Spaces comes to, by one query; those without any are left out."""

    async def page(self, space_id: str, window: Window[Moment]) -> list[Feedback]:
        """Feedback on a Space in order of (time, person id), newest first."""

    async def forget(self, space_id: str) -> None:
        """The Space is deleted."""
