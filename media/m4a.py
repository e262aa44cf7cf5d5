"""A finished .m4a file: moov first, so that it plays while it loads."""

import struct
from collections.abc import Sequence

from media.boxes import box, full_box, movie_header, preroll_group, track
from media.encoder import PACKET_SAMPLES


def m4a(description: bytes, packets: Sequence[bytes], start: int, length: int) -> bytes:
    """The file that plays `length` samples from sample `start` of what `packets` decode to.

    `description` is the stsd box they came with. The edit list (14496-12, 8.6.6) says exactly what is played;
    the packet before `start` is there to prepare the decoder.
    """
    edit = struct.pack(">IIiI", 1, length, start, 0x10000)
    edits = box(b"edts", full_box(b"elst", 0, 0, edit))
    brand = box(b"ftyp", struct.pack(">4sI", b"M4A ", 0), b"M4A ", b"isom", b"mp42")

    def movie(mdat_offset: int) -> bytes:
        table = _sample_table(description, packets, start + length, mdat_offset + 8)
        return box(b"moov", movie_header(length), track(length, start + length, table, edits))

    # Where mdat is depends on moov's size, which does not depend on where mdat is.
    head = brand + movie(len(brand) + len(movie(0)))
    return b"".join((head, box(b"mdat", *packets)))


def _sample_table(description: bytes, packets: Sequence[bytes], media_length: int, offset: int) -> bytes:
    """stbl (14496-12, 8.5.1): all packets in one chunk at `offset` bytes.

    The last one lasts to `media_length` only: players that take no end from an edit list take it from there.
    """
    count = len(packets)
    last = media_length - (count - 1) * PACKET_SAMPLES
    times = struct.pack(">5I", 2, count - 1, PACKET_SAMPLES, 1, last)
    return box(
        b"stbl",
        description,
        full_box(b"stts", 0, 0, times),
        full_box(b"stsc", 0, 0, struct.pack(">4I", 1, 1, count, 1)),
        full_box(b"stsz", 0, 0, struct.pack(f">{2 + count}I", 0, count, *map(len, packets))),
        full_box(b"stco", 0, 0, struct.pack(">2I", 1, offset)),
        preroll_group(count),
    )
