"""Thirteen people who talk without a pause, and what their clients send."""

from functools import cache

import numpy as np

from app.demo.voices import repertoire
from media.opus import SAMPLE_RATE, TICK
from tests.media.sounds import Sound, encode_opus

FULL_STAGE = 13
"""Host, two co-hosts and ten speakers."""


@cache
def speech(speaker: int, seconds: float) -> Sound:
    """So much synthetic speech, whole ticks of it, peak 0.5; each speaker begins with another sentence."""
    length = round(seconds * SAMPLE_RATE) // TICK * TICK
    sentences = repertoire(speaker, [])
    spoken = [next(sentences)]
    while sum(map(len, spoken)) < length:
        spoken.append(next(sentences))
    return np.concatenate(spoken)[:length]


@cache
def talking(speaker: int, seconds: float) -> list[bytes]:
    """The Opus packets of it: 20 ms each, mono, 32 kb/s, with FEC, as browsers send them."""
    return encode_opus(speech(speaker, seconds), fec=True)


@cache
def muted(seconds: float) -> list[bytes]:
    """What a browser goes on sending whose microphone is muted: as many packets, of silence."""
    length = round(seconds * SAMPLE_RATE) // TICK * TICK
    return encode_opus(np.zeros(length, np.float32), fec=True)


def stage(talkers: int, seconds: float) -> list[list[bytes]]:
    """The packets of a full stage, the first `talkers` of whom talk."""
    return [talking(one, seconds) if one < talkers else muted(seconds) for one in range(FULL_STAGE)]
