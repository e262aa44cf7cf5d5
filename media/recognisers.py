"""Recognisers: what puts speech into words. Opening one takes a second and memory: see `media.transcriber`."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np

from media.words import PCM_RATE, Pcm, Recognised, Word

OFF: Final = "off"
POCKETSPHINX: Final = "pocketsphinx"
WHISPER: Final = "whisper:"
"""Goes before the folder of a model of faster-whisper."""

ENGLISH: Final = "en"
DITHER: Final = 32767 * 10 ** (-50 / 20)
"""Of white noise under what pocketsphinx hears: digital silence is nothing it was trained on."""

Recognise = Callable[[Pcm, str], Recognised]
"""Puts an utterance into words; the second argument is its language, a tag of BCP 47, "" where nobody said it."""


class UnknownRecogniser(ValueError):
    """There is no recogniser of this name, or it cannot be used here; one sentence says why."""


def check(name: str) -> None:
    """Raises `UnknownRecogniser` for what `open_recogniser` could not open, without opening it."""
    if name.startswith(WHISPER):
        folder = Path(name.removeprefix(WHISPER))
        if not (folder / "model.bin").is_file():
            raise UnknownRecogniser(f"{folder} is not the folder of a faster-whisper model: it has no model.bin.")
    elif name not in (OFF, POCKETSPHINX):
        raise UnknownRecogniser(f"There is no transcriber {name!r}, but off, pocketsphinx and whisper:/path/to/model.")


def understands(name: str, language: str) -> bool:
    """Whether this recogniser may make sense of a language ("": not known)."""
    if name == POCKETSPHINX:
        return language.partition("-")[0].lower() in ("", ENGLISH)
    return name != OFF


def open_recogniser(name: str) -> Recognise:
    """The recogniser of this name, ready."""
    return _whisper(name.removeprefix(WHISPER)) if name.startswith(WHISPER) else _pocketsphinx()


def _pocketsphinx() -> Recognise:
    """American English, roughly, with the model that comes in the wheel."""
    from pocketsphinx import Decoder

    decoder = Decoder(samprate=PCM_RATE, cmn="batch", loglevel="FATAL")
    noise = np.random.default_rng(1)

    def recognise(pcm: Pcm, language: str) -> Recognised:
        dithered = np.clip(pcm + noise.normal(0, DITHER, len(pcm)), -32768, 32767).astype(np.int16)
        decoder.start_utt()
        decoder.process_raw(dithered.tobytes(), full_utt=True)
        decoder.end_utt()
        return Recognised(
            ENGLISH,
            [
                # Frames are of 10 ms, and the last one is within; a second pronunciation has its number in brackets.
                Word(one.word.partition("(")[0], one.start_frame * 10, one.end_frame * 10 + 10, min(1.0, one.prob))
                for one in decoder.seg() or ()
                if one.word[0] not in "<[("
            ],
        )

    return recognise


def _whisper(folder: str) -> Recognise:
    """Any language of the model, by faster-whisper on the CPU."""
    from faster_whisper import WhisperModel

    model = WhisperModel(folder, device="cpu", compute_type="int8", cpu_threads=1, local_files_only=True)

    def recognise(pcm: Pcm, language: str) -> Recognised:
        segments, about = model.transcribe(
            pcm.astype(np.float32) / 32768,
            language=language.partition("-")[0].lower() or None,
            beam_size=1,
            word_timestamps=True,
            condition_on_previous_text=False,
        )
        return Recognised(
            about.language,
            [
                Word(one.word.strip(), round(one.start * 1000), round(one.end * 1000), float(one.probability))
                for segment in segments
                for one in segment.words or ()
                if one.word.strip()
            ],
        )

    return recognise
