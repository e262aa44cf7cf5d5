"""Frames of sound in sessions over a WebSocket, and the rules of a client's own, sans-I/O.

A frame is kind (1 byte), flags (1), sequence number (2), timestamp (4; samples at 48 kHz), all in network order, and
one Opus packet: what RTP has, but for what only a network needs that mixes packets up. Version 1.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from media.opus import SAMPLE_RATE, MalformedOpus, packet_duration
from media.refusals import RefusalCode, Refused

SOUND: Final = 0
"""The one kind of frame there is."""
ANEW: Final = 0x01
"""The flag of a stream's first frame: its numbers have nothing to do with those before."""
MAX_FRAME: Final = 1500
"""Bytes of one frame: 60 ms at 190 kb/s fit."""
LEAST_SAMPLES: Final = SAMPLE_RATE // 100
"""What a frame counts as at least: 10 ms, so that nobody sends thousands of short ones."""
AHEAD_SECONDS: Final = 5.0
"""Sound that may come faster than it can be spoken: what the network has held up."""

_HEADER: Final = struct.Struct("!BBHL")


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame of sound."""

    sequence: int
    timestamp: int
    payload: bytes
    anew: bool = False

    def pack(self) -> bytes:
        """Its bytes."""
        return _HEADER.pack(SOUND, ANEW if self.anew else 0, self.sequence, self.timestamp) + self.payload

    @classmethod
    def unpack(cls, data: bytes) -> "Frame":
        """The frame of these bytes. Raises `Refused`: TOO_LARGE, MALFORMED for any that `pack` would not have made."""
        if len(data) > MAX_FRAME:
            raise Refused(RefusalCode.TOO_LARGE, f"A frame has at most {MAX_FRAME} bytes.")
        if len(data) <= _HEADER.size:
            raise Refused(RefusalCode.MALFORMED, f"A frame has {_HEADER.size} bytes before its sound.")
        kind, flags, sequence, timestamp = _HEADER.unpack_from(data)
        if kind != SOUND or flags & ~ANEW:
            raise Refused(RefusalCode.MALFORMED, "A frame begins with 0 and its flags, of which there is one.")
        return cls(sequence, timestamp, data[_HEADER.size :], bool(flags & ANEW))


class Inspector:
    """Looks at what a client sends, frame by frame in order of arrival. `clock` is monotonic, in seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._last: Frame | None = None
        self._spoken_until = clock()

    def check(self, data: bytes) -> None:
        """Raises `Refused`: TOO_LARGE; MALFORMED for what is no frame, or not the next one, as on a WebSocket nothing
        overtakes; NOT_ACCEPTABLE for what is not Opus; TOO_FAST for more than can be spoken.
        """
        frame = Frame.unpack(data)
        try:
            samples = packet_duration(frame.payload)
        except MalformedOpus as error:
            raise Refused(RefusalCode.NOT_ACCEPTABLE, f"A frame is not one packet of Opus: {error}.") from None
        if self._last is not None and not frame.anew and not _follows(self._last, frame):
            raise Refused(RefusalCode.MALFORMED, "Sequence numbers and timestamps grow from frame to frame.")
        self._last = frame
        now = self._clock()
        self._spoken_until = max(self._spoken_until, now) + max(samples, LEAST_SAMPLES) / SAMPLE_RATE
        if self._spoken_until - now > AHEAD_SECONDS:
            raise Refused(RefusalCode.TOO_FAST, "Sound comes faster than it can be spoken.")


def _follows(last: Frame, frame: Frame) -> bool:
    """Whether both counters have grown, by less than half of what they count to."""
    sequences = (frame.sequence - last.sequence) % 2**16
    samples = (frame.timestamp - last.timestamp) % 2**32
    return 0 < sequences < 2**15 and 0 < samples < 2**31
