"""Replays: whole or trimmed, as HLS and as one m4a, they are the recording, to the sample; nothing else is served."""

import io
import re
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from media.clip import cut
from media.encoder import PACKET_SAMPLES
from media.opus import SAMPLE_RATE
from media.replay import WHOLE, Extent, packets, replay_playlist, replay_resource
from media.replay_file import ReplayFile
from media.takes import SEGMENT_PACKETS, TakeDamaged
from media.timeline import Timeline
from tests.media.hls_server import serve_hls
from tests.media.recordings import decode, decode_clip, record, sweep
from tests.media.sounds import Sound, rms

SAME = 0.01
"""The share that is another noise: AAC's noise substitution (ISO 14496-3, 4.6.13) is never decoded twice alike."""
TRIMS = [WHOLE, Extent(12_345, 300_007), Extent(150_000), Extent(0, 48_000), Extent(200_000, 250_000)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three takes of a sound that is nowhere alike: 3.5, 2.02 and 1 s."""
    folder = tmp_path_factory.mktemp("recording")
    for seconds, start in ((3.5, 200), (2.02, 1_000), (1, 3_000)):
        record(folder, sweep(seconds, start, start + 800)).close()
    return folder


def heard(folder: Path, file: ReplayFile, step: int = 1 << 30) -> bytes:
    """The file, read in steps."""
    return b"".join(file.read(start, start + step) for start in range(0, file.size, step))


@pytest.fixture(scope="module")
def joined(folder: Path) -> Sound:
    """All takes as one file plays them."""
    return decode_file(heard(folder, ReplayFile(Timeline(folder, ended=True), WHOLE)))


def is_same(sound: Sound, other: Sound) -> bool:
    """Whether two sounds differ by no more than noise."""
    return len(sound) == len(other) and rms(sound - other) < SAME * rms(other)


def decode_file(data: bytes) -> Sound:
    """What a player plays of an m4a."""
    with av.open(io.BytesIO(data)) as container:
        stream = container.streams.audio[0]
        assert isinstance(container, av.container.InputContainer)
        assert stream.time_base
        assert stream.duration
        length = int(stream.duration * stream.time_base * SAMPLE_RATE)
        return np.concatenate([frame.to_ndarray()[0] for frame in container.decode(stream)])[:length]


@pytest.mark.parametrize("extent", TRIMS)
def test_the_m4a_is_the_recording_to_the_sample(folder: Path, joined: Sound, extent: Extent) -> None:
    timeline = Timeline(folder, ended=True)
    file = ReplayFile(timeline, extent)
    data = heard(folder, file)
    assert len(data) == file.size
    assert data[4:8] == b"ftyp"
    assert data.index(b"moov") < data.index(b"mdat")
    end = timeline.duration if extent.end is None else extent.end
    sound = decode_file(data)
    assert len(sound) == file.samples == end - extent.start
    assert is_same(sound, joined[extent.start : end])


def test_the_m4a_is_what_a_clip_of_all_would_be(folder: Path, joined: Sound, tmp_path: Path) -> None:
    timeline = Timeline(folder, ended=True)
    clip = cut(folder, 5, timeline.duration - 10, tmp_path / "all.m4a")
    assert heard(folder, ReplayFile(timeline, Extent(5, timeline.duration - 5))) == clip.path.read_bytes()
    assert is_same(decode_clip(clip.path), joined[5:-5])


@pytest.mark.parametrize("extent", TRIMS)
def test_any_bytes_of_the_m4a_are_those_of_the_whole(folder: Path, extent: Extent) -> None:
    file = ReplayFile(Timeline(folder, ended=True), extent)
    data = heard(folder, file)
    assert heard(folder, file, 777) == data
    numbers = np.random.default_rng(7)
    for _ in range(200):
        start, end = sorted(numbers.integers(0, file.size + 50, 2).tolist())
        assert file.read(start, end) == data[start:end]


def test_each_extent_has_a_tag_of_its_own_that_stays(folder: Path) -> None:
    tags = [ReplayFile(Timeline(folder, ended=True), one).tag for one in TRIMS]
    assert len(set(tags)) == len(TRIMS)
    assert tags == [ReplayFile(Timeline(folder, ended=True), one).tag for one in TRIMS]


def test_sizes_that_are_kept_are_read_again_where_they_do_not_fit(tmp_path: Path) -> None:
    record(tmp_path, sweep(2)).close()
    timeline = Timeline(tmp_path, ended=True)
    first = heard(tmp_path, ReplayFile(timeline, WHOLE))
    kept = timeline.takes[0].sizes_path
    assert len(kept.read_bytes()) == 2 * timeline.takes[0].packets
    kept.write_bytes(kept.read_bytes()[:-2])
    assert heard(tmp_path, ReplayFile(timeline, WHOLE)) == first
    kept.write_bytes(bytes(2 * timeline.takes[0].packets))
    with pytest.raises(TakeDamaged):
        ReplayFile(timeline, WHOLE)


def test_nothing_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no sound"):
        ReplayFile(Timeline(tmp_path, ended=True), WHOLE)


@pytest.mark.parametrize("extent", TRIMS)
def test_hls_is_heard_within_the_extent_alone_and_within_a_packet_of_its_ends(
    folder: Path, joined: Sound, extent: Extent
) -> None:
    timeline = Timeline(folder, ended=True)
    inside = packets(timeline, extent)
    with serve_hls(timeline, extent=extent) as address:
        sound = decode(f"{address}/replay.m3u8")
    assert len(sound) == len(inside) * PACKET_SAMPLES
    start = (inside.start - 1) * PACKET_SAMPLES
    assert extent.start <= max(start, 0) < extent.start + PACKET_SAMPLES
    end = timeline.duration if extent.end is None else extent.end
    assert end - PACKET_SAMPLES < start + len(sound) <= end
    # FFmpeg begins a take as the recorder does, from nothing: up to there the takes decode as if they were one.
    same = min(len(sound), timeline.takes[0].packets * PACKET_SAMPLES - inside.start * PACKET_SAMPLES)
    if same > 0:
        assert is_same(sound[PACKET_SAMPLES:same], joined[start + PACKET_SAMPLES : start + same])


def test_a_player_gets_what_the_playlist_lists_and_nothing_of_what_is_trimmed(folder: Path) -> None:
    timeline, extent = Timeline(folder, ended=True), Extent(60_000, 200_000)
    names = listed(replay_playlist(timeline, extent))
    assert names[0].startswith("cut-")
    assert names[1].startswith("segment-")
    assert names[-1].startswith("cut-")
    assert all(replay_resource(timeline, name, extent) for name in names)
    everything = listed(replay_playlist(timeline))
    inside = packets(timeline, extent)
    refused = [
        *(set(everything) - set(names)),
        f"cut-{inside.start - 1}-{inside.start + 5}.m4s",
        f"cut-{inside.stop - 5}-{inside.stop + 1}.m4s",
        f"cut-{inside.start}-{inside.start + SEGMENT_PACKETS + 1}.m4s",
        f"cut-{inside.start + 5}-{inside.start + 5}.m4s",
        "part-1-0.m4s",
        "live.m3u8",
        "init-9.mp4",
    ]
    assert [name for name in refused if replay_resource(timeline, name, extent)] == []
    assert replay_resource(timeline, "init-0.mp4", extent)


def test_what_has_a_name_never_changes(folder: Path) -> None:
    timeline = Timeline(folder, ended=True)
    seen: dict[str, bytes | None] = {}
    for extent in TRIMS:
        for name in listed(replay_playlist(timeline, extent)):
            data = replay_resource(timeline, name, extent)
            assert seen.setdefault(name, data) == data


def listed(playlist: str | None) -> list[str]:
    """The names in a playlist, in order, each once; durations are of the packets that names say."""
    names = re.findall(r"^[^#\n].*$", playlist or "", re.MULTILINE)
    for seconds, first, end in re.findall(r"^#EXTINF:([\d.]+),\ncut-(\d+)-(\d+)", playlist or "", re.MULTILINE):
        assert float(seconds) == pytest.approx((int(end) - int(first)) * PACKET_SAMPLES / SAMPLE_RATE, abs=1e-5)
    assert all(one != other for one, other in pairwise(names))
    return names
