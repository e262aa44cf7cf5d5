"""The synthetic voice that the demo and the tests speak with."""

import numpy as np
import pytest

from media.opus import SAMPLE_RATE
from media.speech import speak


def test_a_longer_sentence_takes_longer_and_none_is_clipped() -> None:
    short, long = speak("Good evening."), speak("Good evening, and welcome to our conversation.")
    assert 0.5 < short.size / SAMPLE_RATE < 2.0  # seconds
    assert 2 * short.size < long.size
    for spoken in (short, long):
        assert spoken.dtype == np.float32
        assert 0.3 < np.abs(spoken).max() < 1


def test_voices_differ_and_an_unknown_one_is_refused() -> None:
    assert speak("Hello.", "en+f3").size != speak("Hello.", "en+m1").size
    with pytest.raises(ValueError, match="klingon-9"):
        speak("Hello.", "klingon-9")


def test_nothing_to_say_is_silence() -> None:
    assert not speak("").any()
