"""Words as they were understood, and what carries them between processes: lines of JSON."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

PCM_RATE: Final = 16_000
"""What recognisers of speech take: 16 kHz, mono, 16 bits."""

Pcm = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Word:
    """A word: when it was said, in ms from the beginning of what was listened to, and how sure that is, 0 to 1."""

    text: str
    start_ms: int
    end_ms: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Recognised:
    """Words in order, in this language (a subtag of BCP 47); none where nothing was understood."""

    language: str
    words: Sequence[Word]
