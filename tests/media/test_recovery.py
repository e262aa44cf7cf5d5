"""Recovery: after a kill, or a file cut anywhere, all whole parts play, and the next take goes on."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import pytest

from media.clip import cut
from media.encoder import PACKET_SAMPLES
from media.fmp4 import read_part
from media.recovery import recover
from media.takes import PART_PACKETS, TakeFile, readable_takes
from media.timeline import Timeline
from tests.media.recordings import decode, decode_clip, record, sweep
from tests.media.sounds import amplitude_at, silence, tone

PART_SAMPLES = PART_PACKETS * PACKET_SAMPLES
DEADLINE_S = 60

_RECORD_FOR_EVER = """
import os, sys
from pathlib import Path
import numpy as np
from media.recorder import Recorder

recorder = Recorder(Path(sys.argv[1]), keep=sys.argv[2] == "keep")
second = (0.5 * np.sin(2 * np.pi * 600 * np.arange(48_000) / 48_000)).astype(np.float32).reshape(-1, 960)
written = 0
while True:
    recorder.write(second[written % 50])
    written += 1
    os.write(1, written.to_bytes(8, "little"))
"""


@contextmanager
def _recording(folder: Path, mode: str = "keep") -> Iterator[subprocess.Popen[bytes]]:
    """Another process that records at full speed and tells how many blocks it has written; killed on leaving."""
    command = [sys.executable, "-c", _RECORD_FOR_EVER, str(folder), mode]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


def _kill_while_recording(folder: Path, *, after: int, mode: str = "keep") -> int:
    """Kills another process that records after so many samples; answers how many it had written."""
    deadline, blocks = monotonic() + DEADLINE_S, 0
    with _recording(folder, mode) as process:
        assert process.stdout
        while blocks * 960 < after and monotonic() < deadline:
            blocks = int.from_bytes(process.stdout.read(8), "little")
        process.kill()
        if rest := process.stdout.read():
            blocks = int.from_bytes(rest[len(rest) // 8 * 8 - 8 :][:8], "little")
    assert blocks * 960 >= after
    return blocks * 960


def _state(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def _copy(take: TakeFile, folder: Path, data: bytes, index: bytes | None) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / take.data_path.name).write_bytes(data)
    if index is not None:
        (folder / take.index_path.name).write_bytes(index)


@pytest.fixture(scope="module")
def take(tmp_path_factory: pytest.TempPathFactory) -> TakeFile:
    """A take of three parts, the last of them short; silence, for the file to be small."""
    folder = tmp_path_factory.mktemp("short")
    record(folder, silence(0.64)).close()
    (take,) = readable_takes(folder)
    assert take.parts == 3
    return take


@pytest.mark.parametrize("indexed", ["whole", "none", "before"])
def test_cut_at_any_byte_all_whole_parts_stay_and_nothing_else(take: TakeFile, indexed: str, tmp_path: Path) -> None:
    data, index, entries = take.data_path.read_bytes(), take.index_path.read_bytes(), take.entries()
    ends = [entry.offset + entry.length for entry in entries]
    for size in range(len(data) + 1):
        whole = sum(end <= size for end in ends)
        old = {"whole": index, "none": None, "before": index[: 12 * max(0, whole - 1)]}[indexed]
        _copy(take, tmp_path / "copy", data[:size], old)
        recover(tmp_path / "copy")
        expected = {}
        if whole:
            expected = {take.index_path.name: index[: 12 * whole], take.data_path.name: data[: ends[whole - 1]]}
        assert _state(tmp_path / "copy") == expected, size


def test_an_index_cut_at_any_byte_is_made_whole_again(take: TakeFile, tmp_path: Path) -> None:
    data, index = take.data_path.read_bytes(), take.index_path.read_bytes()
    for size in range(len(index) + 1):
        for tail in (b"", bytes(len(index) - size), b"\xff" * 24):
            _copy(take, tmp_path / "copy", data, index[:size] + tail)
            recover(tmp_path / "copy")
            assert _state(tmp_path / "copy") == {take.index_path.name: index, take.data_path.name: data}


def test_a_damaged_byte_in_the_middle_costs_no_sound_after_it(take: TakeFile, tmp_path: Path) -> None:
    data, index = bytearray(take.data_path.read_bytes()), take.index_path.read_bytes()
    data[take.entries()[1].offset + 5] ^= 0xFF
    _copy(take, tmp_path / "copy", bytes(data), index)
    before = _state(tmp_path / "copy")
    recover(tmp_path / "copy")
    assert _state(tmp_path / "copy") == before


def test_recovery_of_nothing_or_of_what_is_whole_changes_nothing(tmp_path: Path) -> None:
    recover(tmp_path / "missing")
    record(tmp_path, tone(440, 2)).close()
    for name in ("take-notes.txt", "take-00-1.mp4", "take-1.mp4"):
        (tmp_path / name).write_text("not ours")
    before = _state(tmp_path)
    recover(tmp_path)
    assert _state(tmp_path) == before


def test_after_kill_9_at_most_a_part_is_lost_and_the_next_take_goes_on(tmp_path: Path) -> None:
    written = _kill_while_recording(tmp_path, after=48_000 * 20)
    recover(tmp_path)
    first = _state(tmp_path)
    recover(tmp_path)
    assert _state(tmp_path) == first
    timeline = Timeline(tmp_path, ended=True)
    # Beside the part there are the encoder's own packet and the one it is filling.
    assert written - PART_SAMPLES - 2 * PACKET_SAMPLES < timeline.duration <= written + 960
    seam, sequence = timeline.duration, timeline.segments.stop
    heard = decode(timeline.takes[0].data_path)[PACKET_SAMPLES:]
    assert len(heard) == seam
    assert amplitude_at(heard[4800:], 600) == pytest.approx(0.5, rel=0.03)

    record(tmp_path, tone(1700, 3)).close()
    timeline.refresh()
    assert timeline.takes[1].first_sequence == sequence
    assert timeline.takes[1].first_packet * PACKET_SAMPLES == seam + PACKET_SAMPLES
    cut(tmp_path, seam - 72_000, 144_000, tmp_path / "clip.m4a")
    clip = decode_clip(tmp_path / "clip.m4a")
    assert len(clip) == 144_000
    assert amplitude_at(clip[:70_000], 600) == pytest.approx(0.5, rel=0.05)
    assert amplitude_at(clip[74_096:], 1700) == pytest.approx(0.5, rel=0.05)


def test_after_kill_9_sound_that_is_not_kept_goes_on_too(tmp_path: Path) -> None:
    _kill_while_recording(tmp_path, after=48_000 * 60, mode="roll")
    recover(tmp_path)
    before = Timeline(tmp_path, ended=True)
    record(tmp_path, sweep(4), keep=False).close()
    after = Timeline(tmp_path, ended=True)
    assert before.available.start > 0
    assert after.takes[-1].number == before.takes[-1].number + 1
    assert after.takes[-1].first_sequence == before.segments.stop
    assert after.duration > before.duration + 3.9 * 48_000


@pytest.mark.parametrize("mode", ["keep", "roll"])
def test_a_reader_beside_the_writer_only_ever_sees_whole_segments(mode: str, tmp_path: Path) -> None:
    deadline, timeline, seen = monotonic() + DEADLINE_S, Timeline(tmp_path), 0
    with _recording(tmp_path, mode) as process:
        assert process.stdout
        while timeline.duration < 48_000 * 60 and monotonic() < deadline:
            process.stdout.read(8)
            if not timeline.refresh() or not timeline.segments:
                continue
            newest = timeline.segment(f"segment-{timeline.segments[-1]}.m4s")
            assert newest is not None
            data = newest.path.read_bytes()[newest.offset : newest.offset + newest.length]
            assert len(data) == newest.length
            position = 0
            while part := read_part(data, position):
                position += part.length
            assert position == newest.length
            seen += 1
    assert timeline.duration >= 48_000 * 60
    assert seen > 10
