"""A Space on air: its microphones, mixed on its clock, sent back, and written to its recording."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from typing import Final, Protocol

import numpy as np

from media.beat import LATE_SECONDS, TICK_SECONDS, Beat
from media.formats import AAC
from media.microphone import Microphone
from media.mixer import Mixer
from media.opus import SAMPLE_RATE, Sound
from media.recorder import Recorder
from media.returns import Returns
from media.treatment import UNTREATED, Wanted
from media.utterances import Ear
from media.voices import Voice, Voices

INAUDIBLE: Final = 2.0**-15
"""Below 16 bits' least step: what is left of digital silence after Opus costs nobody a stream of their own."""

READ_IN_TIME: Final = 32
READ_BEHIND: Final = 1
"""Datagrams read of each session before a tick: all there are, but while a stall is made up for as many as a tick
lasts, so that the microphones' buffers, which hold 500 ms, do not give up what came meanwhile."""

Hear = Callable[[Mapping[str, Voice]], None]

log = logging.getLogger(__name__)


class Source(Protocol):
    """A session that brings packets of a microphone, by `Pipeline.receive`."""

    def read(self, limit: int) -> None:
        """Brings what has come, at most so many datagrams. Never blocks and never raises."""


class Pipeline:
    """The only clock of a Space's sound: every 20 ms one block from each microphone, mixed, sent back, recorded.

    `on_failure` is told, once each time, why sound is not being written, and None when it is, from the first part on;
    `on_part` the format of each new part; `on_voices` who speaks (see `Voices`). `ear` hears each microphone as it is
    mixed; `treating`: what is done to each before that.
    """

    def __init__(
        self,
        recorder: Recorder,
        on_failure: Callable[[str | None], None],
        on_part: Callable[[str], None] = lambda format: None,
        on_voices: Hear = lambda voices: None,
        ear: Ear | None = None,
        treating: Wanted = UNTREATED,
    ) -> None:
        self.microphones: dict[str, Microphone] = {}
        self.returns = Returns()
        self.sources: set[Source] = set()
        """Read before each tick, and by nobody else."""
        self._recorder = recorder
        self._on_failure = on_failure
        self._on_part = on_part
        self._on_voices = on_voices
        self._voices = Voices()
        self._ear = ear
        self._treating = treating
        self._failed: str | None = None
        self._writing = False
        self._mixer = Mixer()
        self._version = -1
        self._leaving: dict[str, Microphone] = {}
        self._closed = False
        self._beat = Beat()

    @property
    def stats(self) -> dict[str, float]:
        """Ticks so far: all, those late by a whole tick or more, and those skipped after long stalls; by how many ms
        one in a hundred of the last ones was late, or more; who hears, and whether with FEC.
        """
        return {
            "ticks": self._beat.ticks,
            "late_ticks": self._beat.late,
            "skipped_ticks": self._beat.skipped,
            "lateness_p99_ms": self._beat.lateness_p99 * 1000,
            "ears": len(self.returns.ears),
            "encoders": self.returns.encoders,
            "fec": float(self.returns.protected),
        }

    @property
    def position_ms(self) -> int:
        """How far the recording has come; 0 while there is none."""
        return (self._recorder.position or 0) * 1000 // SAMPLE_RATE

    def set_stage(self, version: int, microphones: Mapping[str, bool]) -> frozenset[str]:
        """Makes this the stage: who has a microphone, and whether it is open; obeyed from the next tick on.

        Answers who lost theirs. A stage of an older version than one seen is ignored.
        """
        if version < self._version:
            return frozenset()
        self._version = version
        gone = frozenset(self.microphones.keys() - microphones.keys())
        for person_id in gone:
            leaving = self.microphones.pop(person_id)
            leaving.open = False
            self._leaving[person_id] = leaving
            self._voices.close(person_id)
        for person_id, is_open in microphones.items():
            if person_id not in self.microphones:
                self.microphones[person_id] = Microphone(self._treating.treatment())
            self.microphones[person_id].open = is_open
            if not is_open:
                self._voices.close(person_id)
        return gone

    def set_opus(self, wanted: bool) -> None:
        """Whether there is an Opus rendition for listeners, from the next tick on."""
        self._recorder.opus = wanted

    def receive(self, person_id: str, payload: bytes, timestamp: int, sequence: int, ssrc: int) -> None:
        """Takes an RTP packet of someone's microphone (see `Microphone.receive`); of anyone else it is dropped."""
        microphone = self.microphones.get(person_id)
        if microphone is None:
            return
        try:
            microphone.receive(payload, timestamp, sequence, ssrc)
        except Exception:
            self._renew(person_id)

    async def run(self) -> None:
        """Ticks on absolute deadlines until `close`; then the take is finalised."""
        try:
            self._beat.start(time.monotonic())
            while not self._closed:
                # Also where no time is to be waited: what else came during a stall gets its turn between the ticks.
                await asyncio.sleep(self._beat.rest(time.monotonic()))
                behind = self._beat.begin(time.monotonic())
                for source in list(self.sources):
                    source.read(READ_IN_TIME if behind < TICK_SECONDS else READ_BEHIND)
                self._tick(in_time=behind < LATE_SECONDS)
        finally:
            if self._ear:
                self._ear.close()
            self._recorder.close()
            self._report()

    def close(self) -> None:
        """Lets `run` end after the tick under way."""
        self._closed = True

    def _tick(self, *, in_time: bool) -> None:
        heard = {person_id: self._sound_of(person_id) for person_id in list(self.microphones)}
        if self._ear:
            self._ear.hear(heard, self._recorder.position)
        blocks = self._blocks(heard)
        mix = self._mixer.mix(blocks)
        self.returns.send(mix, in_time=in_time)
        written = self._recorder.write(mix.full)
        for format in written:
            self._on_part(format)
        voices = self._voices.hear(blocks)
        if voices is not None:
            self._on_voices(voices)
        self._report(written=AAC.name in written)

    def _blocks(self, heard: Mapping[str, Sound | None]) -> dict[str, Sound]:
        """What each person is heard with in this tick."""
        sounds = list(heard.items())
        # Whoever was cut off fades out within one tick, as a closed microphone does.
        sounds += [(person_id, microphone.tick()) for person_id, microphone in self._leaving.items()]
        self._leaving.clear()
        blocks: dict[str, Sound] = {}
        for person_id, sound in sounds:
            if sound is not None and np.abs(sound).max() >= INAUDIBLE:
                blocks[person_id] = blocks[person_id] + sound if person_id in blocks else sound
        return blocks

    def _sound_of(self, person_id: str) -> Sound | None:
        try:
            return self.microphones[person_id].tick()
        except Exception:
            self._renew(person_id)
            return None

    def _renew(self, person_id: str) -> None:
        """A fault in one microphone's decoding costs that microphone a moment, and nobody else anything."""
        log.exception("A microphone had a fault and begins anew.")
        renewed = Microphone(self._treating.treatment())
        renewed.open = self.microphones[person_id].open
        self.microphones[person_id] = renewed

    def _report(self, *, written: bool = False) -> None:
        failed = self._recorder.failed
        if failed and failed != self._failed:
            self._failed, self._writing = failed, False
            self._on_failure(failed)
        elif written and not self._writing:
            self._failed, self._writing = None, True
            self._on_failure(None)
