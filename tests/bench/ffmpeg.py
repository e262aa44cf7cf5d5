"""FFmpeg as the yardstick: its filter graph through PyAV, and its command line where there is one."""

import importlib
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from fractions import Fraction
from types import ModuleType

import av
from av.audio.codeccontext import AudioCodecContext
from av.filter.context import FilterContext

from media.encoder import BIT_RATE, PACKET_SAMPLES
from media.mixer import CEILING, LOOK_AHEAD_MS, RELEASE_MS
from media.opus import SAMPLE_RATE, TICK
from media.opus_encoder import BARE_BIT_RATE, BARE_COMPLEXITY, EXPECTED_LOSS, PRIVATE_COMPLEXITY, SHARED_COMPLEXITY
from media.opus_encoder import BIT_RATE as OPUS_BIT_RATE

_TIME_BASE = Fraction(1, SAMPLE_RATE)


def find_ffmpeg() -> str | None:
    """The `ffmpeg` on PATH, else the one of the wheel imageio-ffmpeg, else None."""
    if on_path := shutil.which("ffmpeg"):
        return on_path
    with suppress(ImportError):
        return str(importlib.import_module("imageio_ffmpeg").get_ffmpeg_exe())
    return None


def find_pydub(ffmpeg: str) -> ModuleType | None:
    """pydub, if it is installed, to use this ffmpeg; with it, and without ffprobe, which it would ask first."""
    with suppress(ImportError):
        pydub = importlib.import_module("pydub")
        pydub.AudioSegment.converter = ffmpeg
        if not shutil.which("ffprobe"):
            importlib.import_module("pydub.audio_segment").__dict__["mediainfo_json"] = lambda *_, **__: None
        return pydub
    return None


def mix(streams: Sequence[Sequence[bytes]], fec: bool) -> int:
    """Opus streams of 20 ms packets mixed by FFmpeg alone: to AAC, and to Opus for everyone and for each but their own.

    Answers the samples of AAC encoded.
    """
    graph = av.filter.Graph()
    inputs, sinks = _connect(graph, len(streams))
    complexities = [SHARED_COMPLEXITY, *(PRIVATE_COMPLEXITY for _ in sinks[2:])]
    opus = [_opus_encoder(complexity) if fec else _bare_opus_encoder() for complexity in complexities]
    encoders = [_encoder(), *opus]
    decoders, samples = [_decoder() for _ in streams], 0
    for number, payloads in enumerate(zip(*streams, strict=True)):
        for decoder, source, payload in zip(decoders, inputs, payloads, strict=True):
            packet = av.Packet(payload)
            packet.pts, packet.time_base = number * TICK, _TIME_BASE
            for frame in decoder.decode(packet):
                source.push(frame)
        for sink, encoder in zip(sinks, encoders, strict=True):
            for mixed in _pull(sink):
                encoder.encode(mixed)
                samples += mixed.samples if sink is sinks[0] else 0
    return samples


def _connect(graph: av.filter.Graph, count: int) -> tuple[list[FilterContext], list[FilterContext]]:
    """As many inputs; outputs of AAC frames and of ticks, and ticks without each one's own, where there are others."""
    inputs, splits = [], []
    for _ in range(count):
        source = graph.add_abuffer(sample_rate=SAMPLE_RATE, format="flt", layout="mono", time_base=_TIME_BASE)
        split = graph.add("asplit", f"outputs={count}")
        source.link_to(split)
        inputs.append(source)
        splits.append(split)
    full = graph.add("asplit", "outputs=2")
    _limited(graph, [(split, 0) for split in splits]).link_to(full)
    sinks = [_sink(graph, full, 0, "fltp", PACKET_SAMPLES), _sink(graph, full, 1, "flt", TICK)]
    # The first output of each split is in the full mix; one after the other the rest are for the others.
    free = [1] * count
    for own in range(count if count > 1 else 0):
        others = []
        for one in range(count):
            if one != own:
                others.append((splits[one], free[one]))
                free[one] += 1
        sinks.append(_sink(graph, _limited(graph, others), 0, "flt", TICK))
    graph.configure()
    return inputs, sinks


def _limited(graph: av.filter.Graph, sources: Sequence[tuple[FilterContext, int]]) -> FilterContext:
    """The sum of outputs of filters, in a limiter that has our mixer's numbers."""
    mixer = graph.add("amix", f"inputs={len(sources)}:normalize=0")
    for index, (source, output) in enumerate(sources):
        source.link_to(mixer, output, index)
    limiter = graph.add("alimiter", f"limit={CEILING}:attack={LOOK_AHEAD_MS}:release={RELEASE_MS}:level=0")
    mixer.link_to(limiter)
    return limiter


def _sink(graph: av.filter.Graph, source: FilterContext, output: int, form: str, samples: int) -> FilterContext:
    """Frames of so many samples of an output."""
    shape = graph.add("aformat", f"sample_fmts={form}:channel_layouts=mono")
    frames = graph.add("asetnsamples", f"n={samples}")
    sink = graph.add("abuffersink")
    source.link_to(shape, output, 0)
    shape.link_to(frames)
    frames.link_to(sink)
    return sink


def _pull(sink: FilterContext) -> Iterator[av.AudioFrame]:
    while True:
        try:
            frame = sink.pull()
        except (BlockingIOError, EOFError):
            return
        assert isinstance(frame, av.AudioFrame)
        yield frame


def _decoder() -> AudioCodecContext:
    context = av.CodecContext.create("libopus", "r")
    assert isinstance(context, AudioCodecContext)
    context.sample_rate, context.layout = SAMPLE_RATE, "mono"
    context.options = {"request_sample_fmt": "flt"}
    return context


def _encoder() -> AudioCodecContext:
    context = av.CodecContext.create("aac", "w")
    assert isinstance(context, AudioCodecContext)
    context.sample_rate, context.layout, context.format = SAMPLE_RATE, "mono", "fltp"
    context.bit_rate, context.options = BIT_RATE, {"aac_coder": "fast"}
    return context


def _opus_encoder(complexity: int) -> AudioCodecContext:
    context = _bare_opus_encoder()
    context.bit_rate = OPUS_BIT_RATE
    context.options |= {"compression_level": str(complexity), "fec": "1", "packet_loss": str(EXPECTED_LOSS)}
    return context


def _bare_opus_encoder() -> AudioCodecContext:
    context = av.CodecContext.create("libopus", "w")
    assert isinstance(context, AudioCodecContext)
    context.sample_rate, context.layout, context.format, context.bit_rate = SAMPLE_RATE, "mono", "flt", BARE_BIT_RATE
    context.options = {"application": "audio", "compression_level": str(BARE_COMPLEXITY)}
    return context
