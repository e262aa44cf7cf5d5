"""A finished recording as one .m4a file that nobody writes: its bytes are put together when they are asked for."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from media.encoder import PACKET_SAMPLES, PRIMING_SAMPLES
from media.m4a import head
from media.packets import Numbers, Places, description, places
from media.replay import Extent, samples
from media.takes import TakeFile
from media.timeline import Timeline


@dataclass(frozen=True, slots=True)
class _Runs:
    """Runs of bytes of one take's file, and from which byte of the .m4a on each is there."""

    path: Path
    offsets: Numbers
    lengths: Numbers
    positions: Numbers


class ReplayFile:
    """The file that plays an extent of a recording, exact to the sample, through all its takes; moov comes first.

    Its packets are where they are in the takes. In front and behind up to two packets more than is played are in it,
    for the decoder: 43 ms that the edit list leaves out. Made from the index: 10 hours cost some 50 ms and 11 MB.
    """

    size: int
    """In bytes."""
    samples: int
    """How long it plays."""
    tag: str
    """The same for the same bytes, and for no others."""

    def __init__(self, timeline: Timeline, extent: Extent) -> None:
        """OSError where files are gone, `TakeDamaged` where they are not what they should be; ValueError where
        nothing is heard.
        """
        heard = samples(timeline, extent)
        if not heard:
            raise ValueError("there is no sound in this extent")
        media_start = heard.start + PRIMING_SAMPLES
        first = media_start // PACKET_SAMPLES - 1
        end = -(-(media_start + len(heard)) // PACKET_SAMPLES)
        parts = [(take, _within(take, places(take), first, end)) for take in timeline.takes]
        parts = [(take, found) for take, found in parts if len(found.lengths)]
        sizes = np.concatenate([found.sizes for _, found in parts])
        payload = int(sizes.sum(dtype=np.int64))
        self.samples = len(heard)
        self._head = head(
            description(parts[-1][0]),
            sizes.astype(">u4").tobytes(),
            payload,
            media_start - first * PACKET_SAMPLES,
            self.samples,
        )
        self.size = len(self._head) + payload
        self.tag = hashlib.blake2b(self._head, digest_size=12).hexdigest()
        self._runs = _placed(parts, len(self._head))

    def is_there(self) -> bool:
        """Whether what it is made of has not been deleted."""
        return all(runs.path.exists() for runs in self._runs)

    def read(self, start: int, end: int) -> bytes:
        """Those bytes of the file; fewer at its end. OSError where the recording is deleted meanwhile."""
        found = [self._head[start:end]]
        for runs in self._runs:
            found += _read(runs, start, min(end, self.size))
        return b"".join(found)


def _within(take: TakeFile, all: Places, first: int, end: int) -> Places:
    """The places of the take's packets that are numbered from `first` up to `end`."""
    first, end = max(first - take.first_packet, 0), min(end - take.first_packet, take.packets)
    if first >= end:
        return Places(all.offsets[:0], all.lengths[:0], all.sizes[:0])
    width = take.format.part_packets
    parts = slice(first // width, -(-end // width))
    offsets, lengths = all.offsets[parts].copy(), all.lengths[parts].copy()
    before = int(all.sizes[parts.start * width : first].sum())
    after = int(all.sizes[end : parts.stop * width].sum())
    offsets[0] += before
    lengths[0] -= before
    lengths[-1] -= after
    return Places(offsets, lengths, all.sizes[first:end])


def _placed(parts: list[tuple[TakeFile, Places]], position: int) -> list[_Runs]:
    runs = []
    for take, found in parts:
        ends = position + np.cumsum(found.lengths)
        runs.append(_Runs(take.data_path, found.offsets, found.lengths, ends - found.lengths))
        position = int(ends[-1])
    return runs


def _read(runs: _Runs, start: int, end: int) -> list[bytes]:
    """Reads once, all from the first run that has some of these bytes up to the last, and cuts the headers out."""
    first = max(int(np.searchsorted(runs.positions, start, "right")) - 1, 0)
    after = int(np.searchsorted(runs.positions, end, "left"))
    if first >= after or start >= runs.positions[-1] + runs.lengths[-1]:
        return []
    begin = int(runs.offsets[first])
    with runs.path.open("rb") as file:
        file.seek(begin)
        data = file.read(int(runs.offsets[after - 1] + runs.lengths[after - 1]) - begin)
    found = []
    for offset, length, position in zip(
        (runs.offsets[first:after] - begin).tolist(),
        runs.lengths[first:after].tolist(),
        runs.positions[first:after].tolist(),
        strict=True,
    ):
        skipped, taken = max(start - position, 0), min(end - position, length)
        found.append(data[offset + skipped : offset + taken])
    return found
