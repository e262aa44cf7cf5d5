"""Recordings by name: what a crash left is mended before it is measured, and what is deleted is gone."""

from pathlib import Path

import pytest

from media.opus import SAMPLE_RATE
from media.recorder import Recorder
from media.recordings import Recordings
from media.replay import WHOLE, Extent
from tests.media.recordings import record, write
from tests.media.sounds import tone


async def test_a_recording_that_a_crash_left_is_mended_and_measured(tmp_path: Path) -> None:
    recordings = Recordings(tmp_path)
    # Never closed, and half a part behind the last whole one.
    killed = Recorder(tmp_path / "a", keep=True)
    write(killed, tone(440, 3, level=0.25))
    [data] = (tmp_path / "a").glob("*.mp4")
    with data.open("ab") as end:
        end.write(b"half a part")
    size = data.stat().st_size
    found = await recordings.measure("a")
    assert found
    assert data.stat().st_size == size - len(b"half a part")
    assert 2.7 * SAMPLE_RATE < found.samples <= 3 * SAMPLE_RATE
    assert found.loudness.peak == pytest.approx(-12.04, abs=0.05)
    file = await recordings.replay_file("a")
    assert file
    assert (file.samples, file.size) == (found.samples, found.size)
    assert await recordings.measure("a") == found, "twice is once"
    killed.close()


async def test_a_part_is_measured_for_itself(tmp_path: Path) -> None:
    record(tmp_path / "a", tone(440, 2, level=0.25)).close()
    recordings = Recordings(tmp_path)
    whole, half = await recordings.measure("a"), await recordings.measure("a", Extent(0, SAMPLE_RATE))
    assert whole
    assert half
    assert half.samples == whole.samples
    assert half.size < whole.size
    peaks = await recordings.waveform("a", Extent(SAMPLE_RATE // 2, SAMPLE_RATE), 10)
    assert peaks == [pytest.approx((-32, 32), abs=1)] * 10


async def test_what_is_not_there_is_not_there(tmp_path: Path) -> None:
    recordings = Recordings(tmp_path)
    assert await recordings.measure("a") is None
    assert await recordings.replay_file("a") is None
    assert await recordings.replay_playlist("a") is None
    assert await recordings.waveform("a", WHOLE, 10) == []
    (tmp_path / "a").mkdir()
    found = await recordings.measure("a")
    assert found
    assert (found.samples, found.size) == (0, 0), "a folder without sound"


async def test_what_is_deleted_is_not_read_from_memory(tmp_path: Path) -> None:
    record(tmp_path / "a", tone(440, 2)).close()
    recordings = Recordings(tmp_path)
    file = await recordings.replay_file("a")
    assert file
    assert file.is_there()
    await recordings.delete("a")
    assert not file.is_there()
    with pytest.raises(FileNotFoundError):
        file.read(0, file.size)
    assert await recordings.replay_playlist("a") is None
