"""Sounds for the tests: tones, noise and speech, their Opus packets, and what is heard in a recording."""

from collections.abc import Mapping

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from numpy.typing import NDArray

from media.opus import SAMPLE_RATE
from media.speech import speak

Sound = NDArray[np.float32]


def tone(hz: float, seconds: float, level: float = 0.5) -> Sound:
    """A sine of `level` peak amplitude: mono at 48 kHz, (n,)."""
    moments = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return (level * np.sin(2 * np.pi * hz * moments)).astype(np.float32)


def chirps(count: int, level: float = 0.5) -> Sound:
    """Sweeps from 200 Hz to 4 kHz, a second each: what says by itself, to the sample, where in a second it is."""
    moments = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    sweep = level * np.sin(2 * np.pi * (200 * moments + (4000 - 200) / 2 * moments**2))
    return np.tile(sweep.astype(np.float32), count)


def noise(seconds: float, level: float = 0.5, seed: int = 1) -> Sound:
    """White noise between -level and level, the same for the same seed."""
    generator = np.random.default_rng(seed)
    return generator.uniform(-level, level, round(seconds * SAMPLE_RATE)).astype(np.float32)


def silence(seconds: float) -> Sound:
    """Digital silence."""
    return np.zeros(round(seconds * SAMPLE_RATE), np.float32)


def speech(text: str, voice: str = "en") -> Sound:
    """The text in a synthetic voice, at 48 kHz."""
    return speak(text, voice)


def encode_opus(
    sound: Sound, frame_ms: float = 20, bit_rate: int = 32_000, fec: bool = False, dtx: bool = False
) -> list[bytes]:
    """The RTP payloads of a sound, mono (n,) or stereo (2, n); the last one is filled up with silence.

    They decode 312 samples (6.5 ms) late, the encoder's look-ahead."""
    channels = np.atleast_2d(sound)
    context = av.CodecContext.create("libopus", "w")
    assert isinstance(context, AudioCodecContext)
    context.sample_rate = SAMPLE_RATE
    context.layout = "mono" if len(channels) == 1 else "stereo"
    context.format = "flt"
    context.bit_rate = bit_rate
    context.options = {"application": "voip", "frame_duration": f"{frame_ms:g}", "dtx": str(int(dtx))}
    if fec:
        context.options |= {"fec": "1", "packet_loss": "20"}
    context.open()
    size = round(frame_ms * SAMPLE_RATE / 1000)
    channels = np.pad(channels, ((0, 0), (0, -channels.shape[1] % size)))
    payloads: list[bytes] = []
    for start in range(0, channels.shape[1], size):
        interleaved = np.ascontiguousarray(channels[:, start : start + size].T).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(interleaved, format="flt", layout=context.layout.name)
        frame.sample_rate, frame.pts = SAMPLE_RATE, start
        payloads += [bytes(packet) for packet in context.encode(frame)]
    return payloads


def rms(sound: Sound) -> float:
    """Root mean square: level / sqrt(2) for a sine."""
    return float(np.sqrt(np.mean(np.square(sound, dtype=np.float64))))


def decibels(ratio: float) -> float:
    """A ratio of amplitudes in dB."""
    return float(20 * np.log10(ratio))


def amplitude_at(sound: Sound, hz: float) -> float:
    """The peak amplitude of the sine of that frequency in the sound, by a Hann-windowed bin."""
    window = np.hanning(len(sound))
    moments = np.arange(len(sound)) / SAMPLE_RATE
    return float(2 * abs(np.sum(sound * window * np.exp(-2j * np.pi * hz * moments))) / window.sum())


def steady_amplitude_at(sound: Sound, hz: float) -> float:
    """The usual peak amplitude of a sine, over the tenths of a second in which it is loudest; 0 for no sound.

    A microphone on a busy machine stalls now and then: a quarter of the tenths may have nothing but such holes.
    """
    tenths = [amplitude_at(piece, hz) for piece in np.array_split(sound, max(1, len(sound) * 10 // SAMPLE_RATE))]
    return float(np.quantile(tenths, 0.75))


def best_window(sound: Sound, levels: Mapping[float, float], seconds: float = 0.3) -> Sound:
    """The stretch in which these tones (amplitudes by Hz) come nearest to their levels, the worst of them counting.

    Microphones on a busy machine begin late and have holes: what is between them is to be right.
    """
    length = round(seconds * SAMPLE_RATE)
    windows = [sound[at : at + length] for at in range(0, len(sound) - length + 1, length // 4)]
    return max(windows, key=lambda one: min(amplitude_at(one, hz) / level for hz, level in levels.items()))


def fft_peaks(sound: Sound, count: int) -> list[float]:
    """The `count` strongest frequencies in Hz, ascending; each to one bin, 48000 / len(sound)."""
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    maxima = np.flatnonzero((spectrum[1:-1] > spectrum[:-2]) & (spectrum[1:-1] >= spectrum[2:])) + 1
    strongest = maxima[np.argsort(spectrum[maxima])[-count:]]
    return sorted(float(index) * SAMPLE_RATE / len(sound) for index in strongest)
