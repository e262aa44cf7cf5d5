"""What may be done to a microphone's sound before it is mixed: less noise, and voices of one level."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Final

import av
import numpy as np

from media.opus import SAMPLE_RATE, TICK, Sound

WINDOW: Final = 1200
WAITING: Final = 480
"""Samples by which afftdn is late: 25 ms that it looks at together, and 10 ms because its blocks are no ticks."""
TAIL_TICKS: Final = 2
"""Ticks until what was put in is out."""
REDUCTION_DB: Final = 20
FLOOR_TICKS: Final = 250
"""Noise is what is quietest in the last 5 to 10 s: nobody speaks that long without a pause."""
FLOOR_EVERY: Final = 25
LEAST_DB, MOST_DB = -80.0, -25.0  # dBFS: louder noise than that may be a voice
START_DB: Final = -60.0
ABOVE_DB: Final = 3.0
"""Where afftdn is told the noise to be, above what was measured: its peaks are noise as well."""

LEVELS: Final = "-90/-90|-45/-45|-38/-20|-20/-14|0/-8"
"""dB in, dB out: voices 20 dB apart come within 8; what is below -45 dBFS stays where it is, as between words."""

_COMPAND: Final = f"attacks=0.003:decays=0.8:soft-knee=3:points={LEVELS}"
_TIME_BASE: Final = Fraction(1, SAMPLE_RATE)
SILENCE: Final = np.zeros(TICK, np.float32)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be done to every microphone."""

    noise_suppression: bool = False
    automatic_gain: bool = False

    def treatment(self) -> "Treatment | None":
        """One for a microphone, or None where there is nothing to be done."""
        return Treatment(self) if self.noise_suppression or self.automatic_gain else None


UNTREATED: Final = Wanted()


class Treatment:
    """FFmpeg's afftdn and compand for one microphone's ticks, one thread at a time."""

    def __init__(self, wanted: Wanted) -> None:
        self.delay = WINDOW + WAITING if wanted.noise_suppression else 0
        """Samples by which all is later."""
        self._graph = av.filter.Graph()
        self._source = self._graph.add_abuffer(
            sample_rate=SAMPLE_RATE, format="flt", layout="mono", time_base=_TIME_BASE
        )
        chain = [self._source]
        self._noise = None
        if wanted.noise_suppression:
            self._noise = self._graph.add("afftdn", f"noise_reduction={REDUCTION_DB}:noise_floor={START_DB}")
            chain.append(self._noise)
        if wanted.automatic_gain:
            chain.append(self._graph.add("compand", _COMPAND))
        chain += [self._graph.add("aformat", "sample_fmts=flt:channel_layouts=mono"), self._graph.add("abuffersink")]
        for one, following in pairwise(chain):
            one.link_to(following)
        self._sink = chain[-1]
        self._graph.configure()
        self._floor = _Floor()
        self._ready = np.zeros(WAITING if wanted.noise_suppression else 0, np.float32)
        self._pts = 0

    def process(self, block: Sound) -> Sound:
        """The tick (960,) that is `delay` samples earlier, within -1..1. Its input is left alone."""
        if self._noise and (floor := self._floor.hear(block)) is not None:
            self._noise.process_command("noise_floor", f"{floor:.1f}")
        frame = av.AudioFrame.from_ndarray(block[np.newaxis], format="flt", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, self._pts, _TIME_BASE
        self._pts += TICK
        self._source.push(frame)
        ready = np.concatenate((self._ready, *self._pulled()))
        self._ready = ready[TICK:]
        return np.clip(ready[:TICK], -1, 1)

    def empty(self) -> None:
        """Forgets what is still to come out; what is known of the noise stays."""
        for _ in range(TAIL_TICKS):
            self.process(SILENCE)

    def _pulled(self) -> Sequence[Sound]:
        pulled: list[Sound] = []
        while True:
            try:
                frame = self._sink.pull()
            except (BlockingIOError, EOFError):
                return pulled
            assert isinstance(frame, av.AudioFrame)
            pulled.append(frame.to_ndarray()[0])


class _Floor:
    """How loud the noise is: the quietest tick of the last seconds, digital silence aside."""

    def __init__(self) -> None:
        self._ticks = 0
        self._before = self._least = np.inf

    def hear(self, block: Sound) -> float | None:
        """Takes a tick; now and then answers the floor in dBFS, for afftdn."""
        energy = float(np.dot(block, block)) / TICK
        if energy > 10 ** (LEAST_DB / 10):
            self._least = min(self._least, energy)
        self._ticks += 1
        if self._ticks % FLOOR_TICKS == 0:
            self._before, self._least = self._least, np.inf
        floor = min(self._before, self._least)
        if self._ticks % FLOOR_EVERY or floor == np.inf:
            return None
        return float(np.clip(10 * np.log10(floor) + ABOVE_DB, LEAST_DB, MOST_DB))
