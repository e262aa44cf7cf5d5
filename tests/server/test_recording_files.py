"""What every `RecordingFiles` promises: one suite for recordings in memory and those on disk."""

from pathlib import Path

import pytest

from app.domain.recorded import WHOLE, Trim
from app.live.recordings import LiveRecordings
from app.services.recording_files import RecordingFiles
from tests.fakes.media import MemoryMedia
from tests.fakes.recording_files import MemoryRecordingFiles
from tests.media.recordings import record, sweep

SECONDS = 5
CUT = Trim(1_500, 3_500)


@pytest.fixture(params=["memory", "live"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> RecordingFiles:
    """Each kind in turn, with one recording, "a"."""
    if request.param == "memory":
        media = MemoryMedia()
        media.recorded["a"] = SECONDS * 1000
        return MemoryRecordingFiles(media)
    record(tmp_path / "spaces" / "a", sweep(SECONDS)).close()
    return LiveRecordings(tmp_path)


async def names(files: RecordingFiles, trim: Trim) -> list[str]:
    """What the playlist lists."""
    playlist = await files.playlist("a", trim)
    assert playlist
    return [line for line in playlist.splitlines() if not line.startswith("#")]


async def test_what_is_not_here_is_nothing(files: RecordingFiles) -> None:
    assert await files.playlist("b", WHOLE) is None
    assert await files.resource("b", "segment-0.m4s", WHOLE) is None
    assert await files.file("b", WHOLE) is None
    assert await files.waveform("b", WHOLE, 10) == ()
    assert await files.measure("b", WHOLE) is None


async def test_what_a_playlist_lists_is_served_and_nothing_else(files: RecordingFiles) -> None:
    everything, heard = await names(files, WHOLE), await names(files, CUT)
    for trim, listed in ((WHOLE, everything), (CUT, heard)):
        assert all([await files.resource("a", name, trim) for name in listed])
    for name in (*(set(everything) - set(heard)), "segment-99.m4s", "../../token.key", "take-0-0.mp4"):
        assert await files.resource("a", name, CUT) is None, name


async def test_a_file_is_as_long_as_what_is_heard_and_any_bytes_of_it_are_read(files: RecordingFiles) -> None:
    whole, cut = await files.file("a", WHOLE), await files.file("a", CUT)
    assert whole
    assert cut
    assert cut.size < whole.size
    assert cut.tag != whole.tag
    data = await cut.read(0, cut.size)
    assert len(data) == cut.size
    assert await cut.read(cut.size - 5, cut.size + 5) == data[-5:]
    again = await files.file("a", CUT)
    assert again
    assert again.tag == cut.tag


async def test_measures_are_of_what_is_heard_and_the_length_is_of_all(files: RecordingFiles) -> None:
    for trim in (WHOLE, CUT):
        found, file = await files.measure("a", trim), await files.file("a", trim)
        assert found
        assert file
        assert (found.trim, found.size) == (trim, file.size)
        assert SECONDS * 1000 <= found.duration_ms < SECONDS * 1000 + 22
        assert found.loudness is not None
        assert found.peak is not None


async def test_a_waveform_has_as_many_points_as_are_asked_for(files: RecordingFiles) -> None:
    for trim in (WHOLE, CUT):
        points = await files.waveform("a", trim, 50)
        assert len(points) == 50
        assert all(0 <= one <= 1 for one in points)
