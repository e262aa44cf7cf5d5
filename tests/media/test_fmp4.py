"""Fragmented MP4: what is written can be read, by us and by FFmpeg, and what is broken is not believed."""

import io

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.boxes import find_box
from media.encoder import AacEncoder
from media.fmp4 import fragment, initialization, initialization_length, producer_time, read_part, walk
from tests.media.sounds import tone

_CONFIG = b"\x11\x88"
_packets = st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=12)


@given(first=st.integers(0, 2**40), groups=st.lists(_packets, max_size=4))
def test_a_walk_finds_every_packet_in_order(first: int, groups: list[list[bytes]]) -> None:
    data, number, numbers = initialization(_CONFIG), first, []
    for packets in groups:
        numbers.append(number)
        data += fragment(number, number * 1024, packets)
        number += len(packets)
    parts = list(walk(data))
    assert [part.first_packet for part in parts] == numbers
    assert [part.packets(data) for part in parts] == groups
    if parts:
        assert list(walk(data, after=parts[0])) == parts[1:]


@given(time=st.floats(0, 4_233_000_000), packets=_packets)
def test_the_time_of_a_part_is_kept_to_the_microsecond(time: float, packets: list[bytes]) -> None:
    part = read_part(producer_time(3 * 1024, time) + fragment(3, 3 * 1024, packets), 0)
    assert part is not None
    assert part.unix_time == pytest.approx(time, abs=1e-6)


@given(data=st.binary(max_size=300), offset=st.integers(0, 2**64 - 1))
def test_what_we_never_wrote_is_no_part(data: bytes, offset: int) -> None:
    assert read_part(data, offset) is None
    assert read_part(data, 0) is None
    assert list(walk(initialization(_CONFIG) + data)) == []


@given(data=st.data())
def test_a_changed_header_never_raises(data: st.DataObject) -> None:
    good = initialization(_CONFIG) + fragment(0, 0, [b"abc", b"de"]) + fragment(2, 2048, [b"f"])
    place = data.draw(st.integers(0, len(good) - 1))
    bad = good[:place] + bytes([data.draw(st.integers(0, 255))]) + good[place + 1 :]
    assert all(part.packets(bad) for part in walk(bad))
    find_box(bad, b"moov", b"trak", b"mdia")


def test_the_walk_stops_where_numbers_do_not_go_on() -> None:
    data = initialization(_CONFIG) + fragment(0, 0, [b"a", b"b"]) + fragment(7, 7 * 1024, [b"c"])
    assert [part.first_packet for part in walk(data)] == [0]


def test_ffmpeg_reads_times_packets_and_config() -> None:
    encoder = AacEncoder()
    packets = encoder.encode(tone(440, 1.0)) + encoder.flush()
    data = (
        initialization(encoder.config)
        + fragment(100, 100 * 1024, packets[:12])
        + fragment(112, 112 * 1024, packets[12:])
    )
    assert initialization_length(data) == len(initialization(encoder.config))
    with av.open(io.BytesIO(data), "r") as container:
        stream = container.streams.audio[0]
        read = [packet for packet in container.demux(stream) if packet.size]
        assert [bytes(packet) for packet in read] == packets
        assert [packet.pts for packet in read] == [(100 + n) * 1024 for n in range(len(packets))]
        assert (stream.rate, stream.channels, stream.codec_context.extradata) == (48_000, 1, encoder.config)
