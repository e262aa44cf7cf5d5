"""A recording as players see it: the numbers of its segments and parts, and where in which file each of them is."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, NamedTuple

from media.encoder import PACKET_SAMPLES, PRIMING_SAMPLES
from media.formats import AAC, Format
from media.takes import TakeFile, list_takes

_NAME: Final = re.compile(
    r"init-(?P<take>\d{1,9})\.mp4|segment-(?P<segment>\d{1,12})\.m4s|part-(?P<parent>\d{1,12})-(?P<part>\d{1,2})\.m4s",
    re.ASCII,
)


class PartNumber(NamedTuple):
    """A part by its segment's media sequence number and its own index in that; in order of time."""

    segment: int
    part: int


@dataclass(frozen=True, slots=True)
class FileSlice:
    """Bytes of a file that are one resource of a playlist and, once they are given out, never change."""

    path: Path
    offset: int
    length: int

    def read(self) -> bytes:
        """The bytes. OSError where the file is gone."""
        with self.path.open("rb") as file:
            file.seek(self.offset)
            return file.read(self.length)


class Timeline:
    """The recording in `folder`, read while it is written by whatever process; a missing folder is an empty one.

    All answers are as of the last `refresh`; OSError where files were deleted since. One thread at a time.
    """

    ended: bool
    """Whether no sound can follow any more: to be set by whoever knows, once the recorder is closed."""

    def __init__(
        self, folder: Path, *, ended: bool = False, format: Format = AAC, takes: Sequence[TakeFile] | None = None
    ) -> None:
        """`takes`: what is known of the folder already; else it is looked into."""
        self.ended = ended
        self.format = format
        self._folder = folder
        self._takes: list[TakeFile] = list(takes or ())
        if takes is None:
            self.refresh()

    def refresh(self) -> bool:
        """Looks for new parts and files, at the cost of one listing and one index entry; True if there are any."""
        known = {(take.number, take.first_sequence): take for take in self._takes}
        takes = [known.get((take.number, take.first_sequence), take) for take in list_takes(self._folder, self.format)]
        # Only the newest known file can have grown.
        looked_at = [take.refresh() for take in takes if not take.parts or take is self._takes[-1]]
        self._takes = [take for take in takes if take.parts]
        return any(looked_at)

    def snapshot(self) -> "Timeline":
        """All that is known now, to be read by another thread while this one goes on."""
        for take in self._takes:
            # Read here, so that whoever makes playlists of the snapshot reads no file.
            _ = take.header
        return Timeline(
            self._folder, ended=self.ended, format=self.format, takes=[replace(take) for take in self._takes]
        )

    @property
    def duration(self) -> int:
        """Samples from the recording's beginning to its end so far, also where the beginning was not kept."""
        return max(0, self._takes[-1].end_packet * PACKET_SAMPLES - PRIMING_SAMPLES) if self._takes else 0

    @property
    def available(self) -> range:
        """The samples that are there: all of a kept recording, the last 30 to 47 s of another."""
        start = self._takes[0].first_packet * PACKET_SAMPLES if self._takes else 0
        return range(min(start, self.duration), self.duration)

    @property
    def takes(self) -> tuple[TakeFile, ...]:
        """The files of the recording, oldest first."""
        return tuple(self._takes)

    @property
    def segments(self) -> range:
        """Media sequence numbers of the segments that can be loaded; a short last one only if `ended`."""
        if not self._takes:
            return range(0)
        last = self._takes[-1]
        whole = last.segments if self.ended else last.parts // self.format.segment_parts
        return range(self._takes[0].first_sequence, last.first_sequence + whole)

    @property
    def newest_part(self) -> PartNumber | None:
        """The last part there is; None before the first."""
        if not self._takes:
            return None
        last = self._takes[-1]
        segment, part = divmod(last.parts - 1, self.format.segment_parts)
        return PartNumber(last.first_sequence + segment, part)

    @property
    def next_part(self) -> PartNumber:
        """The part that comes next if the take goes on; a new take begins with a segment of its own instead."""
        newest = self.newest_part
        if newest is None:
            return PartNumber(0, 0)
        if newest.part + 1 < self.format.segment_parts:
            return PartNumber(newest.segment, newest.part + 1)
        return PartNumber(newest.segment + 1, 0)

    def take_of(self, sequence: int) -> TakeFile:
        """The file that a segment is in, whole or not."""
        return self._takes[bisect_right(self._takes, sequence, key=lambda take: take.first_sequence) - 1]

    def parts_of(self, sequence: int) -> list[int]:
        """The packets of each part of a segment, as many parts as there are."""
        take = self.take_of(sequence)
        first = (sequence - take.first_sequence) * self.format.segment_packets
        packets = min(self.format.segment_packets, take.packets - first)
        whole, rest = divmod(packets, self.format.part_packets)
        return [self.format.part_packets] * whole + ([rest] if rest else [])

    def segment(self, name: str) -> FileSlice | None:
        """Where the bytes are that a playlist calls `name`; None if there are none, or not all of them yet."""
        match = _NAME.fullmatch(name)
        if match is None:
            return None
        if match["take"] is not None:
            take = next((take for take in self._takes if take.number == int(match["take"])), None)
            return FileSlice(take.data_path, 0, take.header.initialization_length) if take else None
        if match["segment"] is not None:
            sequence = int(match["segment"])
            return self._slice(sequence, 0, self.format.segment_parts) if sequence in self.segments else None
        number = PartNumber(int(match["parent"]), int(match["part"]))
        return self._slice(number.segment, number.part, number.part + 1) if self._has(number) else None

    def _has(self, number: PartNumber) -> bool:
        newest = self.newest_part
        there = newest is not None and self._takes[0].first_sequence <= number.segment and number <= newest
        return there and number.part < len(self.parts_of(number.segment))

    def _slice(self, sequence: int, first: int, end: int) -> FileSlice:
        """The parts of a segment from `first` up to `end`, or as many as it has."""
        take = self.take_of(sequence)
        before = (sequence - take.first_sequence) * self.format.segment_parts
        parts = take.entries(before + first, min(before + end, take.parts))
        return FileSlice(take.data_path, parts[0].offset, sum(part.length for part in parts))


def part_number(name: str) -> PartNumber | None:
    """The part that has this name; None for any other name."""
    match = _NAME.fullmatch(name)
    return PartNumber(int(match["parent"]), int(match["part"])) if match and match["parent"] else None


def sequence_of(name: str) -> int | None:
    """The media sequence number of the segment that this name is of, or is a part of; None for any other name."""
    match = _NAME.fullmatch(name)
    number = (match["segment"] or match["parent"]) if match else None
    return None if number is None else int(number)
