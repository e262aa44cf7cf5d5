"""The life of a Space: starting, changing and ending it."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from app.domain import life, refusals, spaces
from app.domain.events import EndReason, SpaceEnded
from app.domain.roster import Role, SpeakPolicy
from app.domain.spaces import SpaceState
from tests.domain.builders import LATER, NOW, after, person, space

HANA = person("hana")


def test_starting_makes_it_live_once() -> None:
    live = after(space(SpaceState.PREPARING), life.start(space(SpaceState.PREPARING), HANA, LATER))
    assert (live.state, live.started_at, live.version) == (SpaceState.LIVE, LATER, 2)
    with pytest.raises(refusals.SpaceAlreadyStarted):
        life.start(live, HANA, LATER)


def test_ending_clears_the_room_and_is_final() -> None:
    full = space(
        cohosts=["ana"], speakers=["ben"], asking=["cem"], invited={"dia": Role.SPEAKER}, listeners=7, anonymous=2
    )
    over = after(full, life.end(full, HANA, LATER))
    assert (over.state, over.ended_at, over.end_reason) == (SpaceState.ENDED, LATER, EndReason.HOST)
    assert (over.stage, over.requests, over.invitations, over.listeners, over.anonymous) == ((), (), (), 0, 0)


def test_only_a_live_space_can_be_ended() -> None:
    with pytest.raises(refusals.SpaceNotLive):
        life.end(space(SpaceState.PREPARING), HANA, NOW)
    with pytest.raises(refusals.SpaceEnded):
        life.end(space(SpaceState.ENDED), HANA, NOW)


@pytest.mark.parametrize("state", [SpaceState.PREPARING, SpaceState.LIVE])
def test_the_title_may_change_until_the_end(state: SpaceState) -> None:
    before = space(state)
    assert after(before, life.rename(before, HANA, " On storms ", NOW)).title == "On storms"
    assert life.rename(before, HANA, " On tides ", NOW) == []
    with pytest.raises(refusals.InvalidTitle):
        life.rename(before, HANA, "x" * 71, NOW)


def test_tightening_the_policy_expires_the_queue_and_leaves_the_seated_alone() -> None:
    before = space(speakers=["ana"], asking=["ben", "cem"])
    tight = after(before, life.set_speak_policy(before, HANA, SpeakPolicy.INVITED_ONLY, NOW))
    assert (tight.requests, tight.stage, tight.version) == ((), before.stage, 4)

    loose = after(tight, life.set_speak_policy(tight, HANA, SpeakPolicy.EVERYONE, NOW))
    assert (loose.speak_policy, loose.requests) == (SpeakPolicy.EVERYONE, ())
    assert life.set_speak_policy(loose, HANA, SpeakPolicy.EVERYONE, NOW) == []


def test_clipping_is_switched_by_the_host() -> None:
    off = after(space(), life.set_clipping_allowed(space(), HANA, False, NOW))
    assert off.clipping_allowed is False
    assert life.set_clipping_allowed(off, HANA, False, NOW) == []


def test_nothing_changes_after_the_end() -> None:
    over = space(SpaceState.ENDED)
    attempts: list[Callable[[], object]] = [
        lambda: life.start(over, HANA, NOW),
        lambda: life.end(over, HANA, NOW),
        lambda: life.rename(over, HANA, "On storms", NOW),
        lambda: life.set_speak_policy(over, HANA, SpeakPolicy.INVITED_ONLY, NOW),
        lambda: life.set_clipping_allowed(over, HANA, False, NOW),
    ]
    for attempt in attempts:
        with pytest.raises(refusals.SpaceEnded):
            attempt()


def test_every_event_is_one_version() -> None:
    before = replace(space(speakers=["ana"]), version=41)
    end, numbered = spaces.evolve(
        before, [*life.rename(before, HANA, "On storms", NOW), SpaceEnded(at=NOW, reason=EndReason.HOST)]
    )
    assert [one.version for one in numbered] == [42, 43]
    assert end.version == 43
