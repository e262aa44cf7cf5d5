"""RTP headers: as aiortc writes and reads them, and whatever else comes."""

import struct

from aiortc import rtp as aiortcs
from hypothesis import given
from hypothesis import strategies as st

from media.rtp import RtpPacket, is_rtp, parse


@given(
    st.integers(0, 127),
    st.integers(0, 2**16 - 1),
    st.integers(0, 2**32 - 1),
    st.binary(max_size=80),
    st.lists(st.integers(0, 2**32 - 1), max_size=15),
    st.integers(0, 20),
)
def test_what_aiortc_writes_is_read(
    kind: int, sequence: int, timestamp: int, payload: bytes, sources: list[int], padding: int
) -> None:
    packet = aiortcs.RtpPacket(kind, 1, sequence, timestamp, 7, payload)
    packet.csrc, packet.padding_size = sources, padding
    assert parse(packet.serialize()) == RtpPacket(kind, sequence, timestamp, 7, payload)


def test_extensions_are_left_out() -> None:
    header = struct.pack("!BBHLL", 0x90, 96, 1, 2, 3)
    extension = struct.pack("!HHL", 0xBEDE, 1, 0)
    assert parse(header + extension + b"sound") == RtpPacket(96, 1, 2, 3, b"sound")
    assert parse(header + struct.pack("!HH", 0xBEDE, 9) + b"sound") is None
    assert parse(header + b"\x00") is None


def test_padding_is_at_least_its_own_length_and_at_most_the_payload() -> None:
    header = struct.pack("!BBHLL", 0xA0, 96, 1, 2, 3)
    assert parse(header + b"sound\x00\x02") == RtpPacket(96, 1, 2, 3, b"sound")
    assert parse(header + b"sound\x00") is None
    assert parse(header + b"\x09") is None


@given(st.binary(max_size=60))
def test_nothing_that_comes_can_break_it(data: bytes) -> None:
    try:
        expected = aiortcs.RtpPacket.parse(data)
    except ValueError:
        return
    packet = parse(data)
    assert packet is not None
    assert (packet.payload, packet.ssrc) == (expected.payload, expected.ssrc)


def test_what_is_media_is_told_from_what_shares_the_port() -> None:
    assert is_rtp(struct.pack("!BBHLL", 0x80, 96, 1, 2, 3))
    assert is_rtp(struct.pack("!BBHLL", 0x80, 0x80 | 111, 1, 2, 3))
    for first, second in ((0x00, 0x01), (0x16, 0xFE), (0x80, 200), (0x81, 201), (0x8F, 206), (0xC0, 96)):
        assert not is_rtp(struct.pack("!BBHLL", first, second, 1, 2, 3)), "STUN, DTLS, RTCP, and a later version"
    assert not is_rtp(b"\x80\x60")
