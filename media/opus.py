"""Opus: what a packet says of itself (RFC 6716), and two decoders of it behind one Protocol."""

import ctypes
from functools import cache
from pathlib import Path
from typing import Protocol

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from numpy.typing import NDArray

SAMPLE_RATE = 48_000  # Hz; Opus over RTP always counts in it (RFC 7587 4.1)
TICK_MS = 20
TICK = SAMPLE_RATE * TICK_MS // 1000  # samples
PLC_STEP = 120  # samples: concealment comes in multiples of Opus' shortest frame, 2.5 ms
MAX_PACKET = 5760  # samples: 120 ms, RFC 6716 3.4 R5
MAX_FRAME_BYTES = 1275  # RFC 6716 3.4 R2

_SILK = [480, 960, 1920, 2880]
_HYBRID = [480, 960]
_CELT = [120, 240, 480, 960]
FRAME_SAMPLES = _SILK * 3 + _HYBRID * 2 + _CELT * 4  # by the TOC's configuration, RFC 6716 table 2

Sound = NDArray[np.float32]


class MalformedOpus(ValueError):
    """The bytes are not a valid Opus packet; the message names the rule of RFC 6716 that they break."""


def packet_duration(payload: bytes) -> int:
    """Samples at 48 kHz that a packet lasts, 120 to 5760, by its TOC byte (RFC 6716 3.1).

    The packet's framing is checked whole (RFC 6716 3.4, R1 to R7); MalformedOpus if it breaks a rule."""
    if not payload:
        raise MalformedOpus("R1: a packet has at least one byte")
    frame = FRAME_SAMPLES[payload[0] >> 3]
    code = payload[0] & 3
    if code == 0:
        _check_frames(payload, 1, equal_frames=1)
        return frame
    if code == 1:
        _check_frames(payload, 1, equal_frames=2)
        return 2 * frame
    if code == 2:
        _check_frames(payload, 1, own_lengths=1)
        return 2 * frame
    return _counted_frames(payload, frame)


def _counted_frames(payload: bytes, frame: int) -> int:
    """The duration of a code 3 packet: a count byte, padding, then frames (RFC 6716 3.2.5)."""
    if len(payload) < 2:
        raise MalformedOpus("R6: a code 3 packet has a frame count byte")
    count = payload[1] & 0x3F
    if not 0 < count * frame <= MAX_PACKET:
        raise MalformedOpus("R5: a packet has at least one frame and lasts at most 120 ms")
    start, end = 2, len(payload)
    if payload[1] & 0x40:
        more = 255
        while more == 255:
            if start >= end:
                raise MalformedOpus("R6: padding is announced but cut off")
            more = payload[start]
            start += 1
            end -= 254 if more == 255 else more
    if payload[1] & 0x80:
        _check_frames(payload[:end], start, own_lengths=count - 1)
    else:
        _check_frames(payload[: max(end, 0)], start, equal_frames=count)
    return count * frame


def _check_frames(payload: bytes, start: int, *, equal_frames: int = 1, own_lengths: int = 0) -> None:
    """Check what is in `payload` from `start` on: `own_lengths` frame lengths, those frames, and equal ones."""
    lengths = 0
    for _ in range(own_lengths):
        if start >= len(payload):
            raise MalformedOpus("R4, R7: a frame's length is cut off")
        first = payload[start]
        if first < 252:
            lengths, start = lengths + first, start + 1
        elif start + 1 < len(payload):
            lengths, start = lengths + 4 * payload[start + 1] + first, start + 2
        else:
            raise MalformedOpus("R4, R7: a frame's length is cut off")
    last, odd = divmod(len(payload) - start - lengths, equal_frames)
    if last < 0 or odd:
        raise MalformedOpus("R3, R4, R6, R7: the frames do not fill the packet")
    if last > MAX_FRAME_BYTES:
        raise MalformedOpus("R2: a frame has at most 1275 bytes")


class OpusDecoder(Protocol):
    """One stream's decoder. Sound is mono float32 at 48 kHz, finite and within -1..1; stereo is averaged.

    Not thread-safe: one thread at a time."""

    def decode(self, payload: bytes) -> Sound:
        """The packet's own duration of sound, (n,); MalformedOpus if it is not a valid packet."""

    def conceal(self, samples: int) -> Sound:
        """(samples,) in place of sound that is missing, made from what came before it (PLC): it fades if
        asked on and on. `samples` is a positive multiple of 120."""

    def can_recover(self, next_payload: bytes) -> bool:
        """Whether the packet carries the frame before it once more (in-band FEC, RFC 6716 2.1.7)."""

    def recover(self, next_payload: bytes, samples: int) -> Sound:
        """(samples,) that came just before `next_payload`: the last frame from its FEC where it has one, the rest
        concealed. `next_payload` itself is still to be decoded. `samples` as for conceal."""

    def reset(self) -> None:
        """Forget all sound so far, as if new."""


def open_decoder() -> OpusDecoder:
    """A new stream's decoder: libopus itself where PyAV's wheel carries it, else PyAV's, which has no FEC."""
    return LibopusDecoder() if libopus() else PyAVDecoder()


@cache
def libopus() -> ctypes.CDLL | None:
    """The libopus that PyAV's wheel brings (and has loaded already), or None where FFmpeg came otherwise."""
    package = Path(av.__file__).parent
    for path in (*package.parent.glob("av.libs/libopus-*"), *package.glob(".dylibs/libopus.*")):
        library = ctypes.CDLL(str(path))
        if hasattr(library, "opus_packet_has_lbrr"):  # since 1.5
            return _declare(library)
    return None


def _declare(library: ctypes.CDLL) -> ctypes.CDLL:
    """Give the few functions in use their C types (opus.h)."""
    state, data, pcm = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p
    library.opus_decoder_get_size.argtypes = [ctypes.c_int]
    library.opus_decoder_init.argtypes = [state, ctypes.c_int32, ctypes.c_int]
    library.opus_decode_float.argtypes = [state, data, ctypes.c_int32, pcm, ctypes.c_int, ctypes.c_int]
    library.opus_packet_has_lbrr.argtypes = [data, ctypes.c_int32]
    library.opus_encoder_get_size.argtypes = [ctypes.c_int]
    library.opus_encoder_init.argtypes = [state, ctypes.c_int32, ctypes.c_int, ctypes.c_int]
    library.opus_encode_float.argtypes = [state, pcm, ctypes.c_int, data, ctypes.c_int32]
    return library


class LibopusDecoder:
    """libopus by ctypes: decoding, concealment and FEC. RuntimeError where the library is not there."""

    def __init__(self) -> None:
        library = libopus()
        if library is None:
            raise RuntimeError("PyAV's wheel carries no libopus 1.5 or newer")
        self._library = library
        self._state = ctypes.create_string_buffer(library.opus_decoder_get_size(1))
        self._pcm = np.empty(MAX_PACKET, np.float32)
        self._pcm_address = self._pcm.ctypes.data
        self.reset()

    def decode(self, payload: bytes) -> Sound:
        if not payload:
            raise MalformedOpus("R1: a packet has at least one byte")
        return self._decode(payload, MAX_PACKET, fec=0)

    def conceal(self, samples: int) -> Sound:
        return self._decode(None, samples, fec=0)

    def can_recover(self, next_payload: bytes) -> bool:
        return bool(self._library.opus_packet_has_lbrr(next_payload, len(next_payload)) == 1)

    def recover(self, next_payload: bytes, samples: int) -> Sound:
        return self._decode(next_payload, samples, fec=1)

    def reset(self) -> None:
        # With one channel libopus averages stereo packets, and undoes the phase inversion that would cancel.
        self._library.opus_decoder_init(self._state, SAMPLE_RATE, 1)

    def _decode(self, payload: bytes | None, samples: int, fec: int) -> Sound:
        size = len(payload) if payload else 0
        count = self._library.opus_decode_float(self._state, payload, size, self._pcm_address, samples, fec)
        if count < 0:
            raise MalformedOpus(f"libopus refuses the packet: error {count}")
        return _bounded(self._pcm[:count])


# One-byte packets: libopus takes a frame of no bytes as lost, and reads of its TOC nothing but how long it was.
_LOST_FRAMES = {FRAME_SAMPLES[configuration]: bytes([configuration << 3]) for configuration in (31, 30, 29, 28)}


class PyAVDecoder:
    """FFmpeg's wrapper of libopus: decoding and concealment, FEC is out of its reach."""

    def __init__(self) -> None:
        self.reset()

    def decode(self, payload: bytes) -> Sound:
        packet_duration(payload)
        return self._decode(payload)

    def conceal(self, samples: int) -> Sound:
        steps: list[Sound] = []
        for size, packet in _LOST_FRAMES.items():
            steps += [self._decode(packet) for _ in range(samples // size)]
            samples %= size
        return np.concatenate(steps)

    def can_recover(self, next_payload: bytes) -> bool:
        return False

    def recover(self, next_payload: bytes, samples: int) -> Sound:
        return self.conceal(samples)

    def reset(self) -> None:
        context = av.CodecContext.create("libopus", "r")
        assert isinstance(context, AudioCodecContext)
        context.layout = "mono"
        context.sample_rate = SAMPLE_RATE
        context.options = {"request_sample_fmt": "flt"}
        self._context = context

    def _decode(self, payload: bytes) -> Sound:
        try:
            frames = self._context.decode(av.Packet(payload))
        except (av.FFmpegError, IndexError, UnicodeDecodeError) as error:
            raise MalformedOpus(f"FFmpeg refuses the packet: {error}") from error
        if not frames:
            raise MalformedOpus("FFmpeg finds no sound in the packet")
        return _bounded(np.concatenate([frame.to_ndarray().reshape(-1) for frame in frames]))


def _bounded(sound: Sound) -> Sound:
    """A copy clipped to -1..1, as when decoding to integers: crafted packets go far beyond. fmax drops NaN."""
    return np.fmin(np.fmax(sound, np.float32(-1)), np.float32(1))
