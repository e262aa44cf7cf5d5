"""A finished .m4a file: moov first, so that it plays while it loads."""

import struct
from collections.abc import Sequence

from media.boxes import box, edit_list, full_box, movie_header, preroll_group, track
from media.encoder import PACKET_SAMPLES

_LARGEST = 2**32 - 1


def m4a(description: bytes, packets: Sequence[bytes], start: int, length: int) -> bytes:
    """The file that plays `length` samples from sample `start` of what `packets` decode to.

    `description` is the stsd box they came with. The edit list (14496-12, 8.6.6) says exactly what is played;
    the packet before `start` is there to prepare the decoder.
    """
    sizes = struct.pack(f">{len(packets)}I", *map(len, packets))
    return b"".join((head(description, sizes, sum(map(len, packets)), start, length), *packets))


def head(description: bytes, sizes: bytes, payload: int, start: int, length: int) -> bytes:
    """All of such a file but its packets, which follow: `payload` bytes of them, each as long as `sizes` says (32 bits
    each, big-endian).
    """
    brand = box(b"ftyp", struct.pack(">4sI", b"M4A ", 0), b"M4A ", b"isom", b"mp42")
    if payload + 8 > _LARGEST:
        data = struct.pack(">I4sQ", 1, b"mdat", payload + 16)
    else:
        data = struct.pack(">I4s", payload + 8, b"mdat")

    def movie(offset: int) -> bytes:
        table = _sample_table(description, sizes, start + length, offset)
        return box(b"moov", movie_header(length), track(length, start + length, table, edit_list(start, length)))

    # Where the packets are depends on moov's size, which does not depend on where they are.
    return brand + movie(len(brand) + len(movie(0)) + len(data)) + data


def _sample_table(description: bytes, sizes: bytes, media_length: int, offset: int) -> bytes:
    """stbl (14496-12, 8.5.1): all packets in one chunk at `offset` bytes.

    The last one lasts to `media_length` only: players that take no end from an edit list take it from there.
    """
    count = len(sizes) // 4
    last = media_length - (count - 1) * PACKET_SAMPLES
    times = struct.pack(">5I", 2, count - 1, PACKET_SAMPLES, 1, last)
    return box(
        b"stbl",
        description,
        full_box(b"stts", 0, 0, times),
        full_box(b"stsc", 0, 0, struct.pack(">4I", 1, 1, count, 1)),
        full_box(b"stsz", 0, 0, struct.pack(">2I", 0, count), sizes),
        full_box(b"stco", 0, 0, struct.pack(">2I", 1, offset)),
        preroll_group(count),
    )
