"""The jitter buffer, sans-I/O: RTP packets in as the network brings them, out in order and in time."""

from bisect import insort
from dataclasses import dataclass, field
from typing import Final

from media.opus import PLC_STEP, SAMPLE_RATE, TICK, TICK_MS

START_DEPTH = 2 * TICK  # samples held before a talk spurt starts to play
MAX_DEPTH = 25 * TICK  # samples held at most, 500 ms; the oldest is dropped for the newest
MAX_CONCEALED = 5 * TICK  # samples invented in one go; more is a pause, not a loss
MAX_LATENESS = SAMPLE_RATE  # samples; what is older comes from a sender that has started anew
WATCHED = 3 * SAMPLE_RATE  # samples over which the depth is watched
SHORT_SHARE = 0.9  # of that time on the edge of running dry: a steady sender whose clock is slower than ours


@dataclass(frozen=True, slots=True)
class Play:
    """Decode this packet."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class Recover:
    """`samples` are lost, the packet after them is there: take them from its FEC, or conceal. It plays next."""

    next_payload: bytes
    samples: int


@dataclass(frozen=True, slots=True)
class Conceal:
    """Nothing has come: conceal `samples`, and if it does come it still plays."""

    samples: int


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing to be heard: a pause, or not yet enough held to start."""


Step = Play | Recover | Conceal | Silence


class JitterBuffer:
    """One sender's packets (one SSRC), of any length from 2.5 to 120 ms, on one time line of 48 kHz samples.

    The packet whose turn it is starts at the cursor. When it is missing:
    - and a later one is there, it is lost: recover or conceal it and advance, but for the time that has
      been concealed already while nothing was there;
    - and nothing is there, conceal without advancing; after 5 ticks fall silent and fill up anew;
    - and the gap is long, or the sequence numbers show that nothing was sent in it, it is DTX: jump.
    At most 500 ms are held; what would exceed that drops the oldest.

    No two clocks are alike: 200 ppm are a tick in 100 s. So `surplus` and `shortage` say by how much the depth has
    left the range of one to two ticks: whoever plays the sound may shorten or lengthen it where nobody hears that."""

    def __init__(self) -> None:
        self.lost = 0  # packets that were not there in their turn
        self.late = 0  # packets that came after their turn, or once more
        self.dropped = 0  # packets given up for newer ones
        self.held = 0  # samples in the buffer
        self.surplus = 0  # samples held beyond need for the last 3 s, which may be left out
        self.shortage = 0  # samples that were missing for the last 3 s to be safe from running dry
        self.delay_ms = 0.0  # from arrival to playing, smoothed over about a second
        self._timestamps = _Unwrap(32)
        self._sequences = _Unwrap(16)
        self._packets: list[_Packet] = []
        self._filling = True
        self._cursor: int | None = None
        self._previous: int | None = None  # sequence number
        self._stalled = 0  # samples concealed since the cursor last moved
        self._ahead = 0  # samples of sound that were decoded before and are still to be played
        self._watch()

    def push(self, payload: bytes, timestamp: int, sequence: int, duration: int) -> None:
        """Take a packet as it comes: RTP timestamp (32 bits), sequence (16 bits), its duration in samples."""
        start = self._timestamps.unwrap(timestamp)
        packet = _Packet(start, self._sequences.unwrap(sequence), duration, payload)
        if self._cursor is not None and start < self._cursor:
            if start >= self._cursor - MAX_LATENESS:
                self.late += 1
                return
            self.restart()
        if any(held.start == start for held in self._packets):
            self.late += 1
            return
        if self._filling and self._packets and start - self._packets[-1].end > MAX_CONCEALED:
            self._drop_all()  # a comfort noise packet sent during DTX: the talk spurt begins here
        insort(self._packets, packet)
        self.held += duration
        while self.held > MAX_DEPTH:
            self._advance(self._packets[0])
            self.dropped += 1

    def pop(self, wanted: int = TICK) -> Step:
        """What to do for `wanted` more samples (a multiple of 120). Play and Recover may give more or fewer.

        Fewer than a tick are wanted where the rest of it is there from before."""
        self._ahead = max(0, TICK - wanted)
        while self._packets and self._cursor is not None and self._packets[0].start < self._cursor:
            self.held -= self._packets.pop(0).duration  # it overlaps what has been played
            self.late += 1
        if self._filling:
            # A packet longer than a tick comes in steps of its own length: one alone would run dry at once.
            if self.held < START_DEPTH or len(self._packets) < 2:
                return Silence()
            self._filling = False
            self._watch()
            return self._play()
        if not self._packets:
            return self._stall(wanted)
        return self._bridge() or self._play()

    def left_out(self, samples: int) -> None:
        """So much of the surplus has been left out."""
        self.surplus = max(0, self.surplus - samples)

    def repeated(self, samples: int) -> None:
        """So much of what was short has been made up for."""
        self.shortage = max(0, self.shortage - samples)

    def restart(self) -> None:
        """Forget every packet and the time line, as for a new sender; the counters go on."""
        self._drop_all()
        self._filling, self._stalled, self._cursor, self._previous = True, 0, None, None

    def _stall(self, wanted: int) -> Conceal | Silence:
        if self._stalled >= MAX_CONCEALED:
            self._filling, self._stalled = True, 0
            return Silence()
        self._stalled += wanted
        self._observe(wanted)
        return Conceal(wanted)

    def _bridge(self) -> Recover | None:
        """The step over the hole before the oldest packet, if there is one to fill."""
        packet = self._packets[0]
        if self._cursor is None or not self._missing_before(packet):
            return None
        hole = packet.start - self._cursor - self._stalled
        hole -= hole % PLC_STEP
        if not 0 < hole <= MAX_CONCEALED:
            return None
        self.lost += self._missing_before(packet)
        self._cursor, self._previous, self._stalled = packet.start, packet.sequence - 1, 0
        self._observe(hole)
        return Recover(packet.payload, hole)

    def _play(self) -> Play:
        packet = self._packets[0]
        self.lost += self._missing_before(packet)
        self._advance(packet)
        # Packets come at any moment between two ticks: on average half a tick before one could play them.
        delay_ms = (self.held + self._ahead) * 1000 / SAMPLE_RATE + TICK_MS / 2
        self.delay_ms += (delay_ms - self.delay_ms) / 50 if self.delay_ms else delay_ms
        self._ahead += max(0, packet.duration - TICK)
        self._observe(packet.duration)
        return Play(packet.payload)

    def _missing_before(self, packet: "_Packet") -> int:
        """Packets that were sent between the last one that had its turn and this one."""
        return 0 if self._previous is None else max(0, packet.sequence - self._previous - 1)

    def _advance(self, packet: "_Packet") -> None:
        """The oldest packet has had its turn."""
        self._packets.pop(0)
        self.held -= packet.duration
        self._cursor, self._previous, self._stalled = packet.end, packet.sequence, 0

    def _drop_all(self) -> None:
        self.dropped += len(self._packets)
        self._packets.clear()
        self.held = 0

    def _watch(self) -> None:
        """Begin a new window of watching the depth."""
        self.surplus = self.shortage = 0
        self._watched = self._short = 0
        self._lowest = MAX_DEPTH

    def _observe(self, samples: int) -> None:
        """Note the depth after a step: what a whole window never touched is surplus, but for one tick."""
        self._lowest = min(self._lowest, self.held)
        self._watched += samples
        depth = self.held + self._ahead
        if depth < TICK:
            self._short += samples
        if self._watched >= WATCHED:
            surplus = max(0, self._lowest // TICK - 1) * TICK
            shortage = TICK - depth if depth < TICK and self._short >= SHORT_SHARE * self._watched else 0
            self._watch()
            self.surplus, self.shortage = surplus, shortage


@dataclass(frozen=True, slots=True, order=True)
class _Packet:
    start: int  # unwrapped timestamp
    sequence: int = field(compare=False)  # unwrapped
    duration: int = field(compare=False)
    payload: bytes = field(compare=False)

    @property
    def end(self) -> int:
        return self.start + self.duration


class _Unwrap:
    """RTP's counters, of 16 or 32 bits, as integers that do not wrap: the value nearest to the one before."""

    def __init__(self, bits: int) -> None:
        self._half: Final = 1 << (bits - 1)
        self._last: int | None = None

    def unwrap(self, value: int) -> int:
        if self._last is None:
            self._last = value
        self._last += (value - self._last + self._half) % (2 * self._half) - self._half
        return self._last
