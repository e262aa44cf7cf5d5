"""ISO base media file boxes that live fragments and finished clips share (ISO/IEC 14496-12 and -14)."""

import struct

from media.encoder import BIT_RATE
from media.opus import SAMPLE_RATE

TRACK = 1
_MONO = struct.pack(">6xH8xHH4xI", 1, 1, 16, SAMPLE_RATE << 16)
"""The fields of every sample entry of sound (14496-12, 12.2.3)."""
_UNITY_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


def box(kind: bytes, *content: bytes) -> bytes:
    """A box (14496-12, 4.2): 32-bit size, four-character type, content."""
    size = 8 + sum(map(len, content))
    return b"".join((struct.pack(">I4s", size, kind), *content))


def full_box(kind: bytes, version: int, flags: int, *content: bytes) -> bytes:
    """A box with version and flags (14496-12, 4.2)."""
    return box(kind, struct.pack(">I", version << 24 | flags), *content)


_LONG = 2**32
"""From so many samples on, a day, durations take 64 bits: version 1 of the boxes that hold them."""


def movie_header(duration: int) -> bytes:
    """mvhd (14496-12, 8.2.2). `duration` in samples; 0 where fragments follow."""
    version = int(duration >= _LONG)
    times = struct.pack(">QQIQ" if version else ">4I", 0, 0, SAMPLE_RATE, duration)
    rate_and_volume = struct.pack(">IH10x", 0x10000, 0x100)
    return full_box(b"mvhd", version, 0, times, rate_and_volume, _UNITY_MATRIX, bytes(24), struct.pack(">I", TRACK + 1))


def track(duration: int, media_duration: int, sample_table: bytes, edits: bytes = b"") -> bytes:
    """trak (14496-12, 8.3.1) of the one mono AAC track; durations in samples, `edits` a whole edts box."""
    version = int(max(duration, media_duration) >= _LONG)
    header = struct.pack(">QQIIQ8x4H" if version else ">5I8x4H", 0, 0, TRACK, 0, duration, 0, 0, 0x100, 0)
    media_times = struct.pack(">QQIQ" if version else ">4I", 0, 0, SAMPLE_RATE, media_duration)
    media_header = media_times + struct.pack(">HH", _language("und"), 0)
    handler = struct.pack(">4x4s12x", b"soun") + b"Sound\0"
    # dref entry flag 1: the media is in this same file (8.7.2).
    references = full_box(b"dref", 0, 0, struct.pack(">I", 1), full_box(b"url ", 0, 1))
    return box(
        b"trak",
        full_box(b"tkhd", version, 3, header, _UNITY_MATRIX, bytes(8)),
        edits,
        box(
            b"mdia",
            full_box(b"mdhd", version, 0, media_header),
            full_box(b"hdlr", 0, 0, handler),
            box(b"minf", full_box(b"smhd", 0, 0, bytes(4)), box(b"dinf", references), sample_table),
        ),
    )


def edit_list(start: int, length: int) -> bytes:
    """edts (14496-12, 8.6.6) that plays `length` samples of the media from sample `start` on."""
    version = int(max(start, length) >= _LONG)
    edit = struct.pack(">IQqI" if version else ">IIiI", 1, length, start, 0x10000)
    return box(b"edts", full_box(b"elst", version, 0, edit))


def aac_description(config: bytes) -> bytes:
    """stsd with one mp4a entry (14496-12, 12.2.3; 14496-14, 5.6) for the AudioSpecificConfig `config`."""
    return full_box(b"stsd", 0, 0, struct.pack(">I", 1), box(b"mp4a", _MONO, _esds(config)))


def opus_description(config: bytes) -> bytes:
    """stsd with one Opus entry (Encapsulation of Opus in ISOBMFF, 4.3) for the OpusHead `config` (RFC 7845, 5.1)."""
    pre_skip, sample_rate, gain = struct.unpack_from("<HIh", config, 10)
    specific = box(b"dOps", struct.pack(">BBHIhB", 0, 1, pre_skip, sample_rate, gain, 0))
    return full_box(b"stsd", 0, 0, struct.pack(">I", 1), box(b"Opus", _MONO, specific))


def preroll_group(samples: int) -> bytes:
    """sgpd and sbgp (14496-12, 8.9, 10.1): every AAC packet needs the one before it to decode."""
    description = full_box(b"sgpd", 1, 0, struct.pack(">4sIIh", b"roll", 2, 1, -1))
    return description + full_box(b"sbgp", 0, 0, struct.pack(">4sIII", b"roll", 1, samples, 1))


def _esds(config: bytes) -> bytes:
    """The elementary stream descriptor (14496-14, 5.6; 14496-1, 7.2.6): MPEG-4 audio, an audio stream."""
    largest = 6144 // 8
    decoder = struct.pack(">BB3sII", 0x40, 0x15, largest.to_bytes(3, "big"), BIT_RATE, BIT_RATE)
    content = _descriptor(4, decoder + _descriptor(5, config)) + _descriptor(6, b"\x02")
    return full_box(b"esds", 0, 0, _descriptor(3, struct.pack(">HB", TRACK, 0) + content))


def _descriptor(tag: int, content: bytes) -> bytes:
    if len(content) > 127:
        raise ValueError(f"a descriptor of {len(content)} bytes needs a longer size field than one byte")
    return bytes((tag, len(content))) + content


def _language(code: str) -> int:
    """An ISO 639-2 code in three times five bits (14496-12, 8.4.2.3)."""
    first, second, third = (ord(letter) - 0x60 for letter in code)
    return first << 10 | second << 5 | third


def find_box(data: bytes, *path: bytes) -> bytes | None:
    """The first box at `path`, such as moov, trak, with its header; None where there is none whole."""
    kind, *inner = path
    position = 0
    while position + 8 <= len(data):
        size, found = struct.unpack_from(">I4s", data, position)
        if size < 8 or position + size > len(data):
            return None
        if found == kind:
            whole = data[position : position + size]
            return find_box(whole[8:], *inner) if inner else whole
        position += size
    return None
