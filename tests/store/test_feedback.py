"""The contract of `FeedbackStore`: the last word of each person, and what all of them come to."""

from datetime import timedelta

from app.domain.feedback import Feedback, FeedbackSummary
from app.services.pages import Window
from app.services.stores import FeedbackStore
from tests.domain_values import NOW, person


def said(name: str, rating: int, space_id: str = "a", *, seconds: int = 0) -> Feedback:
    return Feedback(space_id, person(name), rating, f"{rating} of 5", NOW + timedelta(seconds=seconds))


async def test_the_last_word_counts(feedback: FeedbackStore) -> None:
    await feedback.put(said("ann", 1))
    await feedback.put(said("ann", 4, seconds=1))
    await feedback.put(said("bob", 5))
    await feedback.put(said("ann", 2, "b"))
    assert await feedback.of_person("id-ann", ["a", "b", "c"]) == {
        "a": said("ann", 4, seconds=1),
        "b": said("ann", 2, "b"),
    }
    assert await feedback.of_person("id-cid", ["a"]) == {}
    assert await feedback.summaries(["a", "b", "c"]) == {"a": FeedbackSummary(2, 4.5), "b": FeedbackSummary(1, 2.0)}


async def test_pages_newest_first(feedback: FeedbackStore) -> None:
    for number, name in enumerate(["ann", "bob", "cid"]):
        await feedback.put(said(name, 3, seconds=number))
    await feedback.put(said("dan", 3, "b"))
    newest = await feedback.page("a", Window(2))
    assert [one.person.handle for one in newest] == ["cid", "bob"]
    rest = await feedback.page("a", Window(2, after=(newest[-1].at, newest[-1].person.id)))
    assert [one.person.handle for one in rest] == ["ann"]


async def test_a_deleted_space_takes_its_own_along(feedback: FeedbackStore) -> None:
    await feedback.put(said("ann", 1))
    await feedback.put(said("ann", 2, "b"))
    await feedback.forget("a")
    assert await feedback.page("a", Window(9)) == []
    assert await feedback.summaries(["a", "b"]) == {"b": FeedbackSummary(1, 2.0)}
