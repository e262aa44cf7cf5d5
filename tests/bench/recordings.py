"""What recording costs: encoding and writing, a clip out of two hours, recovery, playlists. Run as a module."""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import av

from media.clip import cut
from media.encoder import AacEncoder
from media.opus import SAMPLE_RATE
from media.recorder import Recorder
from media.recovery import recover
from media.take_writer import TakeWriter
from media.takes import readable_takes
from media.timeline import Timeline
from tests.media.recordings import sweep, write

HOURS = 2
CLIP = 30 * SAMPLE_RATE


def two_hours(folder: Path) -> None:
    """A recording of two hours, made of the same ten seconds."""
    encoder = AacEncoder()
    packets = encoder.encode(sweep(10))
    writer = TakeWriter(folder, encoder.config, 0.0)
    for _ in range(HOURS * 3600 // 10):
        for packet in packets:
            writer.add(packet)
    writer.close()


def remux(source: Path, start: int, out: Path) -> None:
    """The same seconds by FFmpeg's demuxer and muxer, as `ffmpeg -ss -t 30 -c copy -movflags +faststart` does."""
    with av.open(str(source)) as recording, av.open(str(out), "w", options={"movflags": "faststart"}) as clip:
        stream = recording.streams.audio[0]
        copy = clip.add_stream_from_template(stream)
        recording.seek(start, stream=stream)
        for packet in recording.demux(stream):
            if packet.pts is None or packet.pts >= start + CLIP:
                break
            packet.stream = copy
            clip.mux(packet)


def milliseconds(work: Callable[[], object], times: int = 5, anew: Path | None = None) -> float:
    """The median of some runs, by the clock, each without the file `anew`."""
    took = []
    for _ in range(times):
        if anew:
            anew.unlink(missing_ok=True)
        begun = perf_counter()
        work()
        took.append((perf_counter() - begun) * 1000)
    return median(took)


def main(folder: Path) -> None:
    """Prints the figures."""
    sound = sweep(60)
    recorder = Recorder(folder / "minute", keep=True)
    begun = process_time()
    write(recorder, sound)
    print(f"encode, package, waveform: {(process_time() - begun) * 1000 / 60:.2f} ms CPU per second of sound")
    recorder.close()
    two_hours(folder / "long")
    (take,) = readable_takes(folder / "long")
    size = take.data_path.stat().st_size
    print(f"recording of {HOURS} h: {size / 1e6:.0f} MB, {take.parts} parts")
    out = folder / "clip.m4a"
    for minutes in (1, 60, 119):
        start = minutes * 60 * SAMPLE_RATE
        ours = milliseconds(partial(cut, folder / "long", start, CLIP, out), times=25, anew=out)
        theirs = milliseconds(partial(remux, take.data_path, start, out), anew=out)
        print(f"clip of 30 s from minute {minutes}: {ours:.2f} ms; remuxed by FFmpeg: {theirs:.0f} ms")
    print(f"recovery of a whole file: {milliseconds(lambda: recover(folder / 'long')):.1f} ms")
    os.truncate(take.data_path, size - 100)
    print(f"recovery of a cut file: {milliseconds(lambda: recover(folder / 'long'), times=1):.1f} ms")
    take.index_path.unlink()
    print(f"recovery without an index: {milliseconds(lambda: recover(folder / 'long'), times=1):.1f} ms")
    timeline = Timeline(folder / "long", ended=True)
    print(f"refresh: {milliseconds(timeline.refresh, times=100) * 1000:.0f} us")
    print(f"live playlist: {milliseconds(timeline.live_playlist, times=100) * 1000:.0f} us")
    replay = timeline.replay_playlist() or ""
    print(f"replay playlist, {len(replay) / 1000:.0f} KB: {milliseconds(timeline.replay_playlist):.1f} ms")


if __name__ == "__main__":
    work = Path(tempfile.mkdtemp(dir=sys.argv[1] if len(sys.argv) > 1 else None))
    try:
        main(work)
    finally:
        shutil.rmtree(work)
