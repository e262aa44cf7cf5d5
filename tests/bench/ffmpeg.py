"""FFmpeg as the yardstick: its filter graph through PyAV, and its command line where there is one."""

import importlib
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from fractions import Fraction

import av
from av.audio.codeccontext import AudioCodecContext
from av.filter.context import FilterContext

from media.encoder import BIT_RATE, PACKET_SAMPLES
from media.mixer import CEILING, LOOK_AHEAD_MS, RELEASE_MS
from media.opus import SAMPLE_RATE, TICK

_TIME_BASE = Fraction(1, SAMPLE_RATE)


def find_ffmpeg() -> str | None:
    """The `ffmpeg` on PATH, else the one of the wheel imageio-ffmpeg, else None."""
    if on_path := shutil.which("ffmpeg"):
        return on_path
    with suppress(ImportError):
        return str(importlib.import_module("imageio_ffmpeg").get_ffmpeg_exe())
    return None


def mix(streams: Sequence[Sequence[bytes]]) -> int:
    """Opus streams of 20 ms packets mixed to AAC by FFmpeg alone; answers the samples encoded."""
    graph = av.filter.Graph()
    inputs, sink = _connect(graph, len(streams))
    decoders, encoder, samples = [_decoder() for _ in streams], _encoder(), 0
    for number, payloads in enumerate(zip(*streams, strict=True)):
        for decoder, source, payload in zip(decoders, inputs, payloads, strict=True):
            packet = av.Packet(payload)
            packet.pts, packet.time_base = number * TICK, _TIME_BASE
            for frame in decoder.decode(packet):
                source.push(frame)
        for mixed in _pull(sink):
            encoder.encode(mixed)
            samples += mixed.samples
    return samples


def _connect(graph: av.filter.Graph, count: int) -> tuple[list[FilterContext], FilterContext]:
    """As many inputs, to one output of AAC frames' length; the limiter has our mixer's numbers."""
    inputs = [
        graph.add_abuffer(sample_rate=SAMPLE_RATE, format="flt", layout="mono", time_base=_TIME_BASE)
        for _ in range(count)
    ]
    mixer = graph.add("amix", f"inputs={count}:normalize=0")
    for index, source in enumerate(inputs):
        source.link_to(mixer, 0, index)
    limiter = graph.add("alimiter", f"limit={CEILING}:attack={LOOK_AHEAD_MS}:release={RELEASE_MS}:level=0")
    shape = graph.add("aformat", "sample_fmts=fltp:channel_layouts=mono")
    frames = graph.add("asetnsamples", f"n={PACKET_SAMPLES}")
    sink = graph.add("abuffersink")
    graph.link_nodes(mixer, limiter, shape, frames, sink).configure()
    return inputs, sink


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
