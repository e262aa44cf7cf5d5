"""Clips: some seconds of a recording as a file of their own, copied packet by packet."""

import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from media.encoder import PACKET_SAMPLES, PRIMING_SAMPLES
from media.m4a import m4a
from media.packets import description, read_packets
from media.takes import StorageFailed
from media.timeline import Timeline
from media.waveform import read_peaks, reduce_peaks

WAVEFORM_BUCKETS = 300
UNFINISHED = ".unfinished"
"""What ends the name of a file that is being written, or was when its writer died."""


@dataclass(frozen=True, slots=True)
class ClipSound:
    """A clip's file, `size` in bytes. It plays `samples` samples, from sample `start` of the recording."""

    path: Path
    size: int
    start: int
    samples: int
    waveform: list[tuple[int, int]]
    """At most 300 pairs, lowest and highest of an even share of the time; full scale is -127 and 127."""


class ClipOutOfRange(LookupError):
    """What was asked for is not, or not all, in the recording: `available` are the samples that are."""

    def __init__(self, start: int, samples: int, available: range) -> None:
        self.available = available
        super().__init__(
            f"a clip of {samples} samples from sample {start} is not within the recording's, "
            f"{available.start} to {available.stop}"
        )


def cut(folder: Path, start: int, samples: int, out: Path) -> ClipSound:
    """Writes `samples` samples from sample `start` of the recording in `folder` to `out`, an .m4a file.

    Start and end are exact to the sample, through all takes, also while the recording grows, and cutting costs the
    same anywhere in it. FFmpeg's decoder alone plays the last packet to its end, up to 21 ms more than the file
    says: whoever decodes with it stops at the stream's duration.
    `out` appears whole or not at all, replacing what was there. Raises ClipOutOfRange; StorageFailed where `out`
    cannot be written; TakeDamaged, or another OSError where the recording is deleted meanwhile.
    """
    timeline = Timeline(folder)
    available = timeline.available
    if samples <= 0 or start < available.start or start + samples > available.stop:
        raise ClipOutOfRange(start, samples, available)
    media_start = start + PRIMING_SAMPLES
    # One packet more in front: each is half of its successor's sound.
    first = media_start // PACKET_SAMPLES - 1
    end = -(-(media_start + samples) // PACKET_SAMPLES)
    packets = [packet for take in timeline.takes for packet in read_packets(take, first, end)]
    data = m4a(description(timeline.takes[-1]), packets, media_start - first * PACKET_SAMPLES, samples)
    waveform = reduce_peaks(read_peaks(timeline.takes, start, samples), WAVEFORM_BUCKETS)
    write_whole(out, data)
    return ClipSound(out, len(data), start, samples, waveform)


def discard_unfinished(folder: Path, older_than_seconds: float) -> None:
    """Deletes what writers of clips, and of what is made of them, left unfinished when they died, that long ago."""
    latest = time.time() - older_than_seconds
    for path in folder.rglob(f"*{UNFINISHED}"):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < latest:
                path.unlink()


def write_whole(out: Path, data: bytes) -> None:
    """Writes a file that appears whole or not at all, replacing what was there. Raises StorageFailed."""
    # Two who cut the same clip at once, in whichever process, must not write to one file.
    unfinished = out.with_name(f"{out.name}.{uuid4().hex}{UNFINISHED}")
    try:
        unfinished.write_bytes(data)
        unfinished.replace(out)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise StorageFailed(error.errno, error.strerror, str(out)) from error
