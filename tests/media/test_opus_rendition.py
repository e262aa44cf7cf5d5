"""The Opus rendition: the same sound at the same time as the AAC, from the moment somebody asks for it."""

import os
from pathlib import Path

import numpy as np
import pytest

from media.fmp4 import read_part
from media.formats import AAC, OPUS, Format
from media.opus import SAMPLE_RATE, TICK
from media.opus_rendition import OpusEncoder, opus_folder
from media.playlists import live_playlist
from media.recorder import OPUS_HEAD_START, Recorder
from media.takes import readable_takes
from media.timeline import Timeline
from tests.media.low_latency import read
from tests.media.recordings import decode, lag, similarity, sweep, write
from tests.media.sounds import Sound, noise, tone


def heard_by_parts(folder: Path, format: Format) -> Sound:
    """What a player plays that loads the one take part by part: from the first sample that was encoded."""
    timeline = Timeline(folder, ended=True, format=format)
    names = [
        f"part-{sequence}-{index}.m4s"
        for sequence in timeline.segments
        for index in range(len(timeline.parts_of(sequence)))
    ]
    found = [timeline.segment(name) for name in (f"init-{timeline.takes[0].number}.mp4", *names)]
    file = folder / "parts.mp4"
    file.write_bytes(b"".join(one.read() for one in found if one))
    # FFmpeg itself leaves out what Opus has of priming.
    return decode(file)[0 if format is OPUS else format.priming :]


def first_sample(folder: Path, format: Format) -> int:
    """The recording's media time of the first sample that a decoder gives out."""
    take = readable_takes(folder, format)[0]
    part = read_part(take.data_path.read_bytes(), take.header.initialization_length)
    assert part is not None
    return part.decode_time


@pytest.mark.parametrize("format", [AAC, OPUS])
def test_a_sound_is_whole_to_the_sample_across_all_parts(format: Format, tmp_path: Path) -> None:
    sound = sweep(6)
    recorder = Recorder(tmp_path, keep=True)
    recorder.opus = True
    write(recorder, sound)
    recorder.close()
    heard = heard_by_parts(tmp_path if format is AAC else opus_folder(tmp_path), format)
    # The encoder's look-ahead of the very end is not flushed out of Opus.
    assert len(heard) >= len(sound) - OPUS.priming
    reference = sound[: len(heard)]
    heard = heard[: len(reference)]
    assert lag(heard, reference) == 0
    # A repeated or missing packet anywhere would shift what follows it against the sweep.
    for second in range(1, 5):
        piece = slice(second * SAMPLE_RATE, (second + 1) * SAMPLE_RATE)
        assert similarity(heard[piece], reference[piece]) > 0.99, f"second {second}"


def test_both_renditions_play_a_moment_at_the_same_time_whenever_opus_begins(tmp_path: Path) -> None:
    sound = noise(8, level=0.3)
    recorder = Recorder(tmp_path, keep=False)
    write(recorder, sound[: 5 * SAMPLE_RATE])
    recorder.opus = True
    write(recorder, sound[5 * SAMPLE_RATE :])
    recorder.close()
    folder = opus_folder(tmp_path)
    opus, aac = (heard_by_parts(*one) for one in ((folder, OPUS), (tmp_path, AAC)))
    start = first_sample(folder, OPUS) - first_sample(tmp_path, AAC)
    head_start = OPUS_HEAD_START * TICK
    assert start == AAC.priming + 5 * SAMPLE_RATE + TICK - head_start - OPUS.priming
    length = 2 * SAMPLE_RATE
    assert lag(opus[:length], aac[start + OPUS.priming - AAC.priming :][:length]) == 0
    [take], [whole] = readable_takes(folder, OPUS), readable_takes(tmp_path)[:1]
    seconds = (first_sample(folder, OPUS) - first_sample(tmp_path, AAC)) / SAMPLE_RATE
    assert take.header.unix_time - whole.header.unix_time == pytest.approx(seconds, abs=1e-5)


def test_whoever_asks_first_finds_a_segment_in_the_next_tick(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, keep=True)
    write(recorder, tone(400, 3))
    recorder.opus = True
    assert OPUS.name in recorder.write(np.zeros(TICK, np.float32))
    playlist = live_playlist(Timeline(opus_folder(tmp_path), format=OPUS))
    found = read(playlist or "")
    assert sum(one.duration for one in found.segments) + sum(one.duration for one in found.under_way.parts) == 2.0
    recorder.close()


def test_it_is_deleted_when_nobody_listens_and_its_numbers_rise_when_somebody_does_again(tmp_path: Path) -> None:
    recorder, folder = Recorder(tmp_path, keep=True), opus_folder(tmp_path)
    newest = -1
    for _ in range(3):
        recorder.opus = True
        write(recorder, tone(400, 3.3))
        timeline = Timeline(folder, format=OPUS)
        assert timeline.segments.start > newest
        assert [take.number for take in timeline.takes] == [0], "no discontinuity that the AAC has not"
        assert timeline.newest_part is not None
        newest = timeline.newest_part.segment
        recorder.opus = False
        write(recorder, tone(400, 0.1))
        assert readable_takes(folder, OPUS) == []
    recorder.close()


def test_a_new_take_is_the_same_discontinuity_in_both(tmp_path: Path) -> None:
    for seconds in (4, 3):
        recorder = Recorder(tmp_path, keep=True)
        recorder.opus = True
        write(recorder, tone(400, seconds))
        recorder.close()
    aac, opus = Timeline(tmp_path, ended=True), Timeline(opus_folder(tmp_path), ended=True, format=OPUS)
    assert [take.number for take in aac.takes] == [take.number for take in opus.takes] == [0, 1]
    playlist = read(live_playlist(opus) or "")
    assert {one.discontinuity for one in playlist.segments} == {0, 1}


def test_a_take_that_opus_has_slept_through_leaves_no_older_sound(tmp_path: Path) -> None:
    for opus in (True, False, True):
        recorder = Recorder(tmp_path, keep=True)
        recorder.opus = opus
        write(recorder, tone(400, 3))
        recorder.close()
    assert {take.number for take in readable_takes(opus_folder(tmp_path), OPUS)} == {2}


def test_no_second_of_it_is_larger_than_playlists_say(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, keep=True)
    recorder.opus = True
    write(recorder, noise(10, level=0.8))
    recorder.close()
    for format, folder in ((AAC, tmp_path), (OPUS, opus_folder(tmp_path))):
        timeline = Timeline(folder, format=format)
        sizes = [found.length for one in timeline.segments if (found := timeline.segment(f"segment-{one}.m4s"))]
        assert max(sizes) * 8 / format.segment_seconds <= format.bandwidth


def test_its_encoder_starts_no_threads() -> None:
    before = set(os.listdir("/proc/self/task"))
    encoder = OpusEncoder()
    for block in tone(300, 0.2).reshape(-1, TICK):
        encoder.encode(block)
    assert set(os.listdir("/proc/self/task")) <= before
