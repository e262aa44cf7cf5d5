"""Opus of what people hear: encoders that can be split, so that a listener's stream passes from one to another."""

import ctypes
from collections import deque
from typing import Final, Protocol

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext

from media.one_cpu import one_cpu
from media.opus import SAMPLE_RATE, TICK, Sound, libopus

BIT_RATE: Final = 64_000  # Opus' own noise is then some 70 dB below two tones; at 48 000 it is 60
BARE_BIT_RATE: Final = 80_000  # without FEC: libopus' other coder, CELT, then sounds as its speech coder does at 64 000
EXPECTED_LOSS: Final = (
    10  # percent: from here on libopus carries every frame once more (in-band FEC); 20 sounds no better at 10 % loss
)
SHARED_COMPLEXITY: Final = 5  # of 10: one for all
PRIVATE_COMPLEXITY: Final = 1  # of 10: less than half the time of 5, for what 5 does with a sixth fewer bits
BARE_COMPLEXITY: Final = 5  # of 10, of all: below it CELT's own noise is 48 dB below tones, from it on more than 60
PRIMED_TICKS: Final = 2

_APPLICATION_AUDIO = 2049  # opus_defines.h
_SET_BIT_RATE, _SET_COMPLEXITY, _SET_FEC, _SET_LOSS = 4002, 4010, 4012, 4014
_MAX_BYTES = 1275


class OpusEncoder(Protocol):
    """Mono at 48 kHz, a packet of 20 ms for each tick, at first with FEC. Not thread-safe: one thread at a time."""

    def encode(self, block: Sound) -> bytes:
        """The packet of the next (960,) samples, full scale +-1; decoded it is 6.5 ms late."""

    def split(self) -> "OpusEncoder":
        """Another, cheaper encoder that goes on from here with other sound: who has decoded this one's packets so far
        decodes that one's from now on, without a click."""

    def protect(self, wanted: bool) -> None:
        """Whether packets from the next one on carry the frame before once more, which costs two to three times the
        CPU; not an order: where that cannot be changed they go on as they were. Changing it makes no click."""


def open_encoder() -> OpusEncoder:
    """A new stream's encoder: libopus itself where PyAV's wheel carries it, else PyAV's."""
    return LibopusEncoder() if libopus() else PyAVEncoder()


class LibopusEncoder:
    """libopus by ctypes. RuntimeError where the library is not there."""

    def __init__(self) -> None:
        library = libopus()
        if library is None:
            raise RuntimeError("PyAV's wheel carries no libopus 1.5 or newer")
        self._library = library
        self._pcm = np.empty(TICK, np.float32)
        self._pcm_address = self._pcm.ctypes.data
        self._packet = ctypes.create_string_buffer(_MAX_BYTES)
        self._state = ctypes.create_string_buffer(library.opus_encoder_get_size(1))
        self._expect(library.opus_encoder_init(self._state, SAMPLE_RATE, 1, _APPLICATION_AUDIO))
        self._complexity = SHARED_COMPLEXITY
        self._protected = True
        self._choose()

    def encode(self, block: Sound) -> bytes:
        self._pcm[:] = block
        size = self._library.opus_encode_float(self._state, self._pcm_address, TICK, self._packet, _MAX_BYTES)
        self._expect(size)
        return ctypes.string_at(self._packet, size)

    def split(self) -> "LibopusEncoder":
        # An encoder's state has no pointers into itself, and may be copied as it is (opus.h).
        other = LibopusEncoder()
        ctypes.memmove(other._state, self._state, len(self._state))
        other._complexity, other._protected = PRIVATE_COMPLEXITY, self._protected
        other._choose()
        return other

    def protect(self, wanted: bool) -> None:
        if wanted != self._protected:
            self._protected = wanted
            self._choose()

    def _choose(self) -> None:
        """What follows from whether it is protected: by that libopus chooses its coder."""
        self._set(_SET_FEC, int(self._protected))
        self._set(_SET_LOSS, EXPECTED_LOSS if self._protected else 0)
        self._set(_SET_BIT_RATE, BIT_RATE if self._protected else BARE_BIT_RATE)
        self._set(_SET_COMPLEXITY, self._complexity if self._protected else BARE_COMPLEXITY)

    def _set(self, request: int, value: int) -> None:
        self._expect(self._library.opus_encoder_ctl(self._state, ctypes.c_int(request), ctypes.c_int32(value)))

    @staticmethod
    def _expect(result: int) -> None:
        if result < 0:
            raise RuntimeError(f"libopus cannot encode: error {result}")


class PyAVEncoder:
    """FFmpeg's wrapper of libopus: its state is out of reach, so the other encoder hears the last ticks first, and
    all are protected for ever."""

    def __init__(self, complexity: int = SHARED_COMPLEXITY) -> None:
        codec = av.CodecContext.create("libopus", "w")
        assert isinstance(codec, AudioCodecContext)
        codec.sample_rate, codec.layout, codec.format, codec.bit_rate = SAMPLE_RATE, "mono", "flt", BIT_RATE
        codec.options = {
            "application": "audio",
            "compression_level": str(complexity),
            "fec": "1",
            "packet_loss": str(EXPECTED_LOSS),
        }
        codec.open()
        if codec.options:
            raise RuntimeError(f"this FFmpeg's Opus encoder ignores {codec.options}")
        self._codec = codec
        self._pts = 0
        self._last: deque[Sound] = deque(maxlen=PRIMED_TICKS)

    def encode(self, block: Sound) -> bytes:
        self._last.append(block)
        if self._pts:
            return self._encode(block)
        with one_cpu():
            return self._encode(block)

    def _encode(self, block: Sound) -> bytes:
        frame = av.AudioFrame.from_ndarray(block[np.newaxis], format="flt", layout="mono")
        frame.sample_rate, frame.pts = SAMPLE_RATE, self._pts
        self._pts += TICK
        (packet,) = self._codec.encode(frame)
        return bytes(packet)

    def split(self) -> "PyAVEncoder":
        other = PyAVEncoder(PRIVATE_COMPLEXITY)
        for block in self._last:
            other.encode(block)
        return other

    def protect(self, wanted: bool) -> None:
        """It is."""
