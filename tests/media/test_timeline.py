"""Playlists: what RFC 8216 asks for, and what FFmpeg's HLS player makes of them."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.encoder import AacEncoder
from media.playlists import LIVE_SEGMENTS, live_playlist
from media.recorder import Recorder
from media.replay import replay_playlist
from media.take_writer import TakeWriter
from media.takes import PART_PACKETS, SEGMENT_PACKETS, SEGMENT_SECONDS
from media.timeline import Timeline
from tests.media.hls_server import serve_hls
from tests.media.recordings import decode, lag, record, similarity, sweep, write
from tests.media.sounds import amplitude_at, tone

_CONFIG = AacEncoder().config
_START = datetime(2026, 1, 2, 3, 4, 5, 678_000, UTC)


def _take(folder: Path, segments: int, packets: int = 0, *, keep: bool = True) -> None:
    """A take of so many segments and packets, which are not sound."""
    writer = TakeWriter(folder, _CONFIG, _START.timestamp() + 1024 / 48_000, keep=keep)
    for _ in range(segments * SEGMENT_PACKETS + packets):
        writer.add(b"not sound")
    writer.close()


def _tag(playlist: str | None, name: str) -> list[str]:
    return re.findall(rf"^#EXT-X-{name}:(.*)$", playlist or "", re.MULTILINE)


def _names(playlist: str | None) -> list[str]:
    return re.findall(r"^[^#].*$", playlist or "", re.MULTILINE)


def test_there_is_no_playlist_before_the_first_segment(tmp_path: Path) -> None:
    assert live_playlist(Timeline(tmp_path / "missing")) is None
    _take(tmp_path, 0, 3 * PART_PACKETS)
    timeline = Timeline(tmp_path)
    assert (live_playlist(timeline), timeline.segment("segment-0.m4s")) == (None, None)
    timeline.ended = True
    assert _names(live_playlist(timeline)) == ["segment-0.m4s"]


def test_the_live_playlist_slides_over_the_newest_segments(tmp_path: Path) -> None:
    _take(tmp_path, LIVE_SEGMENTS + 4, 30)
    playlist = live_playlist(Timeline(tmp_path))
    assert _names(playlist) == [f"segment-{number}.m4s" for number in range(4, LIVE_SEGMENTS + 4)]
    assert _tag(playlist, "MEDIA-SEQUENCE") == ["4"]
    assert _tag(playlist, "DISCONTINUITY-SEQUENCE") == ["0"]
    assert _tag(playlist, "MAP") == ['URI="init-0.mp4"']
    (time,) = _tag(playlist, "PROGRAM-DATE-TIME")
    late = datetime.fromisoformat(time) - _START
    assert late == pytest.approx(timedelta(seconds=4 * SEGMENT_SECONDS), abs=timedelta(milliseconds=1))
    assert playlist is not None
    assert "ENDLIST" not in playlist


def test_no_segment_is_longer_than_the_target_duration(tmp_path: Path) -> None:
    _take(tmp_path, 3, 1)
    playlist = replay_playlist(Timeline(tmp_path, ended=True))
    (target,) = _tag(playlist, "TARGETDURATION")
    durations = [float(found) for found in re.findall(r"#EXTINF:([\d.]+),", playlist or "")]
    assert durations == [1.024, 1.024, 1.024, pytest.approx(1024 / 48_000, abs=1e-5)]
    # RFC 8216, 4.3.3.1: rounded to the nearest integer.
    assert max(round(duration) for duration in durations) <= int(target)
    # 6.2.2: at least three target durations.
    assert 3 * int(target) <= LIVE_SEGMENTS * SEGMENT_SECONDS


def test_a_new_take_is_a_discontinuity_with_its_own_map_and_time(tmp_path: Path) -> None:
    _take(tmp_path, 2, 5)
    _take(tmp_path, 2)
    playlist = live_playlist(Timeline(tmp_path)) or ""
    lines = playlist.splitlines()
    assert _names(playlist) == [f"segment-{number}.m4s" for number in range(5)]
    seam = lines.index("#EXT-X-DISCONTINUITY")
    assert lines[seam - 1] == "segment-2.m4s"
    assert lines[seam + 1] == '#EXT-X-MAP:URI="init-1.mp4"'
    assert lines[seam + 2].startswith("#EXT-X-PROGRAM-DATE-TIME:2026-01-02T03:04:05.678")
    _take(tmp_path, LIVE_SEGMENTS - 1)
    later = live_playlist(Timeline(tmp_path))
    assert _tag(later, "DISCONTINUITY-SEQUENCE") == ["1"]
    assert _names(later)[0] == "segment-4.m4s"


def test_sound_that_is_not_kept_has_one_map_and_no_discontinuity(tmp_path: Path) -> None:
    _take(tmp_path, 50, keep=False)
    timeline = Timeline(tmp_path)
    assert len(timeline.takes) > 1
    playlist = replay_playlist(timeline) or ""
    assert "#EXT-X-DISCONTINUITY\n" not in playlist
    assert _tag(playlist, "MAP") == ['URI="init-0.mp4"']
    assert [timeline.segment(name) is not None for name in _names(playlist)] == [True] * len(timeline.segments)
    assert timeline.segment("init-0.mp4") is not None
    assert timeline.segment("segment-0.m4s") is None


def test_refreshing_step_by_step_is_as_good_as_reading_anew(tmp_path: Path) -> None:
    timeline = Timeline(tmp_path)
    for keep in (True, False, True):
        writer = TakeWriter(tmp_path, _CONFIG, 0.0, keep=keep)
        for _ in range(45 * SEGMENT_PACKETS // 10):
            added = [writer.add(b"not sound") for _ in range(10)]
            assert timeline.refresh() == any(added)
            fresh = Timeline(tmp_path)
            assert live_playlist(timeline) == live_playlist(fresh)
            assert (timeline.duration, timeline.available) == (fresh.duration, fresh.available)
        writer.close()
        timeline.refresh()
        assert replay_playlist(timeline) == replay_playlist(Timeline(tmp_path))


def test_the_segments_of_a_take_are_its_file_from_end_to_end(tmp_path: Path) -> None:
    record(tmp_path, sweep(5)).close()
    timeline = Timeline(tmp_path, ended=True)
    slices = [timeline.segment(name) for name in ["init-0.mp4", *_names(replay_playlist(timeline))]]
    position = 0
    for found in slices:
        assert found is not None
        assert found.offset == position
        position += found.length
    assert position == timeline.takes[0].data_path.stat().st_size


@given(name=st.text() | st.from_regex(r"(init|segment)-.*\.(mp4|m4s)", fullmatch=True))
def test_names_that_no_playlist_has_are_nothing(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.getbasetemp() / "names"
    if not folder.exists():
        _take(folder, 2)
    known = {"init-0.mp4", "segment-0.m4s", "segment-1.m4s"}
    found = Timeline(folder).segment(name)
    # 00 is 0: a number, not a path. Whatever is found lies in the folder.
    assert found is None or found.path.parent == folder
    assert (found is not None) == (re.sub(r"-0+(?=\d)", "-", name) in known)


@pytest.mark.parametrize(
    "name", ["../take-0-0.mp4", "take-0-0.mp4", "segment-٣.m4s", "segment-1.m4s\n", "init--1.mp4", ""]
)
def test_paths_and_other_scripts_digits_are_nothing(name: str, tmp_path: Path) -> None:
    _take(tmp_path, 4)
    assert Timeline(tmp_path).segment(name) is None


def test_ffmpeg_plays_a_replay_of_two_takes_from_end_to_end(tmp_path: Path) -> None:
    first, second = sweep(4), sweep(3, 4000, 300)
    record(tmp_path, first).close()
    record(tmp_path, second).close()
    timeline = Timeline(tmp_path, ended=True)
    with serve_hls(timeline) as address:
        heard = decode(f"{address}/replay.m3u8")
    assert len(heard) == timeline.duration + 1024
    heard = heard[1024:]
    seam = timeline.takes[1].first_packet * 1024
    for place, sound in ((0, first), (seam, second)):
        part = heard[place : place + len(sound)]
        assert lag(part, sound) == 0
        assert similarity(part, sound) > 0.999


@pytest.mark.parametrize("keep", [True, False])
def test_ffmpeg_follows_a_live_space_through_new_segments_and_a_new_take(keep: bool, tmp_path: Path) -> None:
    """Every time the player asks for the playlist, the Space has gone on; it ends after four of them."""
    recorder = record(tmp_path, tone(500, 30), keep=keep)
    timeline = Timeline(tmp_path)
    asked = 0

    def go_on() -> None:
        nonlocal asked, recorder
        asked += 1
        if asked == 2:
            recorder.close()
            recorder = Recorder(tmp_path, keep=keep)
        if 1 < asked <= 4:
            write(recorder, tone(1200, 2))
        if asked == 4:
            recorder.close()
            timeline.ended = True

    with serve_hls(timeline, go_on) as address:
        heard = decode(f"{address}/live.m3u8")
    # It begins three segments behind live, RFC 8216, 6.3.3, and plays to the end without a hole.
    old, new = heard[:96_000], heard[-5 * 48_000 :]
    assert amplitude_at(old, 500) == pytest.approx(0.5, rel=0.05)
    assert amplitude_at(new, 1200) == pytest.approx(0.5, rel=0.05)
    behind = len(heard) - 6 * 48_000
    assert 2.5 * SEGMENT_SECONDS < behind / 48_000 < 5 * SEGMENT_SECONDS
    assert np.abs(np.diff(new[:-2048])).max() < 0.5 * 2 * np.pi * 1200 / 48_000 * 1.2
