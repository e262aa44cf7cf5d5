"""m4a files of more than a day, or of more than 4 GiB: figures that need 64 bits have them."""

import struct

import pytest

from media.boxes import edit_list, find_box, movie_header, track
from media.m4a import head

DAY = 48_000 * 86_400 + 2**29


@pytest.mark.parametrize("duration", [1, 2**32 - 1, 2**32, DAY])
def test_durations_are_as_long_as_they_are(duration: int) -> None:
    tables = track(duration, duration, b"", edit_list(1024, duration))
    boxes = {
        b"mvhd": movie_header(duration),
        b"tkhd": find_box(tables, b"trak", b"tkhd"),
        b"mdhd": find_box(tables, b"trak", b"mdia", b"mdhd"),
        b"elst": find_box(tables, b"trak", b"edts", b"elst"),
    }
    for kind, box in boxes.items():
        assert box
        version = box[8]
        assert version == int(duration >= 2**32), kind
        # 14496-12, 8.2.2, 8.3.2, 8.4.2, 8.6.6: what is in front of the duration in either version.
        place = {b"mvhd": (24, 32), b"tkhd": (28, 36), b"mdhd": (24, 32), b"elst": (16, 16)}[kind][version]
        assert struct.unpack_from(">Q" if version else ">I", box, place)[0] == duration, kind


@pytest.mark.parametrize(("payload", "header"), [(100, 8), (2**32 - 9, 8), (2**32 - 8, 16), (2**33, 16)])
def test_the_packets_are_where_the_file_says(payload: int, header: int) -> None:
    opening = head(b"", struct.pack(">I", 100), payload, 0, 1024)
    offsets = find_box(opening, b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stco")
    assert offsets
    assert struct.unpack_from(">I", offsets, 16)[0] == len(opening)
    size = struct.unpack_from(">I4sQ" if header == 16 else ">I4s", opening, len(opening) - header)
    assert size[1] == b"mdat"
    assert (size[2] if header == 16 else size[0]) == payload + header
