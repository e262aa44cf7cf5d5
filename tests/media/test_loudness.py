"""Loudness: what FFmpeg's ebur128 measures of the same sound, over all of it or a part, also after a crash."""

import threading
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from media.loudness import STEP, Loudness, LoudnessWriter, integrated, read_loudness
from media.opus import SAMPLE_RATE
from media.recorder import Recorder
from media.timeline import Timeline
from tests.media.recordings import record, write
from tests.media.sounds import Sound, tone

QUIET_THEN_LOUD = np.concatenate(
    [tone(400, 4, level=0.02), np.zeros(4 * SAMPLE_RATE, np.float32), tone(900, 4, level=0.4)]
)


def ebur128(sound: Sound) -> float:
    """What FFmpeg says, in LUFS."""
    graph = av.filter.Graph()
    source = graph.add_abuffer(sample_rate=SAMPLE_RATE, layout="mono", format="flt", time_base=Fraction(1, SAMPLE_RATE))
    graph.link_nodes(source, graph.add("ebur128", "metadata=1"), graph.add("abuffersink")).configure()
    said = 0.0
    for start in range(0, len(sound), STEP):
        frame = av.AudioFrame.from_ndarray(sound[np.newaxis, start : start + STEP], format="flt", layout="mono")
        frame.sample_rate, frame.pts = SAMPLE_RATE, start
        graph.push(frame)
        said = float(graph.pull().metadata["lavfi.r128.I"])
    return said


def measured(folder: Path, start: int = 0, end: int | None = None) -> Loudness:
    """Of those samples of the recording; of all of it."""
    timeline = Timeline(folder, ended=True)
    return read_loudness(timeline.takes, range(start, timeline.duration if end is None else end))


def test_a_recordings_loudness_is_what_ffmpeg_measures(tmp_path: Path) -> None:
    record(tmp_path, QUIET_THEN_LOUD).close()
    found = measured(tmp_path)
    assert found.integrated == pytest.approx(ebur128(QUIET_THEN_LOUD), abs=0.1)
    assert found.peak == pytest.approx(20 * np.log10(0.4), abs=0.01)


def test_a_part_has_a_loudness_of_its_own(tmp_path: Path) -> None:
    record(tmp_path, QUIET_THEN_LOUD).close()
    quiet = measured(tmp_path, 0, 4 * SAMPLE_RATE)
    assert quiet.integrated == pytest.approx(ebur128(QUIET_THEN_LOUD[: 4 * SAMPLE_RATE]), abs=0.1)
    assert quiet.peak == pytest.approx(20 * np.log10(0.02), abs=0.01)
    assert measured(tmp_path, 5 * SAMPLE_RATE, 7 * SAMPLE_RATE) == Loudness(None, None)


def test_it_goes_on_through_takes_and_what_a_crash_left_counts(tmp_path: Path) -> None:
    # Never closed: what a process that was killed leaves.
    killed = Recorder(tmp_path, keep=True)
    write(killed, tone(900, 4, level=0.4))
    record(tmp_path, tone(400, 4, level=0.02)).close()
    assert len(Timeline(tmp_path).takes) == 2
    assert measured(tmp_path).integrated == pytest.approx(ebur128(tone(900, 4, level=0.4)), abs=0.2)
    assert measured(tmp_path, 4 * SAMPLE_RATE).peak == pytest.approx(20 * np.log10(0.02), abs=0.01)
    killed.close()


def test_measuring_starts_no_threads(tmp_path: Path) -> None:
    before = threading.active_count(), len(list(Path("/proc/self/task").iterdir()))
    writer = LoudnessWriter(tmp_path / "loudness")
    for block in tone(440, 0.2).reshape(-1, 960):
        writer.add(block)
    assert (threading.active_count(), len(list(Path("/proc/self/task").iterdir()))) == before
    writer.close()


def test_where_nothing_was_measured_nothing_is_known(tmp_path: Path) -> None:
    record(tmp_path, tone(900, 1)).close()
    Timeline(tmp_path).takes[0].loudness_path.unlink()
    assert measured(tmp_path) == Loudness(None, None)
    assert integrated(np.zeros(3)) is None
