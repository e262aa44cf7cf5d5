"""A finished recording as it is heard again: trimmed at both ends, as an HLS playlist and what that lists."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, NamedTuple

from media.encoder import PACKET_SAMPLES, PRIMING_SAMPLES
from media.fmp4 import fragment
from media.formats import AAC
from media.packets import read_packets
from media.playlists import TARGET_SECONDS
from media.takes import TakeFile
from media.timeline import Timeline

_CUT: Final = re.compile(r"cut-(\d{1,12})-(\d{1,12})\.m4s", re.ASCII)
_SEGMENT: Final = re.compile(r"segment-(\d{1,12})\.m4s", re.ASCII)


@dataclass(frozen=True, slots=True)
class Extent:
    """What is heard of a recording: its samples from `start` up to `end`; None: to its end."""

    start: int = 0
    end: int | None = None


WHOLE: Final = Extent()


class Piece(NamedTuple):
    """A segment of a replay: the packets from `first` up to `end` of one take. `sequence` where it is a whole one."""

    take: TakeFile
    first: int
    end: int
    sequence: int | None

    @property
    def name(self) -> str:
        """As its playlist calls it: what has this name never changes, whatever the trim."""
        whole = self.sequence is not None
        return f"segment-{self.sequence}.m4s" if whole else f"cut-{self.first}-{self.end}.m4s"


def samples(timeline: Timeline, extent: Extent) -> range:
    """The samples of the recording that are heard."""
    there = timeline.available
    end = there.stop if extent.end is None else min(extent.end, there.stop)
    return range(min(max(extent.start, there.start), end), end)


def packets(timeline: Timeline, extent: Extent) -> range:
    """The packets that decode to nothing outside the extent, and, at its start, hold nothing of what was before.

    So HLS starts less than a packet (21 ms) after the extent, fading in over one, and ends less than one before its
    end; of the sound behind that the last packet holds the half of 21 ms that nobody can decode without the next.
    """
    if not timeline.takes:
        return range(0)
    first, end = timeline.takes[0].first_packet, timeline.takes[-1].end_packet
    if extent.start > 0:
        first = max(first, -(-(extent.start + PRIMING_SAMPLES) // PACKET_SAMPLES))
    if extent.end is not None:
        end = min(end, (extent.end + PRIMING_SAMPLES) // PACKET_SAMPLES)
    return range(first, max(first, end))


def replay_playlist(timeline: Timeline, extent: Extent = WHOLE) -> str | None:
    """All that is heard, segment by segment; None where that is nothing. The recording has ended."""
    pieces = _pieces(timeline, packets(timeline, extent))
    lines: list[str] = []
    take: TakeFile | None = None
    for one in pieces:
        if take is None or take.number != one.take.number:
            lines += _beginning(one, seam=take is not None)
            take = one.take
        lines += (f"#EXTINF:{AAC.seconds(one.end - one.first):.5f},", one.name)
    if not lines:
        return None
    head = [
        "#EXTM3U",
        "#EXT-X-VERSION:6",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        f"#EXT-X-TARGETDURATION:{TARGET_SECONDS}",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        "#EXT-X-MEDIA-SEQUENCE:0",
    ]
    return "\n".join([*head, *lines, "#EXT-X-ENDLIST", ""])


def replay_resource(timeline: Timeline, name: str, extent: Extent = WHOLE) -> bytes | None:
    """The bytes of what a replay's playlist calls `name`; None for any other name, and for what is not heard."""
    heard = packets(timeline, extent)
    if cut := _CUT.fullmatch(name):
        return _cut(timeline, int(cut[1]), int(cut[2]), heard)
    if segment := _SEGMENT.fullmatch(name):
        sequence = int(segment[1])
        if sequence not in timeline.segments or not _is_within(_whole(timeline.take_of(sequence), sequence), heard):
            return None
    elif not name.startswith("init-"):
        return None
    found = timeline.segment(name)
    return found.read() if found else None


def _pieces(timeline: Timeline, heard: range) -> Iterator[Piece]:
    for take in timeline.takes:
        first, end = max(take.first_packet, heard.start), min(take.end_packet, heard.stop)
        if first >= end:
            continue
        index = (first - take.first_packet) // AAC.segment_packets
        for sequence in range(take.first_sequence + index, take.first_sequence + take.segments):
            whole = _whole(take, sequence)
            if whole.first >= end:
                break
            if _is_within(whole, heard):
                yield whole
            else:
                yield Piece(take, max(whole.first, first), min(whole.end, end), None)


def _whole(take: TakeFile, sequence: int) -> Piece:
    first = take.first_packet + (sequence - take.first_sequence) * AAC.segment_packets
    return Piece(take, first, min(first + AAC.segment_packets, take.end_packet), sequence)


def _is_within(piece: Piece, heard: range) -> bool:
    return heard.start <= piece.first and piece.end <= heard.stop


def _beginning(piece: Piece, *, seam: bool) -> list[str]:
    passed = AAC.seconds(piece.first - piece.take.first_packet)
    time = datetime.fromtimestamp(piece.take.header.unix_time + passed, UTC).isoformat(timespec="milliseconds")
    return [
        *(["#EXT-X-DISCONTINUITY"] if seam else []),
        f'#EXT-X-MAP:URI="init-{piece.take.number}.mp4"',
        f"#EXT-X-PROGRAM-DATE-TIME:{time}",
    ]


def _cut(timeline: Timeline, first: int, end: int, heard: range) -> bytes | None:
    """A segment of these packets, where they are heard and of one take."""
    if not heard.start <= first < end <= heard.stop or end - first > AAC.segment_packets:
        return None
    for take in timeline.takes:
        if take.first_packet <= first and end <= take.end_packet:
            return fragment(first, first * PACKET_SAMPLES, read_packets(take, first, end))
    return None
