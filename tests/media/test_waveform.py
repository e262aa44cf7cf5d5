"""The waveform: right pairs, at the right time, from any take."""

from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from media.takes import readable_takes
from media.waveform import peak, read_peaks, reduce_peaks
from tests.media.recordings import record
from tests.media.sounds import tone


def test_pairs_are_lowest_and_highest_rounded_outwards() -> None:
    block = np.zeros(960, np.float32)
    assert peak(block) == (0, 0)
    block[100], block[200] = -0.5, 0.25
    assert peak(block) == (-64, 32)
    block[300], block[400] = 3.0, -1.5
    assert peak(block) == (-127, 127)
    assert peak(block[:1] - np.float32(0.001)) == (-1, 0)


def test_a_range_is_read_from_the_takes_it_lies_in(tmp_path: Path) -> None:
    record(tmp_path, tone(500, 2, level=0.2)).close()
    record(tmp_path, tone(500, 2, level=0.8)).close()
    takes = readable_takes(tmp_path)
    whole = read_peaks(takes, 0, 4 * 48_000)
    assert len(whole) == 200
    assert set(whole[:100, 1].tolist()) == {26}
    # Take two begins with the padding of take one and its own priming: 32 + 21 ms.
    second = round(takes[1].first_packet * 1024 / 960)
    assert not whole[100:second].any()
    assert set(whole[second:, 1].tolist()) == {102}
    assert read_peaks(takes, 96_000 - 1, 960 * 20 + 1).tolist() == whole[99:120].tolist()
    assert not read_peaks(takes, 10 * 48_000, 48_000).any()


@given(pairs=st.lists(st.tuples(st.integers(-127, 0), st.integers(0, 127)), max_size=50), buckets=st.integers(0, 60))
def test_buckets_cover_all_pairs_and_lose_no_peak(pairs: list[tuple[int, int]], buckets: int) -> None:
    peaks = np.array(pairs, np.int8).reshape(-1, 2)
    reduced = reduce_peaks(peaks, buckets)
    assert len(reduced) == min(buckets, len(pairs))
    if reduced:
        assert min(low for low, _ in reduced) == min(low for low, _ in pairs)
        assert max(high for _, high in reduced) == max(high for _, high in pairs)
    if buckets >= len(pairs):
        assert reduced == pairs
