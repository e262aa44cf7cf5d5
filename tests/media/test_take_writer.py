"""Writing takes: what readers see when, numbers that go on, and sound that is not kept."""

from pathlib import Path

import numpy as np
import pytest

from media.encoder import AacEncoder
from media.take_writer import ROLL_KEPT_SEGMENTS, ROLL_SEGMENTS, TakeWriter
from media.takes import SEGMENT_PACKETS, StorageFailed, TakeDamaged, read_header, readable_takes
from media.timeline import Timeline
from tests.media.sounds import tone

_CONFIG = AacEncoder().config


def _write(folder: Path, packets: int, *, keep: bool = True) -> None:
    """A take of that many packets; they are not sound."""
    writer = TakeWriter(folder, _CONFIG, 1_000.0, keep=keep)
    for number in range(packets):
        writer.add(b"packet %d" % number)
    writer.close()


def test_readers_see_a_part_as_soon_as_its_twelfth_packet_came(tmp_path: Path) -> None:
    writer = TakeWriter(tmp_path, _CONFIG, 0.0)
    assert [writer.add(b"x") for _ in range(25)] == ([False] * 11 + [True]) * 2 + [False]
    (take,) = readable_takes(tmp_path)
    assert (take.parts, take.packets) == (2, 24)
    writer.close()
    assert take.refresh()
    assert (take.parts, take.packets, take.entries(2)[0].packets) == (3, 25, 1)
    assert not take.refresh()


def test_numbers_go_on_from_take_to_take(tmp_path: Path) -> None:
    for packets in (SEGMENT_PACKETS + 1, 5, SEGMENT_PACKETS):
        _write(tmp_path, packets)
    takes = readable_takes(tmp_path)
    assert [(take.number, take.first_sequence, take.first_packet) for take in takes] == [
        (0, 0, 0),
        (1, 2, 49),
        (2, 3, 54),
    ]
    assert Timeline(tmp_path, ended=True).segments == range(4)


def test_a_take_without_a_packet_leaves_nothing_and_takes_no_number(tmp_path: Path) -> None:
    _write(tmp_path, 0)
    assert list(tmp_path.iterdir()) == []
    _write(tmp_path, 1)
    assert [take.number for take in readable_takes(tmp_path)] == [0]


def test_sound_that_is_not_kept_goes_but_for_the_newest_half_a_minute(tmp_path: Path) -> None:
    writer = TakeWriter(tmp_path, _CONFIG, 1_000.0, keep=False)
    fewest = most = ROLL_KEPT_SEGMENTS
    for number in range(100 * SEGMENT_PACKETS):
        writer.add(b"packet %d" % number)
        if number > 60 * SEGMENT_PACKETS:
            segments = Timeline(tmp_path).segments
            fewest, most = min(fewest, len(segments)), max(most, len(segments))
    assert fewest >= ROLL_KEPT_SEGMENTS - 1
    assert most < ROLL_KEPT_SEGMENTS + 2 * ROLL_SEGMENTS
    writer.close()
    takes = readable_takes(tmp_path)
    assert {take.number for take in takes} == {0}
    assert [take.first_packet for take in takes] == [take.first_sequence * SEGMENT_PACKETS for take in takes]
    assert takes[-1].end_packet == 100 * SEGMENT_PACKETS
    # Every file tells the same clock.
    for take in takes:
        assert take.header.unix_time == pytest.approx(1_000 + (take.first_packet - 1) * 1024 / 48_000, abs=1e-6)
    kept = {path.stem for path in tmp_path.iterdir()}
    assert kept == {take.data_path.stem for take in takes}


def test_a_take_after_one_that_was_not_kept_goes_on_and_deletes_that(tmp_path: Path) -> None:
    _write(tmp_path, 20 * SEGMENT_PACKETS, keep=False)
    _write(tmp_path, 20 * SEGMENT_PACKETS, keep=False)
    assert [take.number for take in readable_takes(tmp_path)][-1] == 1
    _write(tmp_path, 60 * SEGMENT_PACKETS, keep=False)
    takes = readable_takes(tmp_path)
    assert {take.number for take in takes} == {2}
    assert takes[-1].end_packet == 100 * SEGMENT_PACKETS


def test_a_folder_that_cannot_be_made_is_named_and_the_packets_before_are_not_lost(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    writer = TakeWriter(tmp_path / "missing", _CONFIG, 0.0)
    (tmp_path / "missing").write_bytes(b"in the way")
    for _ in range(11):
        writer.add(b"x")
    with pytest.raises(StorageFailed, match="take-0-0"):
        writer.add(b"x")
    writer.abandon()


def test_two_writers_never_write_the_same_take(tmp_path: Path) -> None:
    first, second = (TakeWriter(tmp_path, _CONFIG, 0.0) for _ in range(2))
    for _ in range(12):
        first.add(b"first")
    for _ in range(11):
        second.add(b"second")
    with pytest.raises(StorageFailed, match="exists"):
        second.add(b"second")
    second.abandon()
    first.close()
    (take,) = readable_takes(tmp_path)
    assert take.data_path.read_bytes().count(b"first") == 12


def test_a_file_that_is_no_take_is_named(tmp_path: Path) -> None:
    path = tmp_path / "take-0-0.mp4"
    path.write_bytes(b"garbage" * 100)
    with pytest.raises(TakeDamaged, match=r"take-0-0\.mp4"):
        read_header(path)


def test_the_largest_packets_there_can_be_are_read_back(tmp_path: Path) -> None:
    writer = TakeWriter(tmp_path, _CONFIG, 0.0)
    # 6144 bits a channel are the most an AAC packet may have (ISO/IEC 14496-3, 4.5.3.1).
    for _ in range(12):
        writer.add(bytes(768))
    writer.close()
    (take,) = readable_takes(tmp_path)
    assert take.header.first_packet == 0


def test_packets_are_stored_as_the_encoder_made_them(tmp_path: Path) -> None:
    encoder = AacEncoder()
    packets = encoder.encode(np.tile(tone(300, 1.0), 2)) + encoder.flush()
    writer = TakeWriter(tmp_path, encoder.config, 0.0)
    for packet in packets:
        writer.add(packet)
    writer.close()
    (take,) = readable_takes(tmp_path)
    data = take.data_path.read_bytes()
    assert b"".join(packets) == b"".join(
        data[entry.offset : entry.offset + entry.length].partition(b"mdat")[2] for entry in take.entries()
    )
