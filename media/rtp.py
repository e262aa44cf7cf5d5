"""RTP (RFC 3550): what a packet's header says, and what it carries."""

import struct
from typing import Final, NamedTuple

_HEADER: Final = struct.Struct("!BBHLL")
_EXTENSION: Final = struct.Struct("!HH")


class RtpPacket(NamedTuple):
    """A packet as it came; header extensions are left out, nothing here needs them."""

    payload_type: int
    sequence_number: int
    timestamp: int
    ssrc: int
    payload: bytes


def is_rtp(data: bytes) -> bool:
    """Whether a datagram of a session is RTP or SRTP, and not STUN, DTLS or RTCP (RFC 7983, RFC 5761)."""
    return len(data) >= _HEADER.size and 128 <= data[0] < 192 and not 192 <= data[1] < 224


def parse(data: bytes) -> RtpPacket | None:
    """The packet, or None where it is cut off or its padding is longer than itself."""
    if len(data) < _HEADER.size:
        return None
    flags, kind, sequence_number, timestamp, ssrc = _HEADER.unpack_from(data)
    start, end = _HEADER.size + 4 * (flags & 0x0F), len(data)
    if flags & 0x10:
        if end < start + _EXTENSION.size:
            return None
        start += _EXTENSION.size + 4 * _EXTENSION.unpack_from(data, start)[1]
    if flags & 0x20:
        end -= data[-1] or end
    if start > end:
        return None
    return RtpPacket(kind & 0x7F, sequence_number, timestamp, ssrc, data[start:end])
