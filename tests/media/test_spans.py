"""Spans: each segment's time is that of its samples in the recording."""

from pathlib import Path

from media.encoder import PACKET_SAMPLES, AacEncoder
from media.formats import AAC
from media.opus import SAMPLE_RATE
from media.playlists import LIVE_SEGMENTS, live_playlist
from media.spans import Span, live_spans
from media.take_writer import TakeWriter
from media.timeline import Timeline


def at(packet: int) -> float:
    """When a packet begins to play that is so many after the priming one."""
    return packet * PACKET_SAMPLES / SAMPLE_RATE


def take(folder: Path, packets: int) -> None:
    """A take of so many packets, which are not sound."""
    writer = TakeWriter(folder, AacEncoder().config, 0.0)
    for _ in range(packets):
        writer.add(b"not sound")
    writer.close()


def test_there_are_none_before_the_first_segment(tmp_path: Path) -> None:
    assert live_spans(Timeline(tmp_path)) == []
    take(tmp_path, 5)
    assert live_spans(Timeline(tmp_path)) == []


def test_they_are_those_of_the_live_playlist_through_takes(tmp_path: Path) -> None:
    take(tmp_path, AAC.segment_packets + 10)
    take(tmp_path, 2 * AAC.segment_packets + 10)
    spans = live_spans(Timeline(tmp_path))
    first = AAC.segment_packets
    assert spans == [
        Span(0, 0, at(-1), at(first - 1)),
        Span(1, 0, at(first - 1), at(first + 9)),
        Span(2, 1, at(first + 9), at(2 * first + 9)),
        Span(3, 1, at(2 * first + 9), at(3 * first + 9)),
    ], "the last segment is not whole"
    playlist = live_playlist(Timeline(tmp_path))
    assert playlist is not None
    assert [f"segment-{one.sequence}.m4s" in playlist for one in spans] == [True] * 4
    ended = live_spans(Timeline(tmp_path, ended=True))
    assert ended[-1] == Span(4, 1, at(3 * first + 9), at(3 * first + 19))


def test_they_are_as_many_as_are_listed(tmp_path: Path) -> None:
    take(tmp_path, 20 * AAC.segment_packets)
    assert [one.sequence for one in live_spans(Timeline(tmp_path))] == list(range(20 - LIVE_SEGMENTS, 20))
