"""Utterances: what each microphone says between two pauses, cut out for whoever puts it into words."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from media.opus import SAMPLE_RATE, TICK, TICK_MS, Sound
from media.words import PCM_RATE, Pcm

PAUSE_MS: Final = 400
"""So long a pause ends an utterance: longer than those between words, and short, for captions wait for it."""
BEFORE_MS: Final = 200
"""What is taken along from before the voice was noticed: words begin softly."""
LEAST_MS: Final = 100
"""Less voice than this is a click."""
LONGEST_MS: Final = 10_000
"""Whoever goes on longer is cut at the quietest moment of the last quarter."""

FLOOR: Final = 10 ** (-60 / 20)  # of the noise of a microphone, when nothing is known of it yet
QUIETEST_VOICE: Final = 10 ** (-50 / 20)
FLOOR_RISE: Final = 10 ** (3 / 20 / 50)  # in a tick, 3 dB in a second: a steady noise is no voice for long
BEGINS: Final = 10 ** (12 / 20)  # over the floor
ENDS: Final = 10 ** (6 / 20)

_DECIMATION: Final = SAMPLE_RATE // PCM_RATE
_STEP: Final = TICK // _DECIMATION
_TAPS: Final = 96  # 1 ms later: less than any word's time is known to


def _low_pass() -> NDArray[np.float32]:
    """A windowed sinc that ends where 16 kHz must."""
    moments = np.arange(_TAPS) - (_TAPS - 1) / 2
    sinc = np.sinc(moments / _DECIMATION * 0.92) * np.kaiser(_TAPS, 6)
    low_pass: NDArray[np.float32] = (sinc / sinc.sum()).astype(np.float32)
    return low_pass


_FILTER: Final = _low_pass()


@dataclass(frozen=True, slots=True)
class Utterance:
    """What a person said, mono at 16 kHz, and the sample (of 48 kHz) of the recording at which it begins."""

    person_id: str
    start: int
    pcm: Pcm

    @property
    def milliseconds(self) -> int:
        """How long it is."""
        return len(self.pcm) * 1000 // PCM_RATE


class Ear:
    """Listens to every microphone of a Space, tick by tick, and tells each utterance when it is over.

    It costs some 50 us for a microphone that is heard, and nothing for one that is not.
    """

    def __init__(self, tell: Callable[[Utterance], None]) -> None:
        self._tell = tell
        self._voices: dict[str, Voice] = {}
        self._next: int | None = None

    def hear(self, blocks: Mapping[str, Sound | None], position: int | None) -> None:
        """Takes a tick of each microphone; `position` is its sample in the recording, None where none is made."""
        if position is None or position != self._next:
            self.close()
        if position is None:
            return
        self._next = position + TICK
        for person_id in self._voices.keys() - blocks.keys():
            self._told(person_id, self._voices.pop(person_id).end())
        for person_id, block in blocks.items():
            if block is None and not self._is_speaking(person_id):
                self._voices.pop(person_id, None)
            else:
                voice = self._voices.setdefault(person_id, Voice())
                self._told(person_id, voice.hear(block, position))

    def close(self) -> None:
        """Nothing more is heard, or something was missed: what is being said ends here."""
        for person_id, voice in self._voices.items():
            self._told(person_id, voice.end())
        self._voices.clear()
        self._next = None

    def _is_speaking(self, person_id: str) -> bool:
        voice = self._voices.get(person_id)
        return voice is not None and voice.speaks

    def _told(self, person_id: str, said: tuple[int, Pcm] | None) -> None:
        if said is not None:
            self._tell(Utterance(person_id, *said))


@dataclass(frozen=True, slots=True)
class _Heard:
    position: int
    sound: Sound
    level: float
    voiced: bool


class Voice:
    """One microphone: voice begins 12 dB above its noise and ends 6 dB above it."""

    def __init__(self) -> None:
        self._history: Sound = np.zeros(_TAPS - 1, np.float32)
        self._floor = FLOOR
        self._before: deque[_Heard] = deque(maxlen=BEFORE_MS // TICK_MS)
        self._said: list[_Heard] = []
        self._silent = 0

    @property
    def speaks(self) -> bool:
        """Whether an utterance is under way."""
        return bool(self._said)

    def hear(self, block: Sound | None, position: int) -> tuple[int, Pcm] | None:
        """Takes the next 20 ms, None for silence; answers what was said where this ends it: its start and sound."""
        heard = self._listen(block, position)
        if not self._said:
            if heard.voiced:
                self._said = [*self._before, heard]
                self._before.clear()
                self._silent = 0
            else:
                self._before.append(heard)
            return None
        self._said.append(heard)
        self._silent = 0 if heard.voiced else self._silent + 1
        if self._silent * TICK_MS >= PAUSE_MS:
            return self.end()
        if len(self._said) * TICK_MS >= LONGEST_MS:
            return self._cut()
        return None

    def end(self) -> tuple[int, Pcm] | None:
        """What has been said up to here, if it is more than a click."""
        said, self._said = self._said, []
        return _together(said)

    def _listen(self, block: Sound | None, position: int) -> _Heard:
        sound = self._resample(block if block is not None else np.zeros(TICK, np.float32))
        level = float(np.sqrt(np.mean(np.square(sound))))
        factor = ENDS if self._said else BEGINS
        voiced = level > max(self._floor * factor, QUIETEST_VOICE)
        self._floor = max(min(level, self._floor * FLOOR_RISE), FLOOR)
        return _Heard(position, sound, level, voiced)

    def _resample(self, block: Sound) -> Sound:
        line = np.concatenate((self._history, block))
        self._history = line[1 - _TAPS :]
        windows = sliding_window_view(line, _TAPS)[::_DECIMATION]
        resampled: Sound = windows @ _FILTER
        return resampled

    def _cut(self) -> tuple[int, Pcm] | None:
        first = len(self._said) * 3 // 4
        quietest = min(range(first, len(self._said)), key=lambda index: self._said[index].level)
        said, self._said = self._said[:quietest], self._said[quietest:]
        return _together(said)


def _together(said: list[_Heard]) -> tuple[int, Pcm] | None:
    if sum(one.voiced for one in said) * TICK_MS < LEAST_MS:
        return None
    sound = np.concatenate([one.sound for one in said])
    return said[0].position, (np.clip(sound, -1, 1) * 32767).astype(np.int16)
