"""Playlists of a timeline, as RFC 8216 and its second edition (draft-pantos-hls-rfc8216bis) ask for them.

A live playlist serves both kinds of players: those of the first edition load segments and skip the tags they don't
know, those of the second load parts as they come. Numbers in comments are the second edition's sections.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from media.formats import FORMATS
from media.takes import TakeFile
from media.timeline import PartNumber, Timeline

LIVE_SEGMENTS: Final = 12
"""Segments in a live playlist: three target durations are the least (6.2.2), skipping some needs more than six."""
TARGET_SECONDS: Final = 1
"""Every segment's duration, rounded (4.4.3.1): the same in all renditions."""
HOLD_BACK_SECONDS: Final = 3.0 * TARGET_SECONDS
SKIP_SECONDS: Final = 6.0 * TARGET_SECONDS
"""What is further from the end than this, a player that has it already may do without (4.4.3.8)."""
PART_HOLD_BACK_PARTS: Final = 3
PARTS_SECONDS: Final = 3.0 * TARGET_SECONDS
"""Parts that begin further from the end than this are not listed any more (4.4.4.9)."""

Address = Callable[[str], str]
"""The address of a resource by its name, relative to the playlist."""


@dataclass(frozen=True, slots=True)
class Report:
    """How far another rendition is, whose playlist has this address (4.4.5.4)."""

    address: str
    newest: PartNumber


def _by_name(name: str) -> str:
    return name


def live_playlist(
    timeline: Timeline, *, address: Address = _by_name, reports: Sequence[Report] = (), skip: bool = False
) -> str | None:
    """The newest segments and parts, closed if the sound has ended; None before the first segment.

    Until then a player is to be told to wait: an empty playlist makes some give up. `skip`: without what the player
    has from its last playlist, if that is worth it (6.2.5.1).
    """
    sequences = timeline.segments[-LIVE_SEGMENTS:]
    if timeline.ended or not sequences:
        return _playlist(timeline, sequences, address, [], [])
    skipped = _skippable(timeline, sequences) if skip else 0
    part_target = timeline.format.part_seconds
    control = (
        f"#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL={SKIP_SECONDS:.1f},"
        f"HOLD-BACK={HOLD_BACK_SECONDS:.1f},PART-HOLD-BACK={PART_HOLD_BACK_PARTS * part_target:.3f}"
    )
    hint = timeline.next_part
    tail = [
        *_parts_under_way(timeline, address),
        f'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="{address(_part_name(hint))}"',
        *(
            f'#EXT-X-RENDITION-REPORT:URI="{one.address}",LAST-MSN={one.newest.segment},LAST-PART={one.newest.part}'
            for one in reports
        ),
    ]
    head = [control, f"#EXT-X-PART-INF:PART-TARGET={part_target:.3f}"]
    return _playlist(timeline, sequences, address, head, tail, skipped)


def multivariant_playlist(addresses: dict[str, str], captions: str | None = None) -> str:
    """The renditions there are, for players to choose from; `addresses` of their playlists by format name, `captions`
    that of subtitles (4.4.6.1).
    """
    lines = ["#EXTM3U", "#EXT-X-VERSION:6", "#EXT-X-INDEPENDENT-SEGMENTS"]
    subtitled = ""
    if captions is not None:
        lines.append(
            '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="captions",NAME="Captions",AUTOSELECT=YES,DEFAULT=NO,'
            f'FORCED=NO,URI="{captions}"'
        )
        subtitled = ',SUBTITLES="captions"'
    for name, address in addresses.items():
        format = FORMATS[name]
        lines += [f'#EXT-X-STREAM-INF:BANDWIDTH={format.bandwidth},CODECS="{format.codec}"{subtitled}', address]
    return "\n".join([*lines, ""])


def _playlist(
    timeline: Timeline, sequences: range, address: Address, head: list[str], tail: list[str], skipped: int = 0
) -> str | None:
    if not sequences:
        return None
    lines = [
        "#EXTM3U",
        # The tag that says what is skipped came with version 9 (section 8).
        f"#EXT-X-VERSION:{9 if skipped else 6}",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        f"#EXT-X-TARGETDURATION:{TARGET_SECONDS}",
        *head,
        f"#EXT-X-MEDIA-SEQUENCE:{sequences.start}",
        f"#EXT-X-DISCONTINUITY-SEQUENCE:{timeline.take_of(sequences[0]).number}",
        *([f"#EXT-X-SKIP:SKIPPED-SEGMENTS={skipped}"] if skipped else []),
        *_segments(timeline, sequences, address, skipped, with_parts=bool(tail)),
        *tail,
    ]
    return "\n".join([*lines, *(["#EXT-X-ENDLIST"] if timeline.ended else []), ""])


def _segments(
    timeline: Timeline, sequences: range, address: Address, skipped: int, *, with_parts: bool
) -> Iterator[str]:
    before = timeline.take_of(sequences[skipped - 1]).number if skipped else None
    parts_from = _first_with_parts(timeline, sequences) if with_parts else sequences.stop
    for sequence in sequences[skipped:]:
        take = timeline.take_of(sequence)
        if before != take.number:
            yield from _beginning(take, sequence, address, seam=before is not None)
            before = take.number
        if sequence >= parts_from:
            yield from _parts(timeline, sequence, address)
        yield f"#EXTINF:{_seconds(timeline, sequence):.5f},"
        yield address(f"segment-{sequence}.m4s")


def _beginning(take: TakeFile, sequence: int, address: Address, *, seam: bool) -> Iterator[str]:
    if seam:
        yield "#EXT-X-DISCONTINUITY"
    yield f'#EXT-X-MAP:URI="{address(f"init-{take.number}.mp4")}"'
    unix_time = take.header.unix_time + (sequence - take.first_sequence) * take.format.segment_seconds
    time = datetime.fromtimestamp(unix_time, UTC).isoformat(timespec="milliseconds")
    yield f"#EXT-X-PROGRAM-DATE-TIME:{time}"


def _parts(timeline: Timeline, sequence: int, address: Address) -> Iterator[str]:
    for index, packets in enumerate(timeline.parts_of(sequence)):
        name = address(_part_name(PartNumber(sequence, index)))
        yield f'#EXT-X-PART:DURATION={timeline.format.seconds(packets):.5f},URI="{name}",INDEPENDENT=YES'


def _parts_under_way(timeline: Timeline, address: Address) -> Iterator[str]:
    """The parts of a segment that is not whole yet; where it is a new take's first, with how that begins."""
    newest, listed = timeline.newest_part, timeline.segments
    if newest is None or newest.segment < listed.stop:
        return
    take = timeline.take_of(newest.segment)
    if take.number != timeline.take_of(listed[-1]).number:
        yield from _beginning(take, newest.segment, address, seam=True)
    yield from _parts(timeline, newest.segment, address)


def _part_name(number: PartNumber) -> str:
    return f"part-{number.segment}-{number.part}.m4s"


def _seconds(timeline: Timeline, sequence: int) -> float:
    return timeline.format.seconds(sum(timeline.parts_of(sequence)))


def _under_way_seconds(timeline: Timeline) -> float:
    newest = timeline.newest_part
    return _seconds(timeline, newest.segment) if newest and newest.segment >= timeline.segments.stop else 0.0


def _first_with_parts(timeline: Timeline, sequences: range) -> int:
    """The first segment that begins no further from the end than parts are listed."""
    left = PARTS_SECONDS - _under_way_seconds(timeline)
    for sequence in reversed(sequences):
        left -= _seconds(timeline, sequence)
        if left < 0:
            return sequence + 1
    return sequences.start


def _skippable(timeline: Timeline, sequences: range) -> int:
    """How many segments end further from the playlist's end than a player must be told."""
    after = _under_way_seconds(timeline)
    for sequence in reversed(sequences):
        if after > SKIP_SECONDS:
            return sequence + 1 - sequences.start
        after += _seconds(timeline, sequence)
    return 0
