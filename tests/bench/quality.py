"""How good speech sounds after a network that loses packets, on the way here or back: PESQ, beside aiortc's own way."""

import importlib
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from statistics import median

import av
import numpy as np

from media.encoder import AacEncoder
from media.mixer import Mixer
from media.opus import SAMPLE_RATE, TICK, open_decoder
from media.opus_encoder import open_encoder
from tests.bench.jitter import SILENCE, Heard, aiortcs, arrivals, ours
from tests.bench.place import Place
from tests.bench.size import Size
from tests.bench.speakers import speech, talking
from tests.bench.tables import Cell, Table
from tests.media.sounds import Sound

LOSSES = (0.0, 0.02, 0.05, 0.1)
WIDEBAND = 16_000
"""Hz: what PESQ's wideband mode (ITU-T P.862.2) is of."""
NOT_MEASURED = "Not measured: `pesq` is not installed (`pip install '.[bench]'`, with a C compiler)."

Score = Callable[[int, Sound, Sound, str], float]


async def measure(size: Size, place: Place) -> list[Table]:
    """The mix of one talker, by HLS and by WHEP, after each loss; dashes where `pesq` is not installed."""
    score = _pesq()
    return [_there(score, size), _back(score, size)]


def _there(score: Score | None, size: Size) -> Table:
    """Packets get lost on their way here."""
    ways = ["ours, HLS", "ours, WHEP", "aiortc's receiver, HLS"]
    rows: list[list[Cell]] = []
    for loss in LOSSES:
        rounds = [_round(score, speaker, loss, size.speech_seconds) for speaker in range(size.rounds)] if score else []
        rows.append([f"{loss:.0%} lost", *_medians(rounds, len(ways))])
    note = (
        f"Mean opinion score of PESQ wideband (1 to 4.64), of what a listener decodes against what was said: synthetic "
        f"speech, Opus of 32 kb/s with FEC, packets lost by chance, jitter buffer, mixer, then AAC or Opus of 64 kb/s, "
        f"which arrive. aiortc's receiver: JitterBuffer and OpusDecoder, in the place of ours. Median of {size.rounds} "
        f"voices, {size.speech_seconds:g} s each."
    )
    return Table("Speech as listeners hear it, PESQ", ["network", *ways], rows, note if score else NOT_MEASURED)


def _back(score: Score | None, size: Size) -> Table:
    """Packets get lost on their way back, by WHEP."""
    streams = {
        f"{kind}, {'with FEC' if fec else 'without'}": (private, fec)
        for kind, private in (("shared stream", False), ("a talker's own", True))
        for fec in (True, False)
    }
    rows: list[list[Cell]] = []
    for loss in LOSSES:
        rounds = [
            [_scored_back(score, speaker, loss, size.speech_seconds, *stream) for stream in streams.values()]
            for speaker in range(size.rounds)
            if score
        ]
        rows.append([f"{loss:.0%} lost", *_medians(rounds, len(streams))])
    note = (
        "As above, with nothing lost on the way here and no codec on it: the packets of WHEP get lost, and come out of "
        "a jitter buffer such as ours. FEC is there from a session's start until 5 s have passed and its client has "
        "reported that nothing gets lost; and from a report of loss on, for 30 s and more."
    )
    return Table("Speech back by WHEP, PESQ", ["network", *streams], rows, note if score else NOT_MEASURED)


def _medians(rounds: Sequence[Sequence[float]], columns: int) -> Sequence[Cell]:
    return [median(one) for one in zip(*rounds, strict=True)] or ["-"] * columns


def _scored_back(score: Score, speaker: int, loss: float, seconds: float, private: bool, fec: bool) -> float:
    encoder = open_encoder().split() if private else open_encoder()
    encoder.protect(fec)
    said = speech(speaker, seconds)
    payloads = [encoder.encode(block) for block in np.split(said, range(TICK, len(said), TICK))]
    heard, _ = ours(payloads, arrivals(len(payloads), loss, 0.0, random.Random(speaker)))
    sound = np.concatenate([SILENCE if block is None else block for block in heard])
    return score(WIDEBAND, _narrowed(said), _narrowed(sound), "wb")


def _pesq() -> Score | None:
    with suppress(ImportError):
        score: Score = importlib.import_module("pesq").pesq
        return score
    return None


def _round(score: Score, speaker: int, loss: float, seconds: float) -> list[float]:
    """The score of each way, with the same packets lost."""
    payloads = talking(speaker, seconds)
    ticks = arrivals(len(payloads), loss, 0.0, random.Random(speaker))
    mine, theirs = _mixed(ours(payloads, ticks)[0]), _mixed(aiortcs(payloads, ticks)[0])
    said = _narrowed(speech(speaker, seconds))
    return [score(WIDEBAND, said, _narrowed(heard), "wb") for heard in (_by_hls(mine), _by_whep(mine), _by_hls(theirs))]


def _mixed(heard: Heard) -> list[Sound]:
    mixer = Mixer()
    return [mixer.mix({} if block is None else {"talker": block}).full for block in heard]


def _by_hls(mix: Sequence[Sound]) -> Sound:
    encoder = AacEncoder()
    decoder = av.CodecContext.create("aac", "r")
    decoder.extradata = encoder.config
    packets = [packet for block in mix for packet in encoder.encode(block)] + encoder.flush()
    return np.concatenate([frame.to_ndarray()[0] for one in packets for frame in decoder.decode(av.Packet(one))])


def _by_whep(mix: Sequence[Sound]) -> Sound:
    encoder, decoder = open_encoder(), open_decoder()
    return np.concatenate([decoder.decode(encoder.encode(block)) for block in mix])


def _narrowed(sound: Sound) -> Sound:
    """At WIDEBAND."""
    resampler = av.AudioResampler(format="flt", layout="mono", rate=WIDEBAND)
    frame = av.AudioFrame.from_ndarray(sound[: len(sound) // TICK * TICK][np.newaxis], format="flt", layout="mono")
    frame.sample_rate = SAMPLE_RATE
    return np.concatenate([one.to_ndarray()[0] for one in [*resampler.resample(frame), *resampler.resample(None)]])
