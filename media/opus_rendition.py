"""The mix as Opus, for listeners whose player has it: a rendition that exists while somebody listens to it."""

import time
from pathlib import Path
from typing import Final

import av
import numpy as np
import numpy.typing as npt

from media.formats import OPUS
from media.one_cpu import one_cpu
from media.opus import SAMPLE_RATE, TICK
from media.take_writer import Place, TakeWriter
from media.takes import TakeFile, list_takes, readable_takes

BIT_RATE: Final = 64_000
STALE_SECONDS: Final = 30.0
"""What was last written longer ago than this, nobody plays on from."""


def opus_folder(recording: Path) -> Path:
    """Where the rendition of a recording is."""
    return recording / OPUS.name


class OpusEncoder:
    """Opus of 20 ms packets, 64 kb/s, 48 kHz, mono. One thread at a time.

    A packet for each block; they decode to 312 samples of look-ahead, then to every sample given.
    """

    config: bytes
    """The OpusHead (RFC 7845, 5.1) of these packets."""

    def __init__(self) -> None:
        codec = av.CodecContext.create("libopus", "w")
        assert isinstance(codec, av.AudioCodecContext)
        codec.sample_rate = SAMPLE_RATE
        codec.layout = "mono"
        codec.format = "flt"
        codec.bit_rate = BIT_RATE
        # Constrained: no second is much larger than another, as a playlist's BANDWIDTH promises.
        codec.options = {"application": "audio", "compression_level": "10", "vbr": "constrained"}
        codec.open()
        if codec.options:
            raise RuntimeError(f"this FFmpeg's Opus encoder ignores {codec.options}")
        self.config = bytes(codec.extradata or b"")
        self._codec = codec
        self._pts = 0

    def encode(self, block: npt.NDArray[np.float32]) -> list[bytes]:
        """The packet of the next 960 samples, full scale +-1."""
        if self._pts:
            return self._encode(block)
        with one_cpu():
            return self._encode(block)

    def _encode(self, block: npt.NDArray[np.float32]) -> list[bytes]:
        frame = av.AudioFrame.from_ndarray(block[np.newaxis], format="flt", layout="mono")
        frame.sample_rate, frame.pts = SAMPLE_RATE, self._pts
        self._pts += TICK
        return [bytes(packet) for packet in self._codec.encode(frame)]


class OpusRendition:
    """One run of the Opus encoder beside a take of the recording in `recording`, whose `number` it bears.

    `sample` is the first sample's place in the recording's media time, so that both renditions play a moment at the
    same time. The first segment's number is at least that of all parts that there could have been: so numbers rise
    from run to run, also where nothing is left of the last one.
    """

    def __init__(self, recording: Path, number: int, sample: int, started_at: float) -> None:
        self._folder = opus_folder(recording)
        # What is kept of before must be the take before: a playlist counts discontinuities, it does not skip any.
        stale = [take for take in readable_takes(self._folder, OPUS) if take.number != number - 1 or _is_stale(take)]
        self._encoder = OpusEncoder()
        place = Place(number, sample - OPUS.priming, sample // (OPUS.part_packets * OPUS.packet_samples))
        self._writer = TakeWriter(self._folder, self._encoder.config, started_at, keep=False, format=OPUS, place=place)
        for take in stale:
            take.delete()

    def write(self, block: npt.NDArray[np.float32]) -> bool:
        """Takes the next 20 ms; True if listeners can load a new part. OSError as `TakeWriter.add`."""
        added = [self._writer.add(packet) for packet in self._encoder.encode(block)]
        return any(added)

    def close(self) -> None:
        """Ends the run with all that was written to it."""
        self._writer.close()

    def abandon(self) -> None:
        """Ends the run as it is; more than once is no error."""
        self._writer.abandon()

    def delete(self) -> None:
        """Ends the run, and deletes all of the rendition: nobody listens to it any more."""
        self.abandon()
        for take in list_takes(self._folder, OPUS):
            take.delete()


def _is_stale(take: TakeFile) -> bool:
    return time.time() - take.index_path.stat().st_mtime > STALE_SECONDS
