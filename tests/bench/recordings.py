"""What reading ten hours of recording costs: a clip out of them beside FFmpeg's and pydub's, recovery, playlists."""

import os
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from types import ModuleType

import av

from media.clip import cut
from media.encoder import AacEncoder
from media.opus import SAMPLE_RATE
from media.playlists import live_playlist
from media.recovery import recover
from media.replay import WHOLE, replay_playlist
from media.replay_file import ReplayFile
from media.take_writer import TakeWriter
from media.takes import TakeFile, readable_takes
from media.timeline import Timeline
from tests.bench.ffmpeg import find_ffmpeg, find_pydub
from tests.bench.place import Place
from tests.bench.size import Size
from tests.bench.tables import Cell, Table
from tests.media.recordings import sweep

CLIP_SECONDS = 30
CHUNK_BYTES = 256 * 1024
CLIP = CLIP_SECONDS * SAMPLE_RATE
REPEATED_SECONDS = 10
PLACES = {"near the start": 0.01, "in the middle": 0.5, "near the end": 0.8}

PYDUB = "pydub, once"

Cutter = Callable[[int, Path], object]
"""Cuts 30 s from a sample of the recording on into a file."""


async def measure(size: Size, place: Place) -> list[Table]:
    """Clips of a long recording by four ways, and what else is read of it."""
    folder = place.folder("recording")
    _write(folder, size.recording_seconds)
    (take,) = readable_takes(folder)
    plain = place.folder("plain") / "recording.m4a"
    _remux(take.data_path, 0, size.recording_seconds * SAMPLE_RATE, plain)
    return [_clips(folder, take, plain, size), _reading(folder, take, size)]


def _clips(folder: Path, take: TakeFile, plain: Path, size: Size) -> Table:
    ffmpeg = find_ffmpeg()
    cutters: dict[str, Cutter] = {
        "ours": lambda start, out: cut(folder, start, CLIP, out),
        "PyAV, demuxed and muxed": lambda start, out: _remux(take.data_path, start, start + CLIP, out),
    }
    if ffmpeg:
        cutters["ffmpeg -c copy"] = partial(_copy, ffmpeg, take.data_path)
        cutters["ffmpeg -c copy, of a plain m4a"] = partial(_copy, ffmpeg, plain)
        cutters["ffmpeg -version, which does nothing"] = lambda start, out: _run(ffmpeg, "-version")
        if pydub := find_pydub(ffmpeg):
            cutters[PYDUB] = partial(_pydub, pydub, plain)
    rows: list[list[Cell]] = []
    for name, cutter in cutters.items():
        starts = [round(share * size.recording_seconds * SAMPLE_RATE) for share in PLACES.values()]
        clip = folder.parent / "clip.m4a"
        times = 1 if name == PYDUB else size.rounds * 3
        rows.append([name, *(_milliseconds(partial(cutter, start, clip), times, clip) for start in starts)])
    megabytes = take.data_path.stat().st_size / 1e6
    without = "" if ffmpeg else " There is no ffmpeg on PATH, so its command line is not measured."
    note = (
        f"A clip of {CLIP_SECONDS} s out of {size.recording_seconds / 3600:g} h ({megabytes:.0f} MB), ms by the clock, "
        f"median of {size.rounds * 3}. Ours is exact to the sample and has its waveform with it; ffmpeg's time "
        f"includes its start.{without}"
    )
    return Table(f"Clip of {CLIP_SECONDS} s", ["cut by", *PLACES], rows, note)


def _reading(folder: Path, take: TakeFile, size: Size) -> Table:
    timeline = Timeline(folder, ended=True)
    file = ReplayFile(timeline, WHOLE)
    times = size.rounds * 3
    rows: list[list[Cell]] = [
        ["look for new parts", _milliseconds(timeline.refresh, times)],
        ["live playlist", _milliseconds(lambda: live_playlist(timeline), times)],
        [
            f"replay playlist, {len(replay_playlist(timeline) or '') / 1000:.0f} KB",
            _milliseconds(lambda: replay_playlist(timeline), times),
        ],
        ["one m4a of it, sizes read", _milliseconds(lambda: ReplayFile(timeline, WHOLE), times, take.sizes_path)],
        ["one m4a of it, sizes known", _milliseconds(lambda: ReplayFile(timeline, WHOLE), times)],
        ["its last 256 KB", _milliseconds(partial(file.read, file.size - CHUNK_BYTES, file.size), times)],
        ["recovery, nothing to mend", _milliseconds(lambda: recover(folder), times)],
    ]
    os.truncate(take.data_path, take.data_path.stat().st_size - 100)
    rows.append(["recovery, last part torn", _milliseconds(lambda: recover(folder), 1)])
    take.index_path.unlink()
    rows.append(["recovery, index lost", _milliseconds(lambda: recover(folder), 1)])
    return Table(
        f"Recording of {size.recording_seconds / 3600:g} h", ["", "ms"], rows, "By the clock, files in the cache."
    )


def _write(folder: Path, seconds: int) -> None:
    """A recording of the same ten seconds over and over."""
    encoder = AacEncoder()
    packets = encoder.encode(sweep(REPEATED_SECONDS))
    writer = TakeWriter(folder, encoder.config, 0.0)
    for _ in range(seconds // REPEATED_SECONDS):
        for packet in packets:
            writer.add(packet)
    writer.close()


def _remux(source: Path, start: int, end: int, out: Path) -> None:
    """The same seconds by FFmpeg's demuxer and muxer, without a process of their own."""
    with av.open(str(source)) as recording, av.open(str(out), "w", options={"movflags": "faststart"}) as clip:
        stream = recording.streams.audio[0]
        copy = clip.add_stream_from_template(stream)
        recording.seek(start, stream=stream)
        for packet in recording.demux(stream):
            if packet.pts is None or packet.pts >= end:
                break
            packet.stream = copy
            clip.mux(packet)


def _copy(ffmpeg: str, source: Path, start: int, out: Path) -> None:
    seek = ("-ss", f"{start / SAMPLE_RATE}", "-t", str(CLIP_SECONDS))
    _run(ffmpeg, "-nostdin", "-v", "error", *seek, "-i", str(source), "-c", "copy", "-movflags", "+faststart", str(out))


def _pydub(pydub: ModuleType, source: Path, start: int, out: Path) -> None:
    """As fast as it can be used: with `start_second` it decodes as far as the clip, without it all ten hours."""
    sound = pydub.AudioSegment.from_file(source, start_second=start / SAMPLE_RATE, duration=CLIP_SECONDS)
    sound.export(out, format="ipod").close()


def _run(*command: str) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _milliseconds(work: Callable[[], object], times: int, anew: Path | None = None) -> float:
    """The median of some runs, by the clock, each without the file `anew`."""
    took = []
    for _ in range(times):
        if anew:
            anew.unlink(missing_ok=True)
        begun = perf_counter()
        work()
        took.append((perf_counter() - begun) * 1000)
    return median(took)
