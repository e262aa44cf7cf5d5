"""The bar: what is in it, why, and what changes it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.events import AudienceChanged, EndReason, SpaceEnded, SpaceRenamed, SpaceStarted
from app.domain.evolution import evolve
from app.domain.roster import Person, Role
from app.domain.space_bar import REASONS_SHOWN, Relations, bar, is_over, moved
from app.domain.spaces import Space, SpaceState
from app.domain.stage import set_muted
from tests.domain import builders
from tests.domain_values import NOW, person


def shown(
    *spaces: Space, follows: set[str], listening: dict[str, list[Person]] | None = None, **relations: set[str]
) -> list[tuple[str, list[tuple[str, Role]]]]:
    """Ids of the entries, with the reasons."""
    entries = bar(spaces, listening or {}, Relations(follows, **relations))
    return [(one.space.id, [(why.person.id, why.role) for why in one.reasons]) for one in entries]


def stage(space_id: str = "a", *, seconds: int = 0) -> Space:
    """A live Space with everyone a stage knows, started so late."""
    full = builders.space(cohosts=["cora"], speakers=["sam", "sue"])
    return replace(full, id=space_id, started_at=NOW + timedelta(seconds=seconds))


def ids(space: Space) -> dict[Role, list[str]]:
    """Who is on stage as what."""
    return {role: [one.person.id for one in space.stage if one.role is role] for role in Role}


def test_followed_people_on_stage_are_the_reasons_host_first() -> None:
    one = stage()
    [host], [cora], [sam, _] = (ids(one)[role] for role in (Role.HOST, Role.COHOST, Role.SPEAKER))
    reasons = [(host, Role.HOST), (cora, Role.COHOST), (sam, Role.SPEAKER)]
    assert shown(one, follows={sam, cora, host, "someone"}) == [("a", reasons)]
    assert shown(one, follows={"someone"}) == []


def test_the_newest_start_is_first() -> None:
    spaces = [stage("a", seconds=1), stage("c", seconds=3), stage("d", seconds=2), stage("b", seconds=2)]
    host = spaces[0].host.id
    assert [space_id for space_id, _ in shown(*spaces, follows={host})] == ["c", "d", "b", "a"]


@pytest.mark.parametrize("state", [SpaceState.PREPARING, SpaceState.ENDED, SpaceState.DELETED])
def test_only_live_spaces_are_in_it(state: SpaceState) -> None:
    one = replace(stage(), state=state)
    assert shown(one, follows={one.host.id}) == []


def test_listeners_are_reasons_after_the_stage_and_nobody_is_one_twice() -> None:
    one = stage()
    sam = ids(one)[Role.SPEAKER][0]
    listening = {"a": [person("lia"), next(seat.person for seat in one.stage if seat.person.id == sam)]}
    assert shown(one, follows={sam, "id-lia"}, listening=listening) == [
        ("a", [(sam, Role.SPEAKER), ("id-lia", Role.LISTENER)])
    ]
    assert shown(one, follows={"id-lia"}, listening={"b": [person("lia")]}) == []


def test_of_a_followed_crowd_some_are_shown_and_all_counted() -> None:
    crowd = [person(f"fan{number}") for number in range(REASONS_SHOWN + 5)]
    [entry] = bar([stage()], {"a": crowd}, Relations({one.id for one in crowd}))
    assert (len(entry.reasons), entry.followed) == (REASONS_SHOWN, REASONS_SHOWN + 5)


def test_who_is_muted_is_no_reason_and_their_space_is_not_shown_nor_one_whose_host_blocks_the_viewer() -> None:
    one = stage()
    host, sam = one.host.id, ids(one)[Role.SPEAKER][0]
    assert shown(one, follows={host, sam}, averse_to={sam}) == [("a", [(host, Role.HOST)])]
    assert shown(one, follows={sam}, averse_to={sam}) == []
    assert shown(one, follows={host, sam}, averse_to={host}) == []
    assert shown(one, follows={sam}, barred_by={host}) == []
    assert shown(one, follows={host}, barred_by={sam}) == [("a", [(host, Role.HOST)])]


def test_a_change_of_seats_moves_people_and_nothing_else_does() -> None:
    before = stage()
    host_seat, sam = before.stage[0], ids(before)[Role.SPEAKER][0]
    without = replace(before, stage=tuple(one for one in before.stage if one.person.id != sam))
    assert moved(before, without) == moved(without, before) == {sam}
    higher = replace(before, stage=tuple(replace(one, role=Role.COHOST) for one in before.stage))
    assert sam in moved(before, higher)
    quiet, _ = evolve(
        before,
        [
            SpaceRenamed(at=NOW, title="Else"),
            AudienceChanged(at=NOW, listeners=9, anonymous=9),
            *set_muted(before, host_seat.person, not host_seat.muted, NOW),
        ],
    )
    assert quiet != before
    assert moved(before, quiet) == frozenset()


def test_start_and_end_move_everyone_on_stage() -> None:
    live = stage()
    everyone = frozenset(one.person.id for one in live.stage)
    preparing = replace(live, state=SpaceState.PREPARING, started_at=None)
    started, _ = evolve(preparing, [SpaceStarted(at=NOW)])
    assert (moved(preparing, started), is_over(preparing, started)) == (everyone, False)
    ended, _ = evolve(live, [SpaceEnded(at=NOW, reason=EndReason.HOST)])
    assert (moved(live, ended), is_over(live, ended)) == (everyone, True)
    assert moved(preparing, replace(preparing, stage=())) == frozenset()
