"""A microphone: one sender's RTP packets in, a block of sound every tick while it is open."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from media.jitter import Conceal, JitterBuffer, Play, Recover, Silence
from media.opus import FRAME_SAMPLES, PLC_STEP, SAMPLE_RATE, TICK, MalformedOpus, Sound, open_decoder, packet_duration
from media.splice import LONGEST, SHORTEST, left_out, repeated
from media.treatment import SILENCE, TAIL_TICKS, Treatment

FADE_MS = 5
QUIET = 0.01  # peak, -40 dBFS: a tick below it is missed by nobody
PATIENCE = 150
"""Ticks, 3 s, in which a quiet one is waited for; then a loud sound is spliced where it repeats itself."""
ALIKE = 0.9
"""The least correlation for that; after as long again any place will do."""
SPLICE_EVERY = 5
"""Ticks between two splices of a loud sound: then it is at most 15 % faster or slower."""

_FADE = FADE_MS * SAMPLE_RATE // 1000
_FADE_IN = np.ones(TICK, np.float32)
_FADE_IN[:_FADE] = np.arange(_FADE) / _FADE
_FADE_OUT = 1 - _FADE_IN
_CROSSFADE = (np.arange(TICK) / TICK).astype(np.float32)


@dataclass(frozen=True, slots=True)
class MicrophoneStats:
    """What became of a microphone's packets since it was plugged in."""

    received: int  # packets, malformed ones and those of a closed microphone among them
    malformed: int  # packets of the open microphone that are not Opus
    unheard: int  # packets that came while it was closed
    lost: int  # packets that were not there in their turn
    late: int  # packets that came after their turn, or once more
    dropped: int  # packets given up for newer ones
    recovered_samples: int  # lost sound that a later packet carried once more
    concealed_samples: int  # lost sound that was invented
    skipped_samples: int  # sound left out because too much waited: after a stall, or where the sender's clock is fast
    repeated_samples: int  # sound made longer because too little waited: where the sender's clock is slow
    delay_ms: float  # from arrival to the mix, the treatment's included


class Microphone:
    """Opus over RTP to blocks of one tick, treated where that is wanted. It starts closed.

    Nothing here blocks or raises, whatever comes; one thread at a time."""

    def __init__(self, treatment: Treatment | None = None) -> None:
        self._treatment = treatment
        self._ringing = 0  # ticks for which something is still to come out of the treatment
        self._open = False
        self._audible = False
        self._ssrc: int | None = None
        self._jitter = JitterBuffer()
        self._decoder = open_decoder()
        self._pending = np.empty(0, np.float32)
        self._received = self._malformed = self._unheard = 0
        self._recovered = self._concealed = self._skipped = self._repeated = 0
        self._waited = 0  # ticks since there was something to leave out or to repeat, and no good place for it
        self._given_up = 0  # packets dropped by the jitter buffer when the decoder last started anew

    @property
    def open(self) -> bool:
        """Whether it is heard. What came before its opening never is; the tick after its closing fades out."""
        return self._open

    @open.setter
    def open(self, opened: bool) -> None:
        if opened and not self._open:
            self._restart()
            self._decoder.reset()
            self._forget()
        self._open = opened

    @property
    def stats(self) -> MicrophoneStats:
        """The counts so far."""
        treatment_ms = self._treatment.delay * 1000 / SAMPLE_RATE if self._treatment else 0
        return MicrophoneStats(
            received=self._received,
            malformed=self._malformed,
            unheard=self._unheard,
            lost=self._jitter.lost,
            late=self._jitter.late,
            dropped=self._jitter.dropped,
            recovered_samples=self._recovered,
            concealed_samples=self._concealed,
            skipped_samples=self._skipped,
            repeated_samples=self._repeated,
            delay_ms=self._jitter.delay_ms and self._jitter.delay_ms + treatment_ms,
        )

    def receive(self, payload: bytes, timestamp: int, sequence: int, ssrc: int) -> None:
        """Take an RTP packet as it comes. One that is not Opus is counted; another SSRC is a new device."""
        self._received += 1
        if not self._open:
            self._unheard += 1
            return
        try:
            duration = packet_duration(payload)
        except MalformedOpus:
            self._malformed += 1
            return
        if ssrc != self._ssrc:
            self._ssrc = ssrc
            self._restart()
        self._jitter.push(payload, timestamp, sequence, duration)

    def tick(self) -> Sound | None:
        """The next 20 ms: mono float32 (960,) within -1..1, or None when there is nothing to be heard."""
        block = self._received_tick()
        return self._treated(block, self._treatment) if self._treatment else block

    def _treated(self, block: Sound | None, treatment: Treatment) -> Sound | None:
        """The tick after the treatment, which is late: what is in it when the microphone is closed is not heard."""
        if block is not None:
            self._ringing = TAIL_TICKS
        elif self._ringing:
            self._ringing -= 1
            block = SILENCE
        else:
            return None
        treated = treatment.process(block)
        if not self._open:
            self._forget()
            return treated * _FADE_OUT
        return treated

    def _forget(self) -> None:
        """Nothing that is still in the treatment is heard."""
        if self._treatment and self._ringing:
            self._treatment.empty()
        self._ringing = 0

    def _received_tick(self) -> Sound | None:
        """The tick as it was said."""
        block = self._next_block() if self._open or self._audible else None
        audible = self._open and block is not None
        if not audible and not self._audible:
            return None
        if block is None:
            block = self._tail()
        if audible:
            block = self._in_step(block)
        if audible != self._audible:
            block = block * (_FADE_IN if audible else _FADE_OUT)
        self._audible = audible
        return block

    def _next_block(self) -> NDArray[np.float32] | None:
        """One tick of pending sound, filled up by the jitter buffer's steps; None when that is silent."""
        while self._pending.size < TICK:
            missing = TICK - self._pending.size
            step = self._jitter.pop(missing + -missing % PLC_STEP)
            if isinstance(step, Silence):
                return None
            self._pending = np.concatenate((self._pending, self._sound_of(step)))
        block, self._pending = self._pending[:TICK], self._pending[TICK:]
        return block

    def _tail(self) -> NDArray[np.float32]:
        """What is left of the sound, to be faded out."""
        left, self._pending = self._pending, np.empty(0, np.float32)
        missing = TICK - left.size
        return np.concatenate((left, self._decoder.conceal(missing + -missing % PLC_STEP)))[:TICK]

    def _in_step(self, block: Sound) -> Sound:
        """The tick, made of more or of less sound where too much or too little waits."""
        surplus, shortage = self._jitter.surplus, self._jitter.shortage
        if surplus < SHORTEST and not shortage:
            self._waited = 0
            return block
        self._waited += 1
        quiet = bool(np.abs(block).max() < QUIET)
        if quiet and surplus >= TICK:
            return self._skip(block)
        if not quiet and self._waited < PATIENCE:
            return block
        least = ALIKE if not quiet and self._waited < 2 * PATIENCE else -1
        return self._repeat(block, least) if shortage else self._leave_out(block, least, surplus)

    def _skip(self, quiet: Sound) -> Sound:
        """Two ticks in the time of one, the first passing over into the second."""
        following = self._next_block()
        if following is None:
            return quiet
        self._jitter.left_out(TICK)
        self._skipped += TICK
        return quiet + (following - quiet) * _CROSSFADE

    def _leave_out(self, block: Sound, least: float, surplus: int) -> Sound:
        following = self._next_block() if self._jitter.held else None
        if following is None:
            return block
        both = np.concatenate((block, following))
        shorter, likeness = left_out(both, min(LONGEST, surplus))
        if likeness < least:
            shorter = both
        else:
            samples = both.size - shorter.size
            self._jitter.left_out(samples)
            self._skipped += samples
            self._waited = PATIENCE - SPLICE_EVERY
        self._pending = np.concatenate((shorter[TICK:], self._pending))
        return shorter[:TICK]

    def _repeat(self, block: Sound, least: float) -> Sound:
        longer, likeness = repeated(block)
        if likeness < least:
            return block
        samples = longer.size - TICK
        self._jitter.repeated(samples)
        self._repeated += samples
        self._waited = PATIENCE - SPLICE_EVERY
        self._pending = np.concatenate((longer[TICK:], self._pending))
        return longer[:TICK]

    def _sound_of(self, step: Play | Recover | Conceal) -> NDArray[np.float32]:
        match step:
            case Play(payload):
                return self._decode(payload)
            case Recover(next_payload, samples):
                carried = FRAME_SAMPLES[next_payload[0] >> 3] if self._decoder.can_recover(next_payload) else 0
                self._recovered += min(samples, carried)
                self._concealed += max(0, samples - carried)
                return self._decoder.recover(next_payload, samples)
            case Conceal(samples):
                self._concealed += samples
                return self._decoder.conceal(samples)

    def _decode(self, payload: bytes) -> NDArray[np.float32]:
        if self._given_up != self._jitter.dropped:
            # Opus codes a frame's energy as a step from the frame before: after a jump that would be a burst.
            self._given_up = self._jitter.dropped
            self._decoder.reset()
        try:
            return self._decoder.decode(payload)
        except MalformedOpus:
            self._malformed += 1
            return self._decoder.conceal(packet_duration(payload))

    def _restart(self) -> None:
        """Forget what is buffered and begin a new time line."""
        self._jitter.restart()
        self._pending = np.empty(0, np.float32)
