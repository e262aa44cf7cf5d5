"""Writing a take: packets into parts, each appended at once and indexed after, so that a crash costs one part."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from media.fmp4 import fragment, initialization, producer_time
from media.formats import AAC, Format
from media.opus import SAMPLE_RATE
from media.takes import Entry, StorageFailed, TakeFile, readable_takes

ROLL_SEGMENTS: Final = 8
"""Segments in each file of a take that is not kept."""
ROLL_KEPT_SEGMENTS: Final = 30
"""Newest segments that are still there of sound that is not kept, and up to two files more. It is the live window
and what slow players need after a segment has left it (RFC 8216, 6.2.2: the playlist's duration and its own)."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a take begins that accompanies another: that one's number, the time of its own first packet, and the
    sequence number that its first segment has at least."""

    number: int
    time: int
    sequence: int = 0


class TakeWriter:
    """Appends one take to the recording in `folder`, which has been recovered (media.recovery) since any crash.

    Numbers go on from the take before, but for those that `place` gives. A take that is not to be kept goes on in a
    new file every ROLL_SEGMENTS, and all sound older than ROLL_KEPT_SEGMENTS is deleted.
    One writer to a folder, one thread at a time. Each part is one blocking write of about 2 KB.
    """

    def __init__(
        self,
        folder: Path,
        config: bytes,
        started_at: float,
        *,
        keep: bool = True,
        format: Format = AAC,
        place: Place | None = None,
    ) -> None:
        """`config` is the encoder's, `started_at` the Unix time, in seconds, of the first sample it was given."""
        earlier = readable_takes(folder, format)
        last = earlier[-1] if earlier else None
        if place is None:
            place = Place(last.number + 1, last.end_packet * format.packet_samples) if last else Place(0, 0)
        sequence = max(place.sequence, last.first_sequence + last.segments if last else 0)
        self.take = TakeFile(folder, place.number, sequence, format)
        self._format = format
        self._initialization = initialization(config, format)
        self.first_time = place.time
        """Decode time of its first packet, in samples of the recording."""
        self._started_at = started_at
        self._keep = keep
        self._earlier = earlier
        self._waiting: list[bytes] = []
        self._written = 0
        self._file: _IndexedFile | None = None

    def add(self, packet: bytes) -> bool:
        """Takes the encoder's next packet; True if this completed a part, which readers now see.

        StorageFailed if that part could not be written. All earlier ones stay as they are; close the writer.
        """
        self._waiting.append(packet)
        if len(self._waiting) < self._format.part_packets:
            return False
        self._write_part()
        return True

    def close(self) -> None:
        """Writes what is waiting as a last, shorter part, and waits until the disk has all of it.

        StorageFailed if it could not; the writer is closed all the same.
        """
        try:
            if self._waiting:
                self._write_part()
            if self._file:
                self._file.sync()
        finally:
            self.abandon()

    def abandon(self) -> None:
        """Closes the files as they are; what is waiting for its part to fill is dropped."""
        self._waiting.clear()
        if self._file:
            self._file.close()
            self._file = None

    def _write_part(self) -> None:
        samples = self._written * self._format.packet_samples
        time = self.first_time + samples
        part = fragment(time // self._format.packet_samples, time, self._waiting)
        try:
            if not self._keep and self._file and self._file.parts == ROLL_SEGMENTS * self._format.segment_parts:
                self._roll(self._file)
            if self._file is None:
                seconds = (samples - self._format.priming) / SAMPLE_RATE
                part = producer_time(time, self._started_at + seconds) + part
                self._file = _IndexedFile(self.take, self._initialization)
            self._file.append(part, len(self._waiting))
        except OSError as error:
            raise StorageFailed(error.errno, error.strerror, str(self.take.data_path)) from error
        self._written += len(self._waiting)
        self._waiting.clear()

    def _roll(self, file: "_IndexedFile") -> None:
        """Goes on in a new file, and deletes those whose every segment is old."""
        file.close()
        self._file = None
        self.take.refresh()
        self._earlier.append(self.take)
        sequence = self.take.first_sequence + self.take.segments
        self.take = TakeFile(self.take.folder, self.take.number, sequence, self._format)
        while self._earlier[0].first_sequence + self._earlier[0].segments <= sequence - ROLL_KEPT_SEGMENTS:
            self._earlier.pop(0).delete()


class _IndexedFile:
    """A take's data and index, opened for appending. Made only when there is a part to put into them."""

    def __init__(self, take: TakeFile, initialization: bytes) -> None:
        self.parts = 0
        self._take = take
        self._initialization = initialization
        take.folder.mkdir(parents=True, exist_ok=True)
        self._data = os.open(take.data_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o644)
        try:
            self._index = os.open(take.index_path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o644)
        except OSError:
            os.close(self._data)
            take.delete()
            raise
        self._size = 0

    def append(self, part: bytes, packets: int) -> None:
        """Data, then index entry. On OSError, half of neither stays."""
        opening = b"" if self.parts else self._initialization
        entry = Entry(self._size + len(opening), len(part), packets).pack()
        try:
            _write(self._data, opening + part)
            _write(self._index, entry)
        except OSError:
            os.ftruncate(self._index, self.parts * len(entry))
            os.ftruncate(self._data, self._size)
            if not self.parts:
                self._take.delete()
            raise
        self._size += len(opening) + len(part)
        self.parts += 1

    def sync(self) -> None:
        """Waits until the disk has it all."""
        os.fsync(self._data)
        os.fsync(self._index)

    def close(self) -> None:
        os.close(self._data)
        os.close(self._index)


def _write(file: int, data: bytes) -> None:
    """One write, as a rule; a second one, where the disk fills up in the middle, to learn the error from."""
    written = os.write(file, data)
    while written < len(data):
        written += os.write(file, data[written:])
