"""The life of a Space: creating, starting, changing, ending, and counting who listens."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import refusals, spaces
from app.domain.events import AudienceChanged, EndReason, SpaceEnded
from app.domain.refusals import Refusal
from app.domain.roster import Role, SpeakPolicy
from app.domain.spaces import Draft, Space, SpaceState
from tests.domain.builders import NOW, after, person, space

HANA, STRANGER = person("hana"), person("stranger")
LATER = NOW + timedelta(minutes=1)
TOPICS = ("art", "music", "news", "science")


def create(draft: Draft) -> Space:
    return spaces.create(draft, space_id="space", host=HANA, topics=TOPICS, now=NOW)


def broken(draft: Draft) -> list[tuple[str, str | None, int | None, int | None]]:
    with pytest.raises(ExceptionGroup) as caught:
        create(draft)
    refused = [one for one in caught.value.exceptions if isinstance(one, Refusal)]
    return [(one.code, one.field, one.limit, one.current) for one in refused]


def test_a_new_space_is_preparing_with_its_host_on_stage_and_muted() -> None:
    new = create(Draft(" On tides ", ("science", "art"), language="pt-BR", recording_enabled=True))
    assert (new.state, new.version, new.title, new.topics) == (
        SpaceState.PREPARING,
        1,
        "On tides",
        ("science", "art"),
    )
    [seat] = new.stage
    assert (seat.person, seat.role, seat.muted) == (HANA, Role.HOST, True)
    assert new.host_absent_since is None


@pytest.mark.parametrize("title", ["x", "x" * 70, "  " + "x" * 70 + "  ", "é" * 70])
def test_a_title_of_1_to_70_characters_is_taken_without_the_space_around_it(title: str) -> None:
    assert create(Draft(title)).title == title.strip()


@pytest.mark.parametrize(("title", "length"), [("", 0), ("   ", 0), ("x" * 71, 71)])
def test_any_other_title_is_refused_with_the_limit(title: str, length: int) -> None:
    assert broken(Draft(title)) == [("INVALID_TITLE", "title", 70, length)]


@pytest.mark.parametrize("language", ["en", "pt-BR", "zh-Hant-TW", "de-CH-1996", "yue", "en-x-twain"])
def test_language_tags_are_taken(language: str) -> None:
    assert create(Draft("On tides", language=language)).language == language


@pytest.mark.parametrize("language", ["", "e", "english!", "en_US", "en-", "-en", "en-" + "x" * 9, "en" + "-x1" * 9])
def test_what_is_no_language_tag_is_refused(language: str) -> None:
    assert broken(Draft("On tides", language=language)) == [("INVALID_LANGUAGE", "language", None, None)]


def test_topics_are_3_at_most_distinct_and_known() -> None:
    assert create(Draft("On tides", ("art", "music", "news"))).topics == ("art", "music", "news")
    assert broken(Draft("On tides", TOPICS)) == [("TOO_MANY_TOPICS", "topics", 3, 4)]
    assert broken(Draft("On tides", ("art", "art"))) == [("TOO_MANY_TOPICS", "topics", None, 2)]
    assert broken(Draft("On tides", ("art", "yachts"))) == [("UNKNOWN_TOPIC", "topics", None, None)]


def test_every_broken_rule_of_a_draft_is_said_at_once_but_a_flood_of_topics_is_not_echoed() -> None:
    codes = [code for code, *_ in broken(Draft("", ("yachts",) * 5000, language="?"))]
    assert codes == ["INVALID_TITLE", *["TOO_MANY_TOPICS"] * 2, *["UNKNOWN_TOPIC"] * 3, "INVALID_LANGUAGE"]


@given(st.text(), st.lists(st.text(), max_size=5).map(tuple), st.none() | st.text())
def test_any_draft_makes_a_lawful_space_or_refusals_that_name_their_field(
    title: str, topics: tuple[str, ...], language: str | None
) -> None:
    try:
        new = create(Draft(title, topics, language))
    except ExceptionGroup:
        assert all(field for _, field, _, _ in broken(Draft(title, topics, language)))
    else:
        assert 1 <= len(new.title) <= 70
        assert len(new.topics) <= 3


def test_starting_makes_it_live_once() -> None:
    live = after(space(SpaceState.PREPARING), spaces.start(space(SpaceState.PREPARING), HANA, LATER))
    assert (live.state, live.started_at, live.version) == (SpaceState.LIVE, LATER, 2)
    with pytest.raises(refusals.SpaceAlreadyStarted):
        spaces.start(live, HANA, LATER)


def test_ending_clears_the_room_and_is_final() -> None:
    full = space(
        cohosts=["ana"], speakers=["ben"], asking=["cem"], invited={"dia": Role.SPEAKER}, listeners=7, anonymous=2
    )
    over = after(full, spaces.end(full, HANA, LATER))
    assert (over.state, over.ended_at, over.end_reason) == (SpaceState.ENDED, LATER, EndReason.HOST)
    assert (over.stage, over.requests, over.invitations, over.listeners, over.anonymous) == ((), (), (), 0, 0)


def test_only_a_live_space_can_be_ended() -> None:
    with pytest.raises(refusals.SpaceNotLive):
        spaces.end(space(SpaceState.PREPARING), HANA, NOW)
    with pytest.raises(refusals.SpaceEnded):
        spaces.end(space(SpaceState.ENDED), HANA, NOW)


@pytest.mark.parametrize("state", [SpaceState.PREPARING, SpaceState.LIVE])
def test_the_title_may_change_until_the_end(state: SpaceState) -> None:
    before = space(state)
    assert after(before, spaces.rename(before, HANA, " On storms ", NOW)).title == "On storms"
    assert spaces.rename(before, HANA, " On tides ", NOW) == []
    with pytest.raises(refusals.InvalidTitle):
        spaces.rename(before, HANA, "x" * 71, NOW)


def test_tightening_the_policy_expires_the_queue_and_leaves_the_seated_alone() -> None:
    before = space(speakers=["ana"], asking=["ben", "cem"])
    tight = after(before, spaces.set_speak_policy(before, HANA, SpeakPolicy.INVITED_ONLY, NOW))
    assert (tight.requests, tight.stage, tight.version) == ((), before.stage, 4)

    loose = after(tight, spaces.set_speak_policy(tight, HANA, SpeakPolicy.EVERYONE, NOW))
    assert (loose.speak_policy, loose.requests) == (SpeakPolicy.EVERYONE, ())
    assert spaces.set_speak_policy(loose, HANA, SpeakPolicy.EVERYONE, NOW) == []


@pytest.mark.parametrize("before", list(SpeakPolicy))
@pytest.mark.parametrize("policy", list(SpeakPolicy))
def test_only_a_policy_that_lets_fewer_ask_expires_the_queue(before: SpeakPolicy, policy: SpeakPolicy) -> None:
    tighter = [("EVERYONE", "FOLLOWED_BY_HOST"), ("EVERYONE", "INVITED_ONLY"), ("FOLLOWED_BY_HOST", "INVITED_ONLY")]
    room = space(asking=["ben"], speak_policy=before)
    changed = after(room, spaces.set_speak_policy(room, HANA, policy, NOW))
    assert changed.speak_policy is policy
    assert bool(changed.requests) is ((before, policy) not in tighter)


def test_clipping_is_switched_by_the_host() -> None:
    off = after(space(), spaces.set_clipping_allowed(space(), HANA, False, NOW))
    assert off.clipping_allowed is False
    assert spaces.set_clipping_allowed(off, HANA, False, NOW) == []


def test_nothing_changes_after_the_end() -> None:
    over = space(SpaceState.ENDED)
    attempts: list[Callable[[], object]] = [
        lambda: spaces.start(over, HANA, NOW),
        lambda: spaces.end(over, HANA, NOW),
        lambda: spaces.rename(over, HANA, "On storms", NOW),
        lambda: spaces.set_speak_policy(over, HANA, SpeakPolicy.INVITED_ONLY, NOW),
        lambda: spaces.set_clipping_allowed(over, HANA, False, NOW),
    ]
    for attempt in attempts:
        with pytest.raises(refusals.SpaceEnded):
            attempt()
    assert spaces.count_audience(over, 3, 4, LATER) == []


def test_the_audience_is_told_when_it_changed_and_every_500_ms_at_most() -> None:
    told = after(space(), spaces.count_audience(space(), 3, 4, NOW))
    assert (told.listeners, told.anonymous, told.counted_at) == (3, 4, NOW)

    soon, due = NOW + timedelta(milliseconds=499), NOW + timedelta(milliseconds=500)
    assert spaces.count_audience(told, 5, 4, soon) == []
    assert spaces.count_audience(told, 3, 4, due) == []
    assert spaces.count_audience(told, 5, 4, due) == [AudienceChanged(at=due, listeners=5, anonymous=4)]


@given(st.lists(st.integers(0, 2000), min_size=1))
def test_no_second_has_more_than_two_audience_events(arrivals_ms: list[int]) -> None:
    now, room = NOW, space()
    told: list[datetime] = []
    for listeners, gap_ms in enumerate(arrivals_ms, start=1):
        now += timedelta(milliseconds=gap_ms)
        events = spaces.count_audience(room, listeners, 0, now)
        told += [event.at for event in events]
        room = after(room, events)
    for third, first in zip(told[2:], told, strict=False):
        assert third - first >= timedelta(seconds=1)


def test_every_event_is_one_version() -> None:
    before = replace(space(speakers=["ana"]), version=41)
    end, numbered = spaces.evolve(
        before, [*spaces.rename(before, HANA, "On storms", NOW), SpaceEnded(at=NOW, reason=EndReason.HOST)]
    )
    assert [one.version for one in numbered] == [42, 43]
    assert end.version == 43
