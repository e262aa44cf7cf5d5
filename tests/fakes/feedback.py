"""Feedback in memory, for tests of the use cases; one contract suite checks this store and the real one."""

from collections.abc import Collection, Mapping
from statistics import mean

from app.domain.feedback import Feedback, FeedbackSummary
from app.services.pages import Moment, Window, part


class MemoryFeedbackStore:
    """`FeedbackStore` in a dict."""

    def __init__(self) -> None:
        self._feedback: dict[tuple[str, str], Feedback] = {}

    async def put(self, feedback: Feedback) -> None:
        self._feedback[feedback.space_id, feedback.person.id] = feedback

    async def of_person(self, person_id: str, space_ids: Collection[str]) -> Mapping[str, Feedback]:
        keys = {(space_id, person_id) for space_id in space_ids}
        return {key[0]: self._feedback[key] for key in keys & self._feedback.keys()}

    async def summaries(self, space_ids: Collection[str]) -> Mapping[str, FeedbackSummary]:
        ratings = {space_id: [one.rating for one in self._of(space_id)] for space_id in space_ids}
        return {space_id: FeedbackSummary(len(given), mean(given)) for space_id, given in ratings.items() if given}

    async def page(self, space_id: str, window: Window[Moment]) -> list[Feedback]:
        return part(self._of(space_id), window, key_of=lambda one: (one.at, one.person.id), newest_first=True)

    async def forget(self, space_id: str) -> None:
        for one in self._of(space_id):
            del self._feedback[space_id, one.person.id]

    def _of(self, space_id: str) -> list[Feedback]:
        return [one for one in self._feedback.values() if one.space_id == space_id]
