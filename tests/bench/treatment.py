"""What noise suppression and automatic gain do to a voice, how late they make it, and what they cost."""

from functools import partial
from statistics import median

import numpy as np

from media.opus import SAMPLE_RATE, TICK, Sound
from media.treatment import Treatment, Wanted
from tests.bench.cpu import spent
from tests.bench.place import Place
from tests.bench.size import Size
from tests.bench.speakers import speech
from tests.bench.tables import Cell, Table
from tests.media.sounds import decibels, noise, rms

NOISES = (0.005, 0.02, 0.06)
LEVELS = (0.03, 0.1, 0.5, 1.0)
AUDIBLE = 0.05
"""Of the voice's peak: a tick above it is no pause."""


async def measure(size: Size, place: Place) -> list[Table]:
    """One table for noise, one for gain."""
    voice = speech(0, max(3.0, size.speech_seconds))
    return [_noise(voice * np.float32(0.5), size), _gain(voice * np.float32(2), size)]


def _noise(voice: Sound, size: Size) -> Table:
    rows: list[list[Cell]] = []
    talks = _talks(voice)
    for level in NOISES:
        hiss = noise(len(voice) / SAMPLE_RATE, level)
        heard, delay, cpu = _treated(voice + hiss, Wanted(noise_suppression=True), size)
        pauses = np.concatenate((np.zeros(SAMPLE_RATE, np.bool_), ~talks[SAMPLE_RATE:]))
        before, after = _snr(voice + hiss, voice), _snr(heard, voice)
        quieter = decibels(rms(heard[pauses]) / rms(hiss))
        rows.append([f"white noise, {decibels(rms(hiss)):.0f} dBFS", before, after, quieter, delay, cpu])
    columns = ["voice and", "SNR dB before", "after", "noise in pauses, dB", "later, ms", "CPU ms/s"]
    return Table("Noise suppression", columns, rows, "Synthetic speech, peak 0.25; one microphone.")


def _gain(voice: Sound, size: Size) -> Table:
    rows: list[list[Cell]] = []
    talks = _talks(voice)
    hush = noise(len(voice) / SAMPLE_RATE, 0.0005)
    for level in LEVELS:
        said = level * voice + hush
        heard, delay, cpu = _treated(said, Wanted(automatic_gain=True), size)
        before, after = (decibels(rms(sound[talks])) for sound in (said, heard))
        quiet = [decibels(rms(sound[~talks])) for sound in (said, heard)]
        rows.append([f"peak {level:g}", before, after, *quiet, delay, cpu])
    columns = ["a voice of", "dBFS before", "after", "pauses before", "after", "later, ms", "CPU ms/s"]
    return Table("Automatic gain", columns, rows, "Synthetic speech over a faint noise; one microphone.")


def _treated(sound: Sound, wanted: Wanted, size: Size) -> tuple[Sound, float, float]:
    """What comes of it, in time with it; ms of delay; CPU ms a second, the median of the rounds."""
    blocks = np.pad(sound.astype(np.float32), (0, 2 * TICK)).reshape(-1, TICK)
    costs, heard, delay = [], sound, 0
    for _ in range(size.rounds):
        treatment = wanted.treatment()
        assert treatment is not None
        delay = treatment.delay
        pieces, cpu = spent(partial(_process, treatment, blocks))
        heard = np.concatenate(pieces)[delay:][: len(sound)]
        costs.append(1000 * cpu * SAMPLE_RATE / len(sound))
    return heard, delay * 1000 / SAMPLE_RATE, median(costs)


def _process(treatment: Treatment, blocks: Sound) -> list[Sound]:
    return [treatment.process(block) for block in blocks]


def _talks(voice: Sound) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    ticks = np.abs(voice).reshape(-1, TICK).max(axis=1) > AUDIBLE * np.abs(voice).max()
    return np.repeat(ticks, TICK)


def _snr(heard: Sound, voice: Sound) -> float:
    """dB of the voice over all that is not it, from the second second on."""
    heard, voice = heard[SAMPLE_RATE:], voice[SAMPLE_RATE:]
    wanted = voice * (np.dot(heard, voice) / np.dot(voice, voice))
    return decibels(rms(wanted) / rms(heard - wanted))
