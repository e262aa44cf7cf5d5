"""The way from the network to the mix: how late sound gets there and what is lost, beside aiortc's own way."""

import random
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, median_low

import av
import numpy as np
from aiortc.codecs.opus import OpusDecoder
from aiortc.jitterbuffer import JitterBuffer
from aiortc.rtp import RtpPacket
from av.frame import Frame

from media.microphone import Microphone, MicrophoneStats
from media.opus import SAMPLE_RATE, TICK, TICK_MS, open_decoder
from tests.bench.cpu import spent
from tests.bench.place import Place
from tests.bench.size import Size
from tests.bench.speakers import talking
from tests.bench.tables import Cell, Table
from tests.media.recordings import lag
from tests.media.sounds import Sound

LOSSES = (0.0, 0.05, 0.1)
JITTERS_MS = (0.0, 30.0)
TICK_PHASE_MS = TICK_MS / 2
"""Packets arrive, without jitter, this long before a tick: the mean of all there are."""
WINDOW = 4 * SAMPLE_RATE
CAPACITY, PREFETCH = 16, 4
"""What aiortc's receiver gives its jitter buffer for audio."""

SILENCE = np.zeros(TICK, np.float32)
Ticks = Sequence[Sequence[int]]
"""The numbers of the packets that arrive before each tick."""
Heard = Sequence[Sound | None]
"""What is heard in each tick; None is silence."""


@dataclass(frozen=True, slots=True)
class Passage:
    """What became of a stream: delay in ms, CPU ms for each second, shares of its duration in percent."""

    delay: float
    counted: Cell  # the delay as the buffer itself counts it
    cpu: float
    recovered: float
    concealed: float
    silent: float
    unused: float  # arrived, and was not played


async def measure(size: Size, place: Place) -> list[Table]:
    """Both ways with the same packets at the same times, for each loss and jitter."""
    seconds = 3 * size.speech_seconds
    payloads = talking(0, seconds)
    rows: list[list[Cell]] = []
    for jitter_ms in JITTERS_MS:
        for loss in LOSSES:
            rounds = [arrivals(len(payloads), loss, jitter_ms, random.Random(seed)) for seed in range(size.rounds)]
            network = f"{loss:.0%} lost, jitter {jitter_ms:.0f} ms"
            rows.append([network, "ours", *_row([_ours(payloads, ticks) for ticks in rounds])])
            rows.append([network, "aiortc's", *_row([_aiortc(payloads, ticks) for ticks in rounds])])
    delays, shares = ["delay ms", "by its own count"], ["from FEC %", "concealed %", "silent %", "unused %"]
    note = (
        f"Speech in {TICK_MS} ms packets with FEC; each is lost by chance, or up to so many ms late. Delay: from the "
        f"arrival of a packet that is not late to its sound in the mix, which ticks every {TICK_MS} ms, by "
        f"cross-correlation of what is heard with what was sent; by its own count, from each packet's own arrival. "
        f"Concealed: invented by Opus. Unused: arrived, and not played. aiortc's: JitterBuffer({CAPACITY}, "
        f"prefetch={PREFETCH}) and OpusDecoder as in its receiver, a frame taken each tick. Median of {size.rounds} "
        f"rounds of {seconds:g} s."
    )
    columns = ["network", "buffer", *delays, *shares, "CPU ms/s"]
    return [Table("Jitter buffer, from the network to the mix", columns, rows, note)]


def _row(rounds: Sequence[Passage]) -> list[Cell]:
    """The medians in order of the columns; text is the same in all rounds."""
    names = ("delay", "counted", "recovered", "concealed", "silent", "unused", "cpu")
    return [median_low([getattr(one, name) for one in rounds]) for name in names]


def arrivals(count: int, loss: float, jitter_ms: float, chance: random.Random) -> list[list[int]]:
    """Which packets come before each tick, in order of arrival. The first one always comes, and in time."""
    coming = [(0.0, 0)]
    for number in range(1, count):
        late, lost = chance.uniform(0, jitter_ms), chance.random() < loss
        if not lost:
            coming.append((number * TICK_MS + late, number))
    ticks: list[list[int]] = [[] for _ in range(count + int(jitter_ms) // TICK_MS + 2)]
    for at, number in sorted(coming):
        ticks[int((at + TICK_MS - TICK_PHASE_MS) // TICK_MS)].append(number)
    return ticks


def ours(payloads: Sequence[bytes], ticks: Ticks) -> tuple[Heard, MicrophoneStats]:
    """What the mixer gets of it, tick by tick."""
    microphone, heard = Microphone(), []
    microphone.open = True
    for numbers in ticks:
        for number in numbers:
            microphone.receive(payloads[number], number * TICK, number, 1)
        heard.append(microphone.tick())
    return heard, microphone.stats


def aiortcs(payloads: Sequence[bytes], ticks: Ticks) -> tuple[Heard, int]:
    """What a mixer would get from aiortc's receiver, and how many packets that has decoded."""
    buffer, decoder, frames, heard = JitterBuffer(CAPACITY, PREFETCH), OpusDecoder(), deque[Sound](), []
    decoded = 0
    for numbers in ticks:
        for number in numbers:
            packet = RtpPacket(96, 0, number, number * TICK, 1, payloads[number])
            packet._data = packet.payload  # type: ignore[attr-defined]
            _, frame = buffer.add(packet)
            if frame is not None:
                decoded += 1
                frames.extend(_mono(one) for one in decoder.decode(frame))
        heard.append(frames.popleft() if frames else None)
    return heard, decoded


def _ours(payloads: Sequence[bytes], ticks: Ticks) -> Passage:
    (heard, stats), cpu = spent(lambda: ours(payloads, ticks))
    percent = 100 / len(payloads)
    return Passage(
        delay=_delay_ms(heard, payloads),
        counted=stats.delay_ms,
        cpu=_ms_per_second(cpu, payloads),
        recovered=stats.recovered_samples / TICK * percent,
        concealed=stats.concealed_samples / TICK * percent,
        silent=_silent(heard) * percent,
        unused=(stats.late + stats.dropped) * percent,
    )


def _aiortc(payloads: Sequence[bytes], ticks: Ticks) -> Passage:
    (heard, decoded), cpu = spent(lambda: aiortcs(payloads, ticks))
    percent = 100 / len(payloads)
    return Passage(
        delay=_delay_ms(heard, payloads),
        counted="-",
        cpu=_ms_per_second(cpu, payloads),
        recovered=0,
        concealed=0,
        silent=_silent(heard) * percent,
        unused=(sum(map(len, ticks)) - decoded) * percent,
    )


def _mono(frame: Frame) -> Sound:
    """aiortc decodes to 16 bit stereo."""
    assert isinstance(frame, av.AudioFrame)
    mono: Sound = frame.to_ndarray().reshape(-1, 2).mean(axis=1, dtype=np.float32) / 32768
    return mono


def _delay_ms(heard: Heard, payloads: Sequence[bytes]) -> float:
    """The median lag of what is heard behind the arrivals of a perfect network, window by window."""
    decoder = open_decoder()
    sent = np.concatenate([decoder.decode(payload) for payload in payloads])
    sound = np.concatenate([SILENCE if block is None else block for block in heard])[: len(sent)]
    starts = range(0, max(1, len(sent) - WINDOW), WINDOW)
    lags = [lag(sound[start : start + WINDOW], sent[start : start + WINDOW]) for start in starts]
    # The first tick is half a tick after the first arrival.
    return median(lags) * 1000 / SAMPLE_RATE + TICK_PHASE_MS


def _silent(heard: Heard) -> int:
    """Ticks in which there was nothing to play, but for the start."""
    started = next(index for index, block in enumerate(heard) if block is not None)
    return sum(block is None for block in heard[started:])


def _ms_per_second(cpu: float, payloads: Sequence[bytes]) -> float:
    return cpu * 1000 / (len(payloads) * TICK_MS / 1000)
