"""The recorder: what it writes plays, and a disk that is full stops neither the tick nor, later, the sound."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from media.formats import AAC
from media.recorder import NOTHING, RETRY_BLOCKS, Recorder
from media.timeline import Timeline
from tests.media.recordings import decode, record
from tests.media.sounds import amplitude_at, fft_peaks, tone

# A file of at most 100 000 bytes is as full as a disk can be: the write that crosses the line comes back short, the
# next fails. SIGXFSZ is ignored by Python, as by a server. Afterwards there is room again.
_RECORD_INTO_A_FULL_DISK = """
import resource, sys
from pathlib import Path
import numpy as np
from media.formats import AAC
from media.recorder import NOTHING, RETRY_BLOCKS, Recorder

room, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
recorder = Recorder(Path(sys.argv[1]), keep=True)
second = (0.5 * np.sin(2 * np.pi * 600 * np.arange(48_000) / 48_000)).astype(np.float32).reshape(-1, 960)
written = 0
while recorder.failed is None and written < 50 * 60:
    recorder.write(second[written % 50])
    written += 1
print(recorder.failed, flush=True)
resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
for block in range(RETRY_BLOCKS + 50 * 5):
    recorder.write(second[block % 50])
print(recorder.failed, written, flush=True)
recorder.close()
"""


def test_a_tone_is_recorded_at_its_frequency_level_and_length(tmp_path: Path) -> None:
    recorder = record(tmp_path, tone(1000, 4, level=0.4))
    recorder.close()
    assert recorder.failed is None
    timeline = Timeline(tmp_path, ended=True)
    heard = decode(timeline.takes[0].data_path)[1024:]
    assert len(heard) == timeline.duration == -(-192_000 // 1024) * 1024
    assert fft_peaks(heard[4800:187_200], 1) == [pytest.approx(1000, abs=1)]
    assert amplitude_at(heard[4800:187_200], 1000) == pytest.approx(0.4, rel=0.03)


def test_write_tells_when_listeners_can_load_more(tmp_path: Path) -> None:
    recorder, timeline = Recorder(tmp_path, keep=True), Timeline(tmp_path)
    told, seen = [], []
    for block in tone(300, 2).reshape(-1, 960):
        told.append(AAC.name in recorder.write(block))
        seen.append(timeline.refresh())
    assert told == seen
    assert sum(told) == 7
    recorder.close()


def test_a_full_disk_is_told_loses_nothing_and_a_new_take_begins_when_there_is_room(tmp_path: Path) -> None:
    child = [sys.executable, "-c", _RECORD_INTO_A_FULL_DISK, str(tmp_path)]
    failed, later = subprocess.run(child, stdout=subprocess.PIPE, text=True, check=True, timeout=60).stdout.splitlines()
    assert failed == "Sound is not being written: File too large."
    reason, written = later.split()
    assert reason == "None"
    timeline = Timeline(tmp_path, ended=True)
    first, second = timeline.takes
    assert 90_000 < first.data_path.stat().st_size < 100_000
    # Lost are the part that had no room, and what the encoder had of the next.
    assert int(written) * 960 - (12 + 3) * 1024 < (first.packets - 1) * 1024
    for take in (first, second):
        heard = decode(take.data_path)
        assert len(heard) == take.packets * 1024
        assert amplitude_at(heard[4800:-4800], 600) == pytest.approx(0.5, rel=0.03)
    assert second.packets == -(-5 * 48_000 // 1024) + 1


def test_a_folder_that_is_no_folder_is_told_not_raised(tmp_path: Path) -> None:
    (tmp_path / "recording").write_text("in the way")
    recorder = Recorder(tmp_path / "recording", keep=True)
    assert recorder.failed == "Sound is not being written: Not a directory."
    assert [recorder.write(np.zeros(960, np.float32)) for _ in range(RETRY_BLOCKS + 2)] == [NOTHING] * (
        RETRY_BLOCKS + 2
    )
    (tmp_path / "recording").unlink()
    for block in tone(300, 7).reshape(-1, 960):
        recorder.write(block)
    assert recorder.failed is None
    recorder.close()
    assert Timeline(tmp_path / "recording").duration > 48_000


def test_a_recorder_that_heard_nothing_leaves_nothing(tmp_path: Path) -> None:
    Recorder(tmp_path / "recording", keep=True).close()
    assert not (tmp_path / "recording").exists()
