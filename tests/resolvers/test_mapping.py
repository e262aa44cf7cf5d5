"""Mapping: what is made once is shown to all, for as long as it is true."""

from app.domain.roster import Role, Seat
from app.domain.voices import SILENCE, Voice, voices
from resolvers.mapping.stage import Stages
from tests.domain_values import NOW, person


def test_one_stage_is_shown_to_all_until_it_or_a_voice_changes() -> None:
    seats = tuple(Seat(person(name), Role.SPEAKER, False, NOW) for name in ("anna", "ben"))
    stages = Stages(room=2)
    shown = stages.show(seats, SILENCE)
    assert [one.user.handle for one in shown] == ["anna", "ben"]
    assert stages.show(seats, SILENCE) is shown
    spoken = stages.show(seats, voices([Voice("id-ben", True, 0.5)]))
    assert [one.is_speaking for one in spoken] == [False, True]
    assert [one.is_speaking for one in stages.show(seats, SILENCE)] == [False, False]
    for number in range(3):
        stages.show((Seat(person(f"guest{number}"), Role.SPEAKER, False, NOW),), SILENCE)
    assert [one.user.handle for one in stages.show(seats, SILENCE)] == ["anna", "ben"]
