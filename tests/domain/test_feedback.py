"""Feedback: who may say how it was, and what of it is taken."""

import pytest

from app.domain import refusals
from app.domain.feedback import Feedback, feedback
from app.domain.spaces import SpaceState
from app.domain.texts import TEXT_LENGTH
from tests.domain.builders import NOW, person, space

LEA = person("lea")


@pytest.mark.parametrize("state", [SpaceState.LIVE, SpaceState.ENDED])
@pytest.mark.parametrize("rating", [1, 5])
def test_who_was_there_says_so_from_the_start_on(state: SpaceState, rating: int) -> None:
    said = feedback(space(state), LEA, rating, " Fine ", was_in=True, now=NOW)
    assert said == Feedback("space", LEA, rating, "Fine", NOW)


@pytest.mark.parametrize("rating", [-1, 0, 6])
def test_a_rating_is_one_to_five(rating: int) -> None:
    with pytest.raises(refusals.InvalidRating) as caught:
        feedback(space(), LEA, rating, "", was_in=True, now=NOW)
    assert (caught.value.limit, caught.value.current) == (5, rating)


def test_what_else_is_refused() -> None:
    with pytest.raises(refusals.NotAParticipant):
        feedback(space(), LEA, 5, "", was_in=False, now=NOW)
    for state in (SpaceState.SCHEDULED, SpaceState.PREPARING, SpaceState.CANCELED, SpaceState.EXPIRED):
        with pytest.raises(refusals.SpaceNotLive):
            feedback(space(state, started_at=None), LEA, 5, "", was_in=True, now=NOW)
    with pytest.raises(refusals.TextTooLong):
        feedback(space(), LEA, 5, "x" * (TEXT_LENGTH + 1), was_in=True, now=NOW)
