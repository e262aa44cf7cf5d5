"""Packets of a take, and where they are in its file: read out one by one, or found by the thousand."""

import mmap
import os
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

import numpy as np
import numpy.typing as npt

from media.boxes import find_box
from media.fmp4 import FRAGMENT_BYTES, PRODUCER_TIME_BYTES, read_part
from media.takes import ENTRY_FIELDS, PART_PACKETS, TakeDamaged, TakeFile

Sizes = npt.NDArray[np.uint16]
Numbers = npt.NDArray[np.int64]

_DESCRIPTION: Final = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd")
_BOX_BYTES: Final = 8


def read_packets(take: TakeFile, first: int, end: int) -> list[bytes]:
    """Those of the take's packets that are numbered from `first` up to `end`. The cost is theirs alone."""
    first, end = max(first, take.first_packet), min(end, take.end_packet)
    if first >= end:
        return []
    first_part = (first - take.first_packet) // PART_PACKETS
    entries = take.entries(first_part, -(-(end - take.first_packet) // PART_PACKETS))
    start = entries[0].offset
    with take.data_path.open("rb") as file:
        file.seek(start)
        data = file.read(entries[-1].offset + entries[-1].length - start)
    packets: list[bytes] = []
    for entry in entries:
        part = read_part(data, entry.offset - start)
        if part is None or len(part.sizes) != entry.packets:
            raise TakeDamaged(f"{take.data_path.name} has no part at byte {entry.offset}")
        packets += part.packets(data)
    skipped = first - take.first_packet - first_part * PART_PACKETS
    return packets[skipped : skipped + end - first]


def description(take: TakeFile) -> bytes:
    """The stsd box that the take's packets come with."""
    with take.data_path.open("rb") as file:
        found = find_box(file.read(take.header.initialization_length), *_DESCRIPTION)
    if found is None:
        raise TakeDamaged(f"{take.data_path.name} does not describe its sound")
    return found


@dataclass(frozen=True, slots=True)
class Places:
    """Where the packets of a finished take are: runs of bytes of its file, one for each part, and all their sizes."""

    offsets: Numbers
    lengths: Numbers
    sizes: Sizes


def places(take: TakeFile) -> Places:
    """Where each packet of a take is that nobody writes any more, in order.

    The sizes are read from the file once, all of which that touches (some 0.1 s for 10 hours, if it is in memory), and
    then kept beside it.
    """
    index = np.fromfile(take.index_path, np.dtype(ENTRY_FIELDS), count=take.parts)
    packets = index["packets"].astype(np.int64)
    head = FRAGMENT_BYTES + 4 * packets
    # The first part of a file says when it was made.
    head[:1] += PRODUCER_TIME_BYTES
    offsets = index["offset"].astype(np.int64) + head + _BOX_BYTES
    lengths = index["length"].astype(np.int64) - head - _BOX_BYTES
    sizes = _kept_sizes(take)
    if sizes is None:
        sizes = _read_sizes(take, offsets - _BOX_BYTES - 4 * packets, packets)
        _keep_sizes(take, sizes)
    if not np.array_equal(np.add.reduceat(sizes.astype(np.int64), np.cumsum(packets) - packets), lengths):
        raise TakeDamaged(f"{take.data_path.name} does not hold what its index says")
    return Places(offsets, lengths, sizes)


def _read_sizes(take: TakeFile, tables: Numbers, packets: Numbers) -> Sizes:
    """The tables of sizes, in the header of each part, of which the lower two bytes count."""
    within = np.arange(packets.sum()) - np.repeat(np.cumsum(packets) - packets, packets)
    positions = np.repeat(tables, packets) + 4 * within
    with take.data_path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        if positions[-1] + 4 > len(mapped):
            raise TakeDamaged(f"{take.data_path.name} is shorter than its index says")
        data = np.frombuffer(mapped, np.uint8)
        sizes: Sizes = data[positions + 2].astype(np.uint16) << 8 | data[positions + 3]
        del data
    return sizes


def _kept_sizes(take: TakeFile) -> Sizes | None:
    try:
        sizes = np.fromfile(take.sizes_path, ">u2")
    except FileNotFoundError:
        return None
    return sizes.astype(np.uint16) if len(sizes) == take.packets else None


def _keep_sizes(take: TakeFile, sizes: Sizes) -> None:
    unfinished = take.sizes_path.with_suffix(f".{uuid4().hex}")
    try:
        unfinished.write_bytes(sizes.astype(">u2").tobytes())
        os.replace(unfinished, take.sizes_path)
    except OSError:
        # Without it they are read again the next time.
        unfinished.unlink(missing_ok=True)
