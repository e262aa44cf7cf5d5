"""A synthetic voice, for the demo and the tests: espeak-ng, offline."""

import ctypes
from functools import cache
from threading import Lock

import av
import espeakng_loader  # type: ignore[import-untyped]  # ships no types
import numpy as np
from numpy.typing import NDArray

from media.opus import SAMPLE_RATE

# speak_lib.h of espeak-ng
_AUDIO_OUTPUT_SYNCHRONOUS = 2
_POSITION_CHARACTER = 1
_CHARS_UTF8 = 1
_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)

_one_speaker = Lock()  # espeak-ng has one global state


def speak(text: str, voice: str = "en") -> NDArray[np.float32]:
    """The text spoken: mono float32 at 48 kHz, (n,). The voice flutters, so no two takes are quite the same.

    `voice` is one of espeak-ng's, with a variant if wished ("en+f3"); ValueError if there is no such voice.
    Thread-safe; one text at a time."""
    with _one_speaker:
        library, rate = _espeak()
        if library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise ValueError(f"espeak-ng has no voice {voice!r}")
        spoken = _synthesise(library, text.encode())
    return _resample(spoken, rate)


@cache
def _espeak() -> tuple[ctypes.CDLL, int]:
    """The library, initialised once in a process, and its sample rate in Hz."""
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    data = espeakng_loader.get_data_path().encode()
    rate = library.espeak_Initialize(_AUDIO_OUTPUT_SYNCHRONOUS, 0, data, 0)
    if rate <= 0:
        raise RuntimeError("espeak-ng could not be initialised")
    return library, rate


def _synthesise(library: ctypes.CDLL, text: bytes) -> NDArray[np.int16]:
    pieces: list[NDArray[np.int16]] = []

    def collect(samples: "ctypes._Pointer[ctypes.c_short]", count: int, _events: int) -> int:
        if samples and count > 0:
            pieces.append(np.ctypeslib.as_array(samples, (count,)).copy())
        return 0

    callback = _Callback(collect)
    library.espeak_SetSynthCallback(callback)
    size = ctypes.c_size_t(len(text) + 1)
    library.espeak_Synth(text, size, 0, _POSITION_CHARACTER, 0, _CHARS_UTF8, None, None)
    library.espeak_Synchronize()
    library.espeak_SetSynthCallback(None)
    return np.concatenate(pieces) if pieces else np.empty(0, np.int16)


def _resample(spoken: NDArray[np.int16], rate: int) -> NDArray[np.float32]:
    if not spoken.size:
        return np.empty(0, np.float32)
    frame = av.AudioFrame.from_ndarray(spoken[np.newaxis], format="s16", layout="mono")
    frame.sample_rate = rate
    resampler = av.AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE)
    frames = [*resampler.resample(frame), *resampler.resample(None)]
    return np.concatenate([piece.to_ndarray()[0] for piece in frames])
