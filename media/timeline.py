"""A recording as players see it: playlists of its takes, and where in which file each segment is."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from media.encoder import PACKET_SAMPLES, PRIMING_SAMPLES
from media.opus import SAMPLE_RATE
from media.takes import SEGMENT_PACKETS, SEGMENT_PARTS, SEGMENT_SECONDS, TakeFile, list_takes

LIVE_SEGMENTS: Final = 6
"""Segments in a live playlist. Three target durations are the least (RFC 8216, 6.2.2)."""
_NAME: Final = re.compile(r"init-(?P<take>\d{1,9})\.mp4|segment-(?P<sequence>\d{1,12})\.m4s", re.ASCII)


@dataclass(frozen=True, slots=True)
class FileSlice:
    """Bytes of a file that are one resource of a playlist and, once they are given out, never change."""

    path: Path
    offset: int
    length: int


class Timeline:
    """The recording in `folder`, read while it is written by whatever process; a missing folder is an empty one.

    All answers are as of the last `refresh`; OSError where files were deleted since. One thread at a time.
    """

    ended: bool
    """Whether no sound can follow any more: to be set by whoever knows, once the recorder is closed."""

    def __init__(self, folder: Path, *, ended: bool = False) -> None:
        self.ended = ended
        self._folder = folder
        self._takes: list[TakeFile] = []
        self.refresh()

    def refresh(self) -> bool:
        """Looks for new parts and files, at the cost of one listing and one index entry; True if there are any."""
        known = {(take.number, take.first_sequence): take for take in self._takes}
        takes = [known.get((take.number, take.first_sequence), take) for take in list_takes(self._folder)]
        # Only the newest known file can have grown.
        looked_at = [take.refresh() for take in takes if not take.parts or take is self._takes[-1]]
        self._takes = [take for take in takes if take.parts]
        return any(looked_at)

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
        whole = last.segments if self.ended else last.parts // SEGMENT_PARTS
        return range(self._takes[0].first_sequence, last.first_sequence + whole)

    def live_playlist(self) -> str | None:
        """The media playlist (RFC 8216, 4.3) of the newest segments, closed if `ended`; None before the first.

        Until then a player is to be told to wait: an empty playlist makes some give up.
        """
        return self._playlist(self.segments[-LIVE_SEGMENTS:], [])

    def replay_playlist(self) -> str | None:
        """The media playlist of the whole recording, closed if `ended`, else growing; None while it is empty."""
        return self._playlist(self.segments, ["#EXT-X-PLAYLIST-TYPE:" + ("VOD" if self.ended else "EVENT")])

    def segment(self, name: str) -> FileSlice | None:
        """Where the bytes are that a playlist calls `name`; None if there are none, or not all of them yet."""
        match = _NAME.fullmatch(name)
        if match is None:
            return None
        if match["take"] is None:
            return self._media_segment(int(match["sequence"]))
        take = next((take for take in self._takes if take.number == int(match["take"])), None)
        return FileSlice(take.data_path, 0, take.header.initialization_length) if take else None

    def _media_segment(self, sequence: int) -> FileSlice | None:
        if sequence not in self.segments:
            return None
        take = self._take_of(sequence)
        first = (sequence - take.first_sequence) * SEGMENT_PARTS
        parts = take.entries(first, min(first + SEGMENT_PARTS, take.parts))
        return FileSlice(take.data_path, parts[0].offset, sum(part.length for part in parts))

    def _take_of(self, sequence: int) -> TakeFile:
        return self._takes[bisect_right(self._takes, sequence, key=lambda take: take.first_sequence) - 1]

    def _playlist(self, sequences: range, type_lines: list[str]) -> str | None:
        if not sequences:
            return None
        lines = [
            "#EXTM3U",
            "#EXT-X-VERSION:6",
            "#EXT-X-INDEPENDENT-SEGMENTS",
            f"#EXT-X-TARGETDURATION:{round(SEGMENT_SECONDS)}",
            f"#EXT-X-MEDIA-SEQUENCE:{sequences.start}",
            f"#EXT-X-DISCONTINUITY-SEQUENCE:{self._take_of(sequences[0]).number}",
            *type_lines,
        ]
        before = None
        for sequence in sequences:
            take = self._take_of(sequence)
            if before != take.number:
                lines += ["#EXT-X-DISCONTINUITY"] if before is not None else []
                lines += [f'#EXT-X-MAP:URI="init-{take.number}.mp4"', _date_time(take, sequence)]
                before = take.number
            lines += [f"#EXTINF:{_seconds(take, sequence):.5f},", f"segment-{sequence}.m4s"]
        return "\n".join([*lines, *(["#EXT-X-ENDLIST"] if self.ended else []), ""])


def _seconds(take: TakeFile, sequence: int) -> float:
    packets = take.packets - (sequence - take.first_sequence) * SEGMENT_PACKETS
    return min(SEGMENT_PACKETS, packets) * PACKET_SAMPLES / SAMPLE_RATE


def _date_time(take: TakeFile, sequence: int) -> str:
    """The wall-clock time of the segment's first sample (RFC 8216, 4.3.2.6)."""
    unix_time = take.header.unix_time + (sequence - take.first_sequence) * SEGMENT_SECONDS
    time = datetime.fromtimestamp(unix_time, UTC).isoformat(timespec="milliseconds")
    return f"#EXT-X-PROGRAM-DATE-TIME:{time}"
