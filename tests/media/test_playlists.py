"""Live playlists, part by part: no step of any breaks a rule of HLS."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from media.encoder import AacEncoder
from media.formats import AAC, OPUS, Format
from media.opus_rendition import OpusEncoder
from media.playlists import LIVE_SEGMENTS, Report, live_playlist, multivariant_playlist
from media.take_writer import Place, TakeWriter
from media.timeline import PartNumber, Timeline, part_number
from tests.media.low_latency import Live, attributes, check_update, merged, quoted, read

CONFIGS = {AAC: AacEncoder().config, OPUS: OpusEncoder().config}


def write(writer: TakeWriter, format: Format, parts: int) -> None:
    """So many parts of packets that are not sound."""
    for _ in range(parts * format.part_packets):
        writer.add(b"not sound")


@pytest.mark.parametrize("format", [AAC, OPUS])
@pytest.mark.parametrize("keep", [True, False])
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_playlist_of_a_space_keeps_the_rules_and_follows_from_the_one_before(
    format: Format, keep: bool, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("takes")
    timeline = Timeline(folder, format=format)
    before: Live | None = None
    for _ in range(data.draw(st.integers(1, 3), "takes")):
        writer = TakeWriter(folder, CONFIGS[format], 1_000.0, keep=keep, format=format)
        for _ in range(data.draw(st.integers(1, 70), "parts")):
            write(writer, format, 1)
            timeline.refresh()
            before = _checked(timeline, before)
        for _ in range(data.draw(st.integers(0, format.part_packets - 1), "packets more")):
            writer.add(b"not sound")
        writer.close()
        timeline.refresh()
    timeline.ended = True
    ended = live_playlist(timeline)
    assert ended is not None
    last = read(ended)
    assert last.ended
    assert not last.hint
    if before:
        check_update(before, last)


def _checked(timeline: Timeline, before: Live | None) -> Live | None:
    text = live_playlist(timeline)
    if text is None:
        assert before is None
        return None
    found = read(text)
    assert len(found.segments) <= LIVE_SEGMENTS
    assert found.newest == timeline.newest_part
    assert part_number(found.hint) == timeline.next_part
    if before is None:
        return found
    check_update(before, found)
    delta = read(live_playlist(timeline, skip=True) or "")
    assert [_told(one) for one in merged(before, delta)] == [_told(one) for one in found.segments]
    assert (delta.under_way.parts, delta.hint) == (found.under_way.parts, found.hint)
    return found


def _told(segment: object) -> tuple[object, ...]:
    """What a player plays of a segment: not when it is, which is told once for many."""
    return tuple(getattr(segment, name) for name in ("sequence", "map", "uri", "duration"))


def test_old_segments_are_skipped_only_where_there_are_any(tmp_path: Path) -> None:
    writer, timeline = TakeWriter(tmp_path, CONFIGS[AAC], 0.0), Timeline(tmp_path)
    write(writer, AAC, 4 * 6)
    timeline.refresh()
    assert read(live_playlist(timeline, skip=True) or "").skipped == 0
    write(writer, AAC, 4 * 10)
    timeline.refresh()
    assert read(live_playlist(timeline, skip=True) or "").skipped == LIVE_SEGMENTS - 6
    writer.close()
    timeline.refresh()
    timeline.ended = True
    assert read(live_playlist(timeline, skip=True) or "").skipped == 0


def test_addresses_and_reports_are_as_given(tmp_path: Path) -> None:
    writer = TakeWriter(tmp_path, CONFIGS[AAC], 0.0)
    write(writer, AAC, 6)
    text = live_playlist(
        Timeline(tmp_path),
        address=lambda name: f"../x/{name}",
        reports=[Report("opus.m3u8", PartNumber(7, 3))],
    )
    found = read(text or "")
    assert found.reports == {"opus.m3u8": (7, 3)}
    assert found.segments[0].map == "../x/init-0.mp4"
    assert found.segments[0].uri == "../x/segment-0.m4s"
    assert [part.uri for part in found.under_way.parts] == ["../x/part-1-0.m4s", "../x/part-1-1.m4s"]
    assert found.hint == "../x/part-1-2.m4s"
    writer.close()


def test_renditions_of_a_space_agree_on_the_target_duration(tmp_path: Path) -> None:
    targets = set()
    for format in (AAC, OPUS):
        writer = TakeWriter(tmp_path / format.name, CONFIGS[format], 0.0, format=format, place=Place(0, 0, 5))
        write(writer, format, format.segment_parts)
        playlist = read(live_playlist(Timeline(tmp_path / format.name, format=format)) or "")
        targets.add(playlist.target)
        assert playlist.media_sequence == 5
        writer.close()
    assert len(targets) == 1, "6.2.4"


def test_the_multivariant_playlist_names_both_codecs() -> None:
    lines = multivariant_playlist({"aac": "live.m3u8", "opus": "opus.m3u8"}).splitlines()
    streams = {
        address: attributes(tag.partition(":")[2])
        for tag, address in pairwise(lines)
        if tag.startswith("#EXT-X-STREAM-INF")
    }
    assert {address: quoted(one["CODECS"]) for address, one in streams.items()} == {
        "live.m3u8": "mp4a.40.2",
        "opus.m3u8": "opus",
    }


def test_it_names_captions_where_there_are_any() -> None:
    lines = multivariant_playlist({"aac": "live.m3u8"}, "captions.m3u8").splitlines()
    [media] = [attributes(line.partition(":")[2]) for line in lines if line.startswith("#EXT-X-MEDIA:")]
    [stream] = [attributes(line.partition(":")[2]) for line in lines if line.startswith("#EXT-X-STREAM-INF:")]
    assert (media["TYPE"], quoted(media["URI"])) == ("SUBTITLES", "captions.m3u8")
    assert quoted(stream["SUBTITLES"]) == quoted(media["GROUP-ID"])
    assert "SUBTITLES" not in multivariant_playlist({"aac": "live.m3u8"})
