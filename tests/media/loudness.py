"""Loudness by the text of ITU-R BS.1770-5, annex 1, for the tests: no filter of FFmpeg's, no code of ours."""

import numpy as np

from media.opus import SAMPLE_RATE
from tests.media.sounds import Sound

BLOCK, STEP = SAMPLE_RATE * 4 // 10, SAMPLE_RATE // 10
# Tables 1 and 2, at 48 kHz: numerator and denominator of each stage.
STAGES = (
    ([1.53512485958697, -2.69169619940638, 1.19839281085285], [1, -1.69065929318241, 0.73248077421585]),
    ([1, -2, 1], [1, -1.99004745483398, 0.99007225036621]),
)


def lufs(sound: Sound) -> float:
    """Integrated loudness of a mono sound of at least 400 ms, gated twice; -inf for silence."""
    weighted = k_weighted(sound)
    starts = range(0, len(weighted) - BLOCK + 1, STEP)
    powers = np.array([np.mean(weighted[start : start + BLOCK] ** 2) for start in starts])
    heard = powers[powers > power(-70)]
    if not len(heard):
        return -np.inf
    return level(heard[heard > power(level(heard.mean()) - 10)].mean())


def k_weighted(sound: Sound) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The sound as the ear weighs it: both stages as one frequency response, over the sound and a second of silence."""
    size = len(sound) + SAMPLE_RATE
    delay = np.exp(-2j * np.pi * np.fft.rfftfreq(size))
    response = np.ones(len(delay), complex)
    for numerator, denominator in STAGES:
        response *= np.polyval(numerator[::-1], delay) / np.polyval(denominator[::-1], delay)
    weighted: np.ndarray[tuple[int], np.dtype[np.float64]] = np.fft.irfft(np.fft.rfft(sound, size) * response, size)
    return weighted[: len(sound)]


def true_peak(sound: Sound) -> float:
    """The highest point of the curve through the samples, in dBTP, at 8 times the rate, by its spectrum."""
    spectrum = np.fft.rfft(np.pad(sound, 480))
    fine = np.fft.irfft(spectrum, 8 * (len(sound) + 960)) * 8
    peak = np.abs(fine).max()
    return float(20 * np.log10(peak)) if peak else -np.inf


def level(power_: float) -> float:
    """LUFS of a power."""
    return float(-0.691 + 10 * np.log10(power_))


def power(lufs_: float) -> float:
    """The power of so many LUFS."""
    return float(10 ** ((lufs_ + 0.691) / 10))
