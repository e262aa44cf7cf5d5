"""Subtitles: WebVTT that a player reads, and playlists that list it."""

import re

from hypothesis import given
from hypothesis import strategies as st

from app.domain.subtitles import (
    AHEAD_MS,
    LEAST_MS,
    REPLAY_MS,
    Cue,
    Span,
    begins_in,
    live_cue,
    live_playlist,
    replay_cue,
    replay_playlist,
    web_vtt,
)
from tests.domain.phrases import phrase

SPANS = [Span(7, 1, 7.0, 8.0), Span(8, 1, 8.0, 8.5), Span(9, 2, 8.5, 9.5)]


def test_live_a_phrase_is_shown_when_it_was_understood_and_afterwards_when_it_was_said() -> None:
    said = phrase("one two three four five six", start_ms=10_000)
    assert live_cue(said, "Ann") == Cue(12_800 + AHEAD_MS, 14_600 + AHEAD_MS, "Ann", said.text)
    assert replay_cue(said, "Ann") == Cue(10_000, 11_800, "Ann", said.text)
    short = phrase("yes")
    assert replay_cue(short, "Ann").end_ms == LEAST_MS
    assert live_cue(short, "Ann").end_ms - live_cue(short, "Ann").start_ms == LEAST_MS


def test_a_file_says_who_speaks_and_breaks_at_nothing_they_say() -> None:
    text = web_vtt([Cue(3_723_004, 3_725_000, "Tom & Jerry", "a <b>\n\n--> c"), Cue(0, 1500, "Ann", "hello")])
    assert text.splitlines() == [
        "WEBVTT",
        "X-TIMESTAMP-MAP=MPEGTS:1920,LOCAL:00:00:00.000",
        "",
        "00:00:00.000 --> 00:00:01.500",
        "<v Ann>hello",
        "",
        "01:02:03.004 --> 01:02:05.000",
        "<v Tom &amp; Jerry>a &lt;b&gt;  --&gt; c",
        "",
    ]


@given(st.lists(st.builds(Cue, st.integers(0, 10**7), st.integers(0, 10**7), st.text(), st.text()), max_size=4))
def test_a_file_has_a_cue_for_each_whatever_is_said(cues: list[Cue]) -> None:
    lines = web_vtt(cues).split("\n")
    assert sum("-->" in line for line in lines) == len(cues)
    assert len(lines) == 4 + 3 * len(cues)
    assert lines[2] == lines[-1] == lines[-2] == ""


def test_each_live_cue_is_in_one_segment() -> None:
    cues = [Cue(ms, ms + 1500, "Ann", "x") for ms in (6_999, 7_000, 7_999, 8_000, 9_499, 9_500)]
    found = [[one.start_ms for one in cues if begins_in(one, span)] for span in SPANS]
    assert found == [[7000, 7999], [8000], [9499]]


def test_the_live_playlist_is_that_of_the_sound() -> None:
    assert live_playlist([], ended=False) is None
    playlist = live_playlist(SPANS, ended=False)
    assert playlist == "\n".join(
        [
            "#EXTM3U",
            "#EXT-X-VERSION:6",
            "#EXT-X-TARGETDURATION:1",
            "#EXT-X-MEDIA-SEQUENCE:7",
            "#EXT-X-DISCONTINUITY-SEQUENCE:1",
            "#EXTINF:1.00000,",
            "captions-7.vtt",
            "#EXTINF:0.50000,",
            "captions-8.vtt",
            "#EXT-X-DISCONTINUITY",
            "#EXTINF:1.00000,",
            "captions-9.vtt",
            "",
        ]
    )
    assert live_playlist(SPANS, ended=True) == playlist.replace("captions-9.vtt\n", "captions-9.vtt\n#EXT-X-ENDLIST\n")


@given(st.integers(0, 10 * REPLAY_MS))
def test_a_replays_playlist_covers_it_minute_by_minute(duration_ms: int) -> None:
    playlist = replay_playlist(duration_ms)
    seconds = [float(one) for one in re.findall(r"#EXTINF:(.*),", playlist)]
    assert sum(seconds) == duration_ms / 1000 or abs(sum(seconds) - duration_ms / 1000) < 0.001
    assert all(one <= REPLAY_MS / 1000 for one in seconds)
    names = re.findall(r"^replay.*$", playlist, re.MULTILINE)
    assert names == [f"replay-captions-{number}.vtt" for number in range(len(seconds))]
    assert playlist.endswith("#EXT-X-ENDLIST\n")
