"""Recordings for the tests: made by the recorder, decoded by FFmpeg's own demuxers, compared sample by sample."""

from pathlib import Path

import av
import numpy as np

from media.opus import SAMPLE_RATE, TICK
from media.recorder import Recorder
from tests.media.sounds import Sound


def record(folder: Path, sound: Sound, *, keep: bool = True) -> Recorder:
    """One take of the sound, which is whole ticks long; answers the recorder, still open."""
    recorder = Recorder(folder, keep=keep)
    write(recorder, sound)
    return recorder


def write(recorder: Recorder, sound: Sound) -> None:
    """Gives the recorder the sound, tick by tick."""
    for block in sound.reshape(-1, TICK):
        recorder.write(block)


def sweep(seconds: float, start_hz: float = 200, end_hz: float = 4000) -> Sound:
    """A sine of rising frequency, peak 0.5: no two moments of it are alike, so a shift shows."""
    moments = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    cycles = start_hz * moments + (end_hz - start_hz) / (2 * seconds) * moments**2
    return (0.5 * np.sin(2 * np.pi * cycles)).astype(np.float32)


def decode(source: Path | str) -> Sound:
    """All that FFmpeg plays of a file, playlist or address, as mono 48 kHz."""
    with av.open(str(source)) as container:
        frames = [frame.to_ndarray()[0] for frame in container.decode(audio=0)]
    return np.concatenate(frames)


def decode_clip(path: Path) -> Sound:
    """What an .m4a says is to be played: its edit list rules the start, its duration the end."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        assert stream.duration is not None
        length = int(stream.duration * stream.time_base * SAMPLE_RATE) if stream.time_base else 0
        frames = [frame.to_ndarray()[0] for frame in container.decode(stream)]
    return np.concatenate(frames)[:length]


def lag(sound: Sound, reference: Sound) -> int:
    """How many samples late the sound is, by the greatest cross-correlation over all shifts."""
    size = len(sound) + len(reference)
    spectrum = np.fft.rfft(sound, size) * np.conj(np.fft.rfft(reference, size))
    shift = int(np.argmax(np.fft.irfft(spectrum, size)))
    return shift if shift < size // 2 else shift - size


def similarity(sound: Sound, reference: Sound) -> float:
    """The correlation coefficient of two sounds of one length: 1 for the same sound."""
    return float(np.corrcoef(sound, reference)[0, 1])
