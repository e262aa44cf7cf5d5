"""What a second of a full Space's sound costs, stage by stage, beside FFmpeg's own filter graph."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from media.encoder import AacEncoder
from media.microphone import Microphone
from media.mixer import Mix, Mixer
from media.opus import TICK
from media.recorder import Recorder
from media.returns import Returns
from media.take_writer import TakeWriter
from media.waveform import PeaksWriter
from tests.bench.cpu import spent
from tests.bench.ffmpeg import mix
from tests.bench.place import Place
from tests.bench.size import Size
from tests.bench.speakers import FULL_STAGE, stage
from tests.bench.tables import Table
from tests.media.sounds import Sound

TALKERS = (FULL_STAGE, 3, 1)
STAGES = (
    "receive, jitter buffer, Opus decoding",
    "mixes and limiter",
    "returns: Opus for everyone, and for each talker without them",
    "the same with FEC: someone's packets get lost",
    "AAC encoding",
    "fMP4 parts, index, waveform",
    "all of it, tick by tick",
    "FFmpeg's graph: decode, amix, alimiter, the same encodings",
    "all of it with FEC",
    "FFmpeg's graph with FEC",
)
Streams = Sequence[Sequence[bytes]]


async def measure(size: Size, place: Place) -> list[Table]:
    """CPU by stage, of 13 microphones of which 13, 3 and 1 talk."""
    costs: dict[int, list[list[float]]] = {talkers: [] for talkers in TALKERS}
    folder = place.folder("sound")
    for number in range(size.rounds):
        for talkers in TALKERS:
            streams = stage(talkers, size.speech_seconds)
            seconds = _costs(streams, talkers, folder / f"{number}-{talkers}")
            costs[talkers].append([one * 1000 / size.speech_seconds for one in seconds])
    columns = {talkers: [median(stage) for stage in zip(*rounds, strict=True)] for talkers, rounds in costs.items()}
    rows: list[list[str | float]] = [
        [name, *(columns[talkers][index] for talkers in TALKERS)] for index, name in enumerate(STAGES)
    ]
    for name, index in (("ours / FFmpeg's", -4), ("ours / FFmpeg's, with FEC", -2)):
        rows.append([name, *(columns[talkers][index] / columns[talkers][index + 1] for talkers in TALKERS)])
    note = (
        f"CPU ms of one process for each second of sound. {FULL_STAGE} Opus streams of 20 ms packets arrive; who does "
        f"not talk has a closed microphone and sends silence; all {FULL_STAGE} hear. FFmpeg's graph (in PyAV, same "
        f"encoder settings) has inputs for the talkers only, and neither network, jitter buffer nor files; one who "
        f"talks alone hears nothing there. Median of {size.rounds} rounds of {size.speech_seconds:g} s."
    )
    return [Table("Sound of a full Space", ["stage", *(f"{talkers} talk" for talkers in TALKERS)], rows, note)]


def _costs(streams: Streams, talkers: int, folder: Path) -> list[float]:
    """CPU seconds of each of `STAGES`."""
    heard, receiving = spent(lambda: list(_receive(streams, talkers)))
    mixer = Mixer()
    mixes, mixing = spent(lambda: [mixer.mix(blocks) for blocks in heard])
    _, returning = spent(lambda: _return(mixes, fec=False))
    _, protecting = spent(lambda: _return(mixes, fec=True))
    mixed = [tick.full for tick in mixes]
    encoder = AacEncoder()
    packets, encoding = spent(lambda: [packet for block in mixed for packet in encoder.encode(block)])
    _, packaging = spent(partial(_package, folder / "packaged", encoder.config, packets, mixed))
    figures = [receiving, mixing, returning, protecting, encoding, packaging]
    for fec in (False, True):
        _, whole = spent(partial(_all, streams, talkers, folder / f"whole-{fec}", fec))
        _, graph = spent(partial(mix, streams[:talkers], fec))
        figures += [whole, graph]
    return figures


def _receive(streams: Streams, talkers: int) -> Iterator[dict[str, Sound]]:
    """The blocks of each tick; one packet of each stream arrives before it."""
    microphones = [Microphone() for _ in streams]
    for microphone in microphones[:talkers]:
        microphone.open = True
    for number, payloads in enumerate(zip(*streams, strict=True)):
        for ssrc, (microphone, payload) in enumerate(zip(microphones, payloads, strict=True)):
            microphone.receive(payload, number * TICK, number, ssrc)
        blocks = {f"person-{number}": microphone.tick() for number, microphone in enumerate(microphones)}
        yield {person: block for person, block in blocks.items() if block is not None}


@dataclass(frozen=True, slots=True)
class _DeafEar:
    """Someone who hears, but for the network."""

    person_id: str
    may_lose: bool

    def send(self, payload: bytes) -> None:
        """Sends nothing."""

    def miss(self) -> None:
        """Misses nothing."""


def _returns(fec: bool) -> Returns:
    returns = Returns()
    returns.ears.update(_DeafEar(f"person-{number}", may_lose=fec) for number in range(FULL_STAGE))
    return returns


def _return(mixes: Sequence[Mix], fec: bool) -> None:
    returns = _returns(fec)
    for tick in mixes:
        returns.send(tick)


def _package(folder: Path, config: bytes, packets: Sequence[bytes], mixed: Sequence[Sound]) -> None:
    folder.mkdir(parents=True)
    writer = TakeWriter(folder, config, 0.0)
    peaks = PeaksWriter(writer.take.peaks_path)
    for block in mixed:
        peaks.add(block)
    for packet in packets:
        writer.add(packet)
    peaks.close()
    writer.close()


def _all(streams: Streams, talkers: int, folder: Path, fec: bool) -> None:
    """What a pipeline does of a tick."""
    mixer, returns, recorder = Mixer(), _returns(fec), Recorder(folder, keep=True)
    for blocks in _receive(streams, talkers):
        tick = mixer.mix(blocks)
        returns.send(tick)
        recorder.write(tick.full)
    recorder.close()
