"""Spans: when the segments of a recording play, for what is shown beside them."""

from dataclasses import dataclass
from typing import Final

from media.encoder import PACKET_SAMPLES, PRIMING_SAMPLES
from media.formats import AAC
from media.opus import SAMPLE_RATE
from media.playlists import LIVE_SEGMENTS
from media.timeline import Timeline

_PRIMING_PACKETS: Final = PRIMING_SAMPLES // PACKET_SAMPLES


@dataclass(frozen=True, slots=True)
class Span:
    """A segment: its media sequence number, its take's number, and its seconds from the recording's first sample."""

    sequence: int
    take: int
    start: float
    end: float


def live_spans(timeline: Timeline) -> list[Span]:
    """Those of the segments in a live playlist, in order."""
    newest = timeline.segments[-LIVE_SEGMENTS:]
    spans = []
    for take in timeline.takes:
        for sequence in range(take.first_sequence, take.first_sequence + take.segments):
            if sequence in newest:
                first = take.first_packet + (sequence - take.first_sequence) * AAC.segment_packets
                end = min(first + AAC.segment_packets, take.end_packet)
                spans.append(Span(sequence, take.number, _seconds(first), _seconds(end)))
    return spans


def _seconds(packet: int) -> float:
    """When what a packet decodes to plays: the first one is before all."""
    return (packet - _PRIMING_PACKETS) * PACKET_SAMPLES / SAMPLE_RATE
