"""Fragmented MP4: the initialization section and parts of a take, and the walk over a file of them."""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from media.boxes import TRACK, aac_description, box, full_box, movie_header, opus_description, track
from media.encoder import PACKET_SAMPLES
from media.formats import AAC, Format

Buffer = bytes | memoryview

# Seconds from the NTP epoch, 1900, to that of Unix (RFC 868).
_NTP_EPOCH: Final = 2_208_988_800
_FRAGMENT: Final = struct.Struct(">I4s I4sII I4s I4sII I4sIQ I4sIII")
_PRODUCER_TIME: Final = struct.Struct(">I4sIIQQ")
FRAGMENT_BYTES: Final = _FRAGMENT.size
"""Of the header of a part, without the four bytes for the size of each packet that follow it."""
PRODUCER_TIME_BYTES: Final = _PRODUCER_TIME.size
_DEFAULT_BASE_IS_MOOF: Final = 0x020000
_DATA_OFFSET_AND_SIZES: Final = 0x000201


def initialization(config: bytes, format: Format = AAC) -> bytes:
    """ftyp and moov of a stream of packets (RFC 8216, 3.3), for the AudioSpecificConfig or OpusHead `config`."""
    none = struct.pack(">I", 0)
    table = box(
        b"stbl",
        aac_description(config) if format is AAC else opus_description(config),
        full_box(b"stts", 0, 0, none),
        full_box(b"stsc", 0, 0, none),
        full_box(b"stsz", 0, 0, none, none),
        full_box(b"stco", 0, 0, none),
    )
    defaults = full_box(b"trex", 0, 0, struct.pack(">5I", TRACK, 1, format.packet_samples, 0, 0))
    movie = box(b"moov", movie_header(0), track(0, 0, table), box(b"mvex", defaults))
    return box(b"ftyp", struct.pack(">4sI", b"iso6", 0), b"iso6", b"mp41") + movie


def producer_time(time: int, unix_time: float) -> bytes:
    """prft (14496-12, 8.16.5): the wall-clock time, in seconds, of the decode time `time`."""
    ntp = round((unix_time + _NTP_EPOCH) * 2**32) % 2**64
    return _PRODUCER_TIME.pack(_PRODUCER_TIME.size, b"prft", 1 << 24, TRACK, ntp, time)


def fragment(number: int, time: int, packets: Sequence[bytes]) -> bytes:
    """moof and mdat (14496-12, 8.8) of `packets`, the first of which is number `number` and decoded at sample `time`.

    Times go on from take to take. Of AAC a number is a time: packet n starts at n * 1024 samples.
    """
    moof_size = _FRAGMENT.size + 4 * len(packets)
    moof = _FRAGMENT.pack(
        *(moof_size, b"moof"),
        *(16, b"mfhd", 0, (number + 1) & 0xFFFFFFFF),
        *(moof_size - 24, b"traf"),
        *(16, b"tfhd", _DEFAULT_BASE_IS_MOOF, TRACK),
        *(20, b"tfdt", 1 << 24, time),
        *(20 + 4 * len(packets), b"trun", _DATA_OFFSET_AND_SIZES, len(packets), moof_size + 8),
    )
    sizes = struct.pack(f">{len(packets)}I", *map(len, packets))
    return b"".join((moof, sizes, box(b"mdat", *packets)))


@dataclass(frozen=True, slots=True)
class Part:
    """A fragment found in a file: where it is, in bytes, and which packets it holds."""

    offset: int
    length: int
    decode_time: int
    """Of its first packet, in samples of the recording."""
    sizes: tuple[int, ...]
    unix_time: float | None
    """What its producer time said, if it had one."""

    @property
    def first_packet(self) -> int:
        """Which packet of a recording, which is AAC, it begins with."""
        return self.decode_time // PACKET_SAMPLES

    def packets(self, data: Buffer) -> list[bytes]:
        """Its access units, cut from the same buffer that it was read from."""
        packets = []
        position = self.offset + self.length - sum(self.sizes)
        for size in self.sizes:
            packets.append(bytes(data[position : position + size]))
            position += size
        return packets


def read_part(data: Buffer, offset: int) -> Part | None:
    """The part that starts at `offset`; None where no whole part of our making does."""
    start, unix_time = offset, None
    if len(data) - offset >= _PRODUCER_TIME.size:
        size, kind, _, _, ntp, _ = _PRODUCER_TIME.unpack_from(data, offset)
        if (size, kind) == (_PRODUCER_TIME.size, b"prft"):
            start, unix_time = offset + size, _unix_time(ntp)
    if len(data) - start < _FRAGMENT.size:
        return None
    (moof_size, moof, *_, decode_time, _, trun, flags, count, data_offset) = _FRAGMENT.unpack_from(data, start)
    known = (moof, trun, flags, moof_size) == (
        b"moof",
        b"trun",
        _DATA_OFFSET_AND_SIZES,
        _FRAGMENT.size + 4 * count,
    )
    if not known or data_offset != moof_size + 8 or len(data) - start < data_offset:
        return None
    sizes = struct.unpack_from(f">{count}I", data, start + _FRAGMENT.size)
    mdat_size, mdat = struct.unpack_from(">I4s", data, start + moof_size)
    end = start + moof_size + mdat_size
    if mdat != b"mdat" or mdat_size != 8 + sum(sizes) or end > len(data):
        return None
    return Part(offset, end - offset, decode_time, sizes, unix_time)


def _unix_time(ntp: int) -> float:
    """An NTP timestamp between 1968 and 2104: seconds start anew in 2036 (RFC 4330, 3)."""
    era = 0 if ntp >= 2**63 else 2**64
    return (ntp + era) / 2**32 - _NTP_EPOCH


def initialization_length(data: Buffer) -> int | None:
    """Length in bytes of the ftyp and moov that open a file; None where they are not whole."""
    position = 0
    for expected in (b"ftyp", b"moov"):
        if len(data) - position < 8:
            return None
        size, kind = struct.unpack_from(">I4s", data, position)
        if kind != expected or size < 8 or position + size > len(data):
            return None
        position += size
    return position


def walk(data: Buffer, after: Part | None = None) -> Iterator[Part]:
    """The whole parts of a file in order, all or those `after` one, up to the first thing that is not the next part.

    So what a crash left behind the last whole part, an unfinished write or anything else, is not reached.
    """
    offset = after.offset + after.length if after else initialization_length(data)
    expected = after.first_packet + len(after.sizes) if after else None
    while offset is not None and (part := read_part(data, offset)) is not None:
        if expected is not None and part.first_packet != expected:
            return
        yield part
        expected = part.first_packet + len(part.sizes)
        offset += part.length
