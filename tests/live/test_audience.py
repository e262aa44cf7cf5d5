"""The audience: so many places, whoever comes, and however many at once."""

from contextlib import ExitStack, suppress

import pytest

from app.live.audience import Audience
from app.services.media_engine import MediaRefused

SEATED = {("a", "ann")}


class Hall:
    """An audience of two, and the sessions that media processes have told of."""

    def __init__(self) -> None:
        self.sessions: list[tuple[str, str]] = []
        self.audience = Audience(2, lambda: self.sessions, lambda *one: one in SEATED)

    def comes(self, space_id: str, person_id: str) -> bool:
        """Whether there is a place for one who has come, and stays."""
        with suppress(MediaRefused), self.audience.place(space_id, person_id):
            self.sessions.append((space_id, person_id))
            return True
        return False


def test_a_place_is_had_by_those_who_hear_in_any_space() -> None:
    hall = Hall()
    assert [hall.comes(*one) for one in (("a", ""), ("b", "ben"), ("b", ""), ("a", "cleo"))] == [
        True,
        True,
        False,
        False,
    ]
    hall.sessions.remove(("a", ""))
    assert hall.comes("a", "cleo")


def test_those_on_stage_need_none_until_they_leave_it() -> None:
    hall = Hall()
    assert all(hall.comes(*one) for one in (("a", "ann"), ("b", ""), ("b", "ann")))
    assert not hall.comes("b", "")


def test_the_second_ear_of_someone_takes_the_place_of_the_first() -> None:
    hall = Hall()
    assert all(hall.comes("a", "ben") for _ in range(3))
    assert hall.comes("b", "ben"), "in another Space they are another listener"
    assert hall.comes("a", "ben")
    assert not hall.comes("a", "cleo")


def test_offers_that_are_being_answered_have_their_places() -> None:
    hall = Hall()
    with ExitStack() as answering:
        for person_id in ("", "ben"):
            answering.enter_context(hall.audience.place("a", person_id))
        with pytest.raises(MediaRefused) as refused:
            answering.enter_context(hall.audience.place("b", "cleo"))
        assert refused.value.status == 503
        answering.enter_context(hall.audience.place("a", "ben"))
    assert hall.comes("b", "cleo"), "none of them became a session"
