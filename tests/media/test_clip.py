"""Clips: exact to the sample, whole, the same anywhere and at any time."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.boxes import find_box
from media.clip import UNFINISHED, ClipOutOfRange, cut, discard_unfinished
from media.recorder import Recorder
from media.takes import StorageFailed, TakeDamaged, readable_takes
from media.timeline import Timeline
from tests.media.recordings import decode_clip, lag, record, similarity, sweep, write
from tests.media.sounds import Sound, amplitude_at, tone

# AAC is lossy: what must not differ is when, not what.
SAME_SOUND = 0.999


@pytest.fixture(scope="module")
def sound() -> Sound:
    return sweep(20)


@pytest.fixture(scope="module")
def recording(sound: Sound, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recording")
    record(folder, sound).close()
    return folder


@settings(max_examples=25, deadline=None)
@given(start=st.integers(0, 900_000), samples=st.integers(9_600, 60_000))
def test_start_and_length_are_exact_to_the_sample(
    start: int, samples: int, sound: Sound, recording: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    out = tmp_path_factory.getbasetemp() / "exact.m4a"
    clip = cut(recording, start, samples, out)
    heard = decode_clip(out)
    reference = sound[start : start + samples]
    assert (clip.start, clip.samples, len(heard)) == (start, samples, samples)
    assert lag(heard, reference) == 0
    assert similarity(heard, reference) > SAME_SOUND


def test_the_first_sample_is_the_first_that_was_mixed(tmp_path: Path) -> None:
    click = np.zeros(48_000, np.float32)
    click[0] = click[24_000] = 0.9
    record(tmp_path, click).close()
    cut(tmp_path, 0, 48_000, tmp_path / "clip.m4a")
    heard = np.abs(decode_clip(tmp_path / "clip.m4a"))
    assert int(heard[:12_000].argmax()) == 0
    assert int(heard[12_000:].argmax()) == 12_000


def test_a_clip_reads_nothing_but_its_own_parts(recording: Path, sound: Sound, tmp_path: Path) -> None:
    (take,) = readable_takes(recording)
    cut(recording, 480_000, 48_000, tmp_path / "before.m4a")
    damaged = bytearray(take.data_path.read_bytes())
    first, last = take.entries(38, 39)[0].offset, take.entries(44, 45)[0].offset
    opening = take.entries(1, 2)[0].offset
    damaged[opening:first] = bytes(first - opening)
    damaged[last:] = bytes(len(damaged) - last)
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / take.data_path.name).write_bytes(damaged)
    (copy / take.index_path.name).write_bytes(take.index_path.read_bytes())
    cut(copy, 480_000, 48_000, tmp_path / "after.m4a")
    assert (tmp_path / "after.m4a").read_bytes() == (tmp_path / "before.m4a").read_bytes()
    with pytest.raises(TakeDamaged, match="no part at byte"):
        cut(copy, 96_000, 48_000, tmp_path / "damaged.m4a")
    assert not (tmp_path / "damaged.m4a").exists()


def test_a_clip_through_two_takes_has_both_and_the_exact_length(tmp_path: Path) -> None:
    record(tmp_path, tone(400, 3)).close()
    seam = Timeline(tmp_path).duration
    record(tmp_path, tone(1500, 3)).close()
    cut(tmp_path, seam - 48_000, 96_000, tmp_path / "clip.m4a")
    heard = decode_clip(tmp_path / "clip.m4a")
    assert len(heard) == 96_000
    # The last packet of a take is padded, the first of the next is priming: two packets, not heard either side.
    before, after = heard[: 48_000 - 2048], heard[48_000 + 2048 :]
    assert amplitude_at(before, 400) == pytest.approx(0.5, rel=0.05)
    assert amplitude_at(before, 1500) < 0.01
    assert amplitude_at(after, 1500) == pytest.approx(0.5, rel=0.05)
    assert amplitude_at(after, 400) < 0.01


def test_a_clip_of_what_is_being_recorded(tmp_path: Path, sound: Sound) -> None:
    recorder = record(tmp_path, sound[:480_000])
    end = Timeline(tmp_path).duration
    assert 480_000 - 960 - 13 * 1024 <= end <= 480_000
    cut(tmp_path, end - 144_000, 144_000, tmp_path / "live.m4a")
    write(recorder, sound[480_000:])
    recorder.close()
    cut(tmp_path, end - 144_000, 144_000, tmp_path / "later.m4a")
    assert lag(decode_clip(tmp_path / "live.m4a"), sound[end - 144_000 : end]) == 0
    assert (tmp_path / "later.m4a").read_bytes() == (tmp_path / "live.m4a").read_bytes()


@pytest.mark.parametrize(("start", "samples"), [(-1, 100), (0, 0), (0, -5), (900_000, 60_961), (10**12, 1)])
def test_what_is_not_recorded_is_refused_with_what_is(
    start: int, samples: int, recording: Path, tmp_path: Path
) -> None:
    with pytest.raises(ClipOutOfRange) as refused:
        cut(recording, start, samples, tmp_path / "clip.m4a")
    # 20 s are 937.5 packets, which the encoder fills up.
    assert refused.value.available == range(938 * 1024)
    assert list(tmp_path.iterdir()) == []


def test_nothing_recorded_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ClipOutOfRange):
        cut(tmp_path / "missing", 0, 100, tmp_path / "clip.m4a")


def test_what_was_not_kept_is_refused_and_the_rest_is_not(tmp_path: Path, sound: Sound) -> None:
    long = np.tile(sound, 3)
    recorder = record(tmp_path, long, keep=False)
    available = Timeline(tmp_path).available
    assert available.start > 0
    cut(tmp_path, available.start, 48_000, tmp_path / "clip.m4a")
    heard = decode_clip(tmp_path / "clip.m4a")
    reference = long[available.start :][:48_000]
    assert lag(heard, reference) == 0
    assert similarity(heard, reference) > SAME_SOUND
    with pytest.raises(ClipOutOfRange):
        cut(tmp_path, available.start - 1, 48_000, tmp_path / "clip.m4a")
    recorder.close()


def test_a_clip_plays_while_it_loads_and_prepares_its_decoder(recording: Path, tmp_path: Path) -> None:
    clip = cut(recording, 5_000, 48_000, tmp_path / "clip.m4a")
    data = clip.path.read_bytes()
    assert clip.size == len(data)
    assert data.index(b"moov") < data.index(b"mdat")
    assert find_box(data, b"moov", b"trak", b"mdia", b"minf", b"stbl", b"sgpd") is not None
    with av.open(str(clip.path)) as container:
        assert container.duration == 1_000_000
        assert container.streams.audio[0].start_time == 0


def test_a_clip_has_the_waveform_of_its_seconds(tmp_path: Path) -> None:
    loud, quiet = tone(500, 2, level=0.8), tone(500, 2, level=0.1)
    record(tmp_path, np.concatenate((quiet, loud, quiet))).close()
    waveform = cut(tmp_path, 48_000, 192_000, tmp_path / "clip.m4a").waveform
    assert len(waveform) == 200
    highs = [high for _, high in waveform]
    assert set(highs[:50]) | set(highs[150:]) == {13}
    assert set(highs[50:150]) == {102}
    assert all(low == -high for low, high in waveform)


def test_a_place_that_cannot_be_written_is_named(recording: Path, tmp_path: Path) -> None:
    with pytest.raises(StorageFailed, match=r"clip\.m4a"):
        cut(recording, 0, 48_000, tmp_path / "missing" / "clip.m4a")


def test_an_unfinished_recorder_has_nothing_to_clip(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, keep=True)
    recorder.write(np.zeros(960, np.float32))
    with pytest.raises(ClipOutOfRange):
        cut(tmp_path, 0, 100, tmp_path / "clip.m4a")
    recorder.close()
    assert cut(tmp_path, 0, 960, tmp_path / "clip.m4a").samples == 960


def test_many_who_cut_one_clip_at_once_leave_it_whole_and_nothing_else(recording: Path, tmp_path: Path) -> None:
    out = tmp_path / "clip.m4a"
    cut(recording, 0, 48_000, out)
    whole = out.read_bytes()
    with ThreadPoolExecutor(8) as threads:
        for done in [threads.submit(cut, recording, 0, 48_000, out) for _ in range(40)]:
            assert done.result().size == len(whole)
    assert out.read_bytes() == whole
    assert list(tmp_path.iterdir()) == [out]


def test_what_a_dead_writer_left_is_swept_up_and_what_is_being_written_is_not(tmp_path: Path) -> None:
    clip, left, written = (tmp_path / name for name in ("a.m4a", f"a.m4a.1{UNFINISHED}", f"a.m4a.2{UNFINISHED}"))
    for path in (clip, left, written):
        path.touch()
    for path in (clip, left):
        os.utime(path, (0, 0))
    discard_unfinished(tmp_path, 60)
    assert sorted(tmp_path.iterdir()) == [clip, written]
