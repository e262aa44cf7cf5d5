"""Takes on disk: names, layout and index of the files of one recording.

A take is one uninterrupted run of the encoder. Its packets go by twelves into parts, its parts by fours into
segments (Opus: by tens and fives, media.formats); only a take's last part and segment may be shorter. A recording is
the folder of its takes:

    take-<number>-<sequence>.mp4     initialization section, then part after part, only ever appended to
    take-<number>-<sequence>.index   twelve bytes for each part: offset, length, packets
    take-<number>-<sequence>.peaks   two bytes for each 20 ms (media.waveform)
    take-<number>-<sequence>.loudness  eight bytes for each 100 ms (media.loudness)
    take-<number>-<sequence>.sizes   two bytes for each packet, after the end (media.packets)

`number` is the take's discontinuity sequence number, `sequence` the media sequence number of the file's first
segment (RFC 8216, 6.2). A recorded take is one file; of one that is not kept, a new file takes over every few
segments so that old sound can be deleted. A part is written before its index entry: whoever reads, in whatever
process, trusts the index alone.

Packets are numbered through all takes of a recording, and so are samples: packet n decodes to the samples from
(n - 1) * 1024 on, the first packet of all being the encoder's priming. Where a later take begins, its priming is
21 ms of near silence in the recording.

The Opus rendition of a Space on air is a folder of takes in the recording's (media.opus_rendition): of the same
numbers, for its discontinuities are the recording's, with sequences of its own.
"""

import os
import re
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from media.fmp4 import initialization_length, read_part
from media.formats import AAC, Format

PART_PACKETS: Final = AAC.part_packets
SEGMENT_PARTS: Final = AAC.segment_parts
SEGMENT_PACKETS: Final = AAC.segment_packets
SEGMENT_SECONDS: Final = AAC.segment_seconds
"""1.024 s, so that plain HLS, three segments behind, is about three seconds behind."""

_NAME: Final = re.compile(r"take-(0|[1-9]\d*)-(0|[1-9]\d*)\.mp4", re.ASCII)
_ENTRY: Final = struct.Struct("<QHH")
ENTRY_FIELDS: Final = [("offset", "<u8"), ("length", "<u2"), ("packets", "<u2")]
"""The same for numpy."""
# More than an initialization section and a part of twelve packets of the largest size, 768 bytes.
_HEADER_BYTES: Final = 16_384


class StorageFailed(OSError):
    """Sound could not be written: the disk is full, over quota or broken. What was written before stays playable."""


class TakeDamaged(OSError):
    """A take's file does not hold what its index says: not what a crash leaves, but what a broken disk does."""


class Entry(NamedTuple):
    """A line of the index: a part's place in the file, in bytes, and the number of its packets."""

    offset: int
    length: int
    packets: int

    def pack(self) -> bytes:
        """The twelve bytes of it."""
        return _ENTRY.pack(*self)


@dataclass(frozen=True, slots=True)
class Header:
    """How a file of a take begins."""

    initialization_length: int
    first_packet: int
    unix_time: float
    """When that packet was made."""


@dataclass(slots=True)
class TakeFile:
    """One file of a take as its index tells it. It may be growing: `refresh` looks again."""

    folder: Path
    number: int
    first_sequence: int
    format: Format = AAC
    parts: int = 0
    packets: int = 0
    known_header: Header | None = field(default=None, repr=False)

    @property
    def data_path(self) -> Path:
        """Where the sound is."""
        return self._path("mp4")

    @property
    def index_path(self) -> Path:
        """Where the index is."""
        return self._path("index")

    @property
    def peaks_path(self) -> Path:
        """Where the waveform is."""
        return self._path("peaks")

    @property
    def sizes_path(self) -> Path:
        """Where the sizes of its packets are kept, once somebody has asked for them (media.packets)."""
        return self._path("sizes")

    @property
    def loudness_path(self) -> Path:
        """Where the loudness is."""
        return self._path("loudness")

    @property
    def segments(self) -> int:
        """Segments begun, the last of them perhaps not whole yet."""
        return -(-self.parts // self.format.segment_parts)

    @property
    def header(self) -> Header:
        """How the file begins. It must have a part."""
        if self.known_header is None:
            self.known_header = read_header(self.data_path)
        return self.known_header

    @property
    def first_packet(self) -> int:
        """Number of its first packet. It must have a part."""
        return self.header.first_packet

    @property
    def end_packet(self) -> int:
        """Number of the packet that would follow its last one. It must have a part."""
        return self.first_packet + self.packets

    def refresh(self) -> bool:
        """Looks for parts written since; True if there are any. A file deleted meanwhile has no new ones."""
        try:
            with self.index_path.open("rb") as index:
                parts = os.fstat(index.fileno()).st_size // _ENTRY.size
                if parts <= self.parts:
                    return False
                index.seek((parts - 1) * _ENTRY.size)
                last = Entry(*_ENTRY.unpack(index.read(_ENTRY.size)))
        except FileNotFoundError:
            return False
        self.parts = parts
        self.packets = (parts - 1) * self.format.part_packets + last.packets
        return True

    def entries(self, first: int = 0, end: int | None = None) -> list[Entry]:
        """Index entries of the parts from `first` up to `end`, read at their places: the cost is theirs alone."""
        with self.index_path.open("rb") as index:
            index.seek(first * _ENTRY.size)
            data = index.read() if end is None else index.read((end - first) * _ENTRY.size)
        return [Entry(*fields) for fields in _ENTRY.iter_unpack(data[: len(data) // _ENTRY.size * _ENTRY.size])]

    def delete(self) -> None:
        """Deletes its files. The index goes first: without it nobody reads the others."""
        for path in (self.index_path, self.data_path, self.peaks_path, self.loudness_path, self.sizes_path):
            path.unlink(missing_ok=True)

    def _path(self, kind: str) -> Path:
        return self.folder / f"take-{self.number}-{self.first_sequence}.{kind}"


def read_header(path: Path) -> Header:
    """Reads how a take's file begins; TakeDamaged where it does not begin as one."""
    with path.open("rb") as file:
        data = file.read(_HEADER_BYTES)
    length = initialization_length(data)
    part = None if length is None else read_part(data, length)
    if length is None or part is None or part.unix_time is None:
        raise TakeDamaged(f"{path.name} does not begin with an initialization section, a time and a part")
    return Header(length, part.first_packet, part.unix_time)


def list_takes(folder: Path, format: Format = AAC) -> list[TakeFile]:
    """The files there are, oldest first, not looked into yet. A folder that is not there has none."""
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        return []
    numbers = [tuple(map(int, match.groups())) for name in names if (match := _NAME.fullmatch(name))]
    return [TakeFile(folder, number, sequence, format) for number, sequence in sorted(numbers)]


def readable_takes(folder: Path, format: Format = AAC) -> list[TakeFile]:
    """The files that hold sound at this moment, oldest first."""
    return [take for take in list_takes(folder, format) if take.refresh()]
