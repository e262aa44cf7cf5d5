"""Warnings: who took the stage is named once, and nobody for a change of role."""

from app.domain import stage
from app.domain.evolution import evolve
from app.domain.personal import BlockedSpeakerWarned
from app.domain.roster import Role
from app.domain.warnings import NewlySeated, newly_seated, warning
from tests.domain.builders import LATER, SMALL, person, space


def test_who_took_the_stage_is_named_and_who_changed_role_is_not() -> None:
    room = space(speakers=["sam"], asking=["rob"], invited={"sam": Role.COHOST})
    _, granted = evolve(room, stage.accept_request(room, room.host, "r-rob", SMALL, LATER))
    [seated] = newly_seated(room, granted)
    assert (seated.space_id, seated.person, seated.at) == (room.id, person("rob"), LATER)
    assert seated.version == granted[-1].version
    _, promoted = evolve(room, stage.accept_invitation(room, person("sam"), "i-sam", SMALL, LATER))
    assert newly_seated(room, promoted) == []


def test_a_warning_names_the_speaker_and_has_a_key_for_each_time() -> None:
    seated = NewlySeated("space", 7, person("rob"), LATER)
    told = warning(seated, "ana")
    assert told.person_id == "ana"
    assert told.event == BlockedSpeakerWarned(at=LATER, space_id="space", speaker=person("rob"))
    assert told.key != warning(NewlySeated("space", 9, person("rob"), LATER), "ana").key
