"""AAC-LC of the mix, for listeners' HLS, recordings and clips."""

import av
import numpy as np
import numpy.typing as npt

from media.one_cpu import one_cpu
from media.opus import SAMPLE_RATE

BIT_RATE = 64_000
FAST = "fast"
"""A quarter of the default coder's time, and at this rate a better PESQ."""
PACKET_SAMPLES = 1024
"""Samples in one AAC-LC access unit (ISO/IEC 14496-3, 4.5.2.1.1)."""
PRIMING_SAMPLES = 1024
"""Samples a decoder gives out before the first sample that was encoded: one packet."""


class AacEncoder:
    """AAC-LC, 48 kHz, mono; 64 kb/s as it is live. One thread at a time; use a new encoder after `flush`.

    The packets decode to 1024 samples of priming followed by every sample given, padded with silence to a
    whole packet: n samples make ceil(n / 1024) + 1 packets.
    """

    config: bytes
    """The AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1) a decoder of these packets needs."""

    def __init__(self, bit_rate: int = BIT_RATE, coder: str = FAST) -> None:
        """`coder`: FFmpeg's `aac_coder`."""
        codec = av.CodecContext.create("aac", "w")
        assert isinstance(codec, av.AudioCodecContext)
        codec.sample_rate = SAMPLE_RATE
        codec.layout = "mono"
        codec.format = "fltp"
        codec.bit_rate = bit_rate
        codec.options = {"aac_coder": coder}
        codec.open()
        if codec.options:
            raise RuntimeError(f"this FFmpeg's AAC encoder ignores {codec.options}")
        self.config = bytes(codec.extradata or b"")
        self._codec = codec
        self._waiting: npt.NDArray[np.float32] = np.zeros(0, np.float32)
        self._pts = 0

    def encode(self, block: npt.NDArray[np.float32]) -> list[bytes]:
        """Takes mono samples, full scale +-1, any number of them; answers the packets they completed."""
        samples = np.concatenate((self._waiting, block))
        whole = len(samples) - len(samples) % PACKET_SAMPLES
        packets = [
            packet
            for start in range(0, whole, PACKET_SAMPLES)
            for packet in self._next(samples[start : start + PACKET_SAMPLES])
        ]
        self._waiting = samples[whole:]
        return packets

    def flush(self) -> list[bytes]:
        """The packets still owed, the last padded with silence."""
        padding = np.zeros(-len(self._waiting) % PACKET_SAMPLES, np.float32)
        return self.encode(padding) + [bytes(packet) for packet in self._codec.encode(None)]

    def _next(self, samples: npt.NDArray[np.float32]) -> list[bytes]:
        if self._pts:
            return self._encode(samples)
        with one_cpu():
            return self._encode(samples)

    def _encode(self, samples: npt.NDArray[np.float32]) -> list[bytes]:
        frame = av.AudioFrame.from_ndarray(samples[np.newaxis], format="fltp", layout="mono")
        frame.sample_rate = SAMPLE_RATE
        frame.pts = self._pts
        self._pts += PACKET_SAMPLES
        return [bytes(packet) for packet in self._codec.encode(frame)]
