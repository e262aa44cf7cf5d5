"""What the speakers say: sound files they are given, or synthetic speech."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import cycle
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from media.speech import speak

VOICES = ("en", "en+f3", "en+m5", "en+f4", "en+m2")
SENTENCES = (
    "Welcome to this Space. It runs on a server of my own, and everybody is invited to listen.",
    "I would like to add something: every one of us is a real Opus stream, mixed twenty milliseconds at a time.",
    "And whoever came late can make a clip of the last thirty seconds and send it to a friend.",
    "That is what I wanted to say. Who has the next question?",
    "Can you hear the two of us at once? The limiter takes care of that.",
)
LEVEL = 0.5
SENTENCE_SECONDS = 12

Sound = NDArray[np.float32]


def repertoire(speaker: int, files: Sequence[Path]) -> Iterator[Sound]:
    """Endless sentences of one speaker: their file cut in pieces, or speech in a voice of their own."""
    if files:
        return cycle(_pieces(load(files[speaker % len(files)])))
    spoken = SENTENCES[speaker % len(SENTENCES) :] + SENTENCES[: speaker % len(SENTENCES)]
    return cycle([_level(speak(sentence, VOICES[speaker % len(VOICES)])) for sentence in spoken])


def load(path: Path) -> Sound:
    """Any sound file FFmpeg reads, as mono float32 at 48 kHz. Raises `OSError` with one sentence where it cannot."""
    resampler = av.AudioResampler(format="flt", layout="mono", rate=48_000)
    try:
        with av.open(str(path)) as container:
            frames = [piece for frame in container.decode(audio=0) for piece in resampler.resample(frame)]
    except (av.FFmpegError, IndexError, UnicodeDecodeError) as error:
        raise OSError(f"{path} is not a sound file that FFmpeg reads: {error}") from None
    return np.concatenate([frame.to_ndarray()[0] for frame in [*frames, *resampler.resample(None)]])


def _pieces(sound: Sound) -> list[Sound]:
    step = SENTENCE_SECONDS * 48_000
    return [sound[start : start + step] for start in range(0, len(sound), step)]


def _level(sound: Sound) -> Sound:
    peak = float(np.abs(sound).max())
    return sound * np.float32(LEVEL / peak) if peak else sound
