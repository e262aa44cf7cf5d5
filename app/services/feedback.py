"""Feedback: what people say of a Space they were in, and who reads it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from app.domain import feedback, refusals
from app.domain.feedback import Feedback, FeedbackSummary
from app.domain.permissions import may_see, require_operator
from app.domain.roster import Person
from app.domain.spaces import Space
from app.services.admission import Admission
from app.services.pages import Moment, Window
from app.services.ports import Clock
from app.services.stores import AttendanceStore, FeedbackStore, SpaceStore
from app.services.viewers import Viewer


class Feedbacks:
    """One word of each person on each Space. The host reads the figures, operators the texts."""

    def __init__(
        self,
        store: FeedbackStore,
        spaces: SpaceStore,
        attendance: AttendanceStore,
        admission: Admission,
        *,
        clock: Clock,
    ) -> None:
        self._store = store
        self._spaces = spaces
        self._attendance = attendance
        self._admission = admission
        self._clock = clock

    async def submit(self, actor: Person, space_id: str, rating: int, text: str) -> Space:
        """Says, or says anew, how the Space was; answers the Space.

        Raises the refusals of `feedback.feedback`, `SpaceNotFound`, `RemovedFromSpace`, `BlockedByHost`.
        """
        space = await self._spaces.get(space_id)
        if space is None or not may_see(space, actor.id):
            raise refusals.SpaceNotFound(field="spaceId")
        await self._admission.require(actor.id, space)
        was_in = bool(await self._attendance.visited(actor.id, [space_id]))
        said = feedback.feedback(space, actor, rating, text, was_in=was_in, now=self._clock())
        await self._store.put(said)
        await self._require_still_there(space_id)
        return space

    async def _require_still_there(self, space_id: str) -> None:
        """A Space that was deleted meanwhile takes its feedback along."""
        space = await self._spaces.get(space_id)
        if space is None or not may_see(space, space.host.id):
            await self._store.forget(space_id)
            raise refusals.SpaceNotFound(field="spaceId")

    async def of_person(self, person_id: str, space_ids: Collection[str]) -> Mapping[str, Feedback]:
        """What this person said of these Spaces, by Space."""
        return await self._store.of_person(person_id, space_ids)

    async def visited(self, person_id: str, space_ids: Collection[str]) -> frozenset[str]:
        """Those of the Spaces in which the person is or was."""
        return await self._attendance.visited(person_id, space_ids)

    async def summaries(self, space_ids: Collection[str]) -> Mapping[str, FeedbackSummary]:
        """What all feedback on each of the Spaces comes to; those without any are left out."""
        return await self._store.summaries(space_ids)

    async def page(self, viewer: Viewer, space_id: str, window: Window[Moment]) -> list[Feedback]:
        """Feedback on a Space for operators, the newest first. Raises `NotPermitted`."""
        require_operator(viewer.is_operator)
        return await self._store.page(space_id, window)
