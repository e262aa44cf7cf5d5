"""Previews: what a link tells of a Space in each state, of a clip and of a person; on one line, whatever they write."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.domain.clips import Clip
from app.domain.people import Account
from app.domain.previews import QUOTED_LENGTH, of_clip, of_person, of_space, plain, shortened
from app.domain.spaces import Schedule, SpaceState
from tests.domain.builders import NOW, person, space
from tests.domain.phrases import phrase

START = datetime(2026, 12, 5, 18, tzinfo=UTC)
PLANNED = Schedule(START, "Europe/Berlin", NOW, NOW)
CLIP = Clip("clip", "space", "ana", 60_000, 29_800, 1_430_400, (0.5,), NOW)


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (SpaceState.LIVE, "Live now: come and listen."),
        (SpaceState.ENDED, "Ended: 1 March 2026 · hear the recording."),
        (SpaceState.SCHEDULED, "Scheduled: Saturday, 5 December 2026, 19:00 (Europe/Berlin)."),
        (SpaceState.PREPARING, "Scheduled: Saturday, 5 December 2026, 19:00 (Europe/Berlin)."),
        (SpaceState.CANCELED, "Called off: it was to be on Saturday, 5 December 2026, 19:00 (Europe/Berlin)."),
        (SpaceState.EXPIRED, "Not held: it was to be on Saturday, 5 December 2026, 19:00 (Europe/Berlin)."),
    ],
)
def test_a_space_tells_where_it_is_in_its_life(state: SpaceState, told: str) -> None:
    shown = of_space(space(state, schedule=PLANNED, topics=("Music", "Art")))
    assert (shown.title, shown.description) == ("On tides", f"{told} Hosted by Hana (@hana). About Music, Art.")
    assert shown.picture == f"On tides. {told} Hosted by Hana"


def test_a_space_without_a_recording_promises_none() -> None:
    assert "there is no recording" in of_space(space(SpaceState.ENDED, recording_deleted_at=NOW)).description


def test_a_time_zone_that_is_known_no_more_is_utc() -> None:
    shown = of_space(space(SpaceState.SCHEDULED, schedule=replace(PLANNED, time_zone="Mars/Olympus")))
    assert "18:00 (UTC)" in shown.description


def test_a_clip_tells_what_is_said_in_it_and_who_cut_it() -> None:
    said = [phrase("time and tide"), phrase("wait for no man")]
    shown = of_clip(CLIP, space(), person("ana"), said)
    assert shown.description == "“time and tide wait for no man” 30 seconds of a Space hosted by Hana, cut by Ana."
    assert (shown.title, shown.key, shown.sound_ms) == ("On tides", "clip", 29_800)
    assert of_clip(CLIP, space(), person("ana"), []).description.startswith("30 seconds")
    long = of_clip(CLIP, space(), person("ana"), [phrase("tide " * 100)]).description
    assert len(long.partition("”")[0]) <= QUOTED_LENGTH + 1


def test_a_person_tells_what_they_say_of_themselves() -> None:
    account = Account("ana", "ana", "Ana", NOW, bio=" Tides.\nAnd more ")
    assert of_person(account).description == "Tides. And more"
    assert of_person(replace(account, bio="")).description == "Spaces and Posts of Ana."


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("  a\n\tb\u2028c  ", "a b c"),
        ("a\x00\x1b[31mb\ud800", "a[31mb"),
        ("\u202eevil\u202c \u2067 a", "evil a"),
        ("שלום\u200f 👩\u200d🚀", "שלום\u200f 👩\u200d🚀"),
        ("<b>&\"'", "<b>&\"'"),
    ],
)
def test_what_people_write_is_told_on_one_line_in_its_own_direction(written: str, told: str) -> None:
    assert plain(written) == told


def test_what_is_too_long_is_cut_between_words() -> None:
    assert shortened("time and tide", 13) == "time and tide"
    assert shortened("time and tide", 12) == "time and…"
    assert shortened("timeandtide", 6) == "timea…"
