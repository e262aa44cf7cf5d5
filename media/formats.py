"""The renditions of a Space's sound, and how the packets of each go into parts and segments."""

from dataclasses import dataclass
from typing import Final

from media.opus import SAMPLE_RATE, TICK


@dataclass(frozen=True, slots=True)
class Format:
    """A codec as it is packaged: packets of one length, so many to a part, and parts to a segment.

    Only the last part of a take may be shorter, and so only its last segment.
    """

    name: str
    codec: str
    """As playlists name it (RFC 6381)."""
    bandwidth: int
    """Bits a second that no segment exceeds, boxes included."""
    packet_samples: int
    priming: int
    """Samples a decoder gives out before the first that was encoded."""
    part_packets: int
    segment_parts: int

    @property
    def segment_packets(self) -> int:
        """Packets in a whole segment."""
        return self.part_packets * self.segment_parts

    @property
    def part_seconds(self) -> float:
        """How long a whole part lasts."""
        return self.seconds(self.part_packets)

    @property
    def segment_seconds(self) -> float:
        """How long a whole segment lasts."""
        return self.seconds(self.segment_packets)

    def seconds(self, packets: int) -> float:
        """How long so many packets last."""
        return packets * self.packet_samples / SAMPLE_RATE


AAC: Final = Format(
    "aac", "mp4a.40.2", bandwidth=88_000, packet_samples=1024, priming=1024, part_packets=12, segment_parts=4
)
"""The mandatory one: every player has it, and it is what recordings are. Parts of 0.256 s, segments of 1.024 s."""
OPUS: Final = Format(
    "opus", "opus", bandwidth=88_000, packet_samples=TICK, priming=312, part_packets=10, segment_parts=5
)
"""Encoded while somebody listens to it. Parts of 0.2 s, segments of 1 s."""
FORMATS: Final = {one.name: one for one in (AAC, OPUS)}
