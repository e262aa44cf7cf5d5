"""Frames of sound over WebSockets: every one comes back equal, and what a client may not do is refused by name."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.frames import AHEAD_SECONDS, MAX_FRAME, Frame, Inspector
from media.opus import TICK
from media.refusals import RefusalCode, Refused

PACKET = b"\xfc"
frames = st.builds(
    Frame, st.integers(0, 2**16 - 1), st.integers(0, 2**32 - 1), st.binary(min_size=1, max_size=1275), st.booleans()
)


def code_of(inspector: Inspector, data: bytes) -> RefusalCode | None:
    """Why it is refused, if it is."""
    try:
        inspector.check(data)
    except Refused as refused:
        return refused.code
    return None


@given(frames)
def test_every_frame_comes_back_equal(frame: Frame) -> None:
    assert Frame.unpack(frame.pack()) == frame


@given(st.binary(max_size=MAX_FRAME + 10))
def test_any_bytes_are_a_frame_or_refused(data: bytes) -> None:
    with suppress(Refused):
        assert Frame.unpack(data).pack() == data


@pytest.mark.parametrize("start", [0, 65_530])
def test_counters_grow_also_over_their_end_and_with_gaps(start: int) -> None:
    inspector = Inspector(lambda: 0.0)
    first = 2**32 - 3 * TICK
    for number in (0, 1, 2, 7, 8, 30):
        frame = Frame((start + number) % 2**16, (first + number * TICK) % 2**32, PACKET)
        assert code_of(inspector, frame.pack()) is None
    same, older = [Frame((start + one) % 2**16, first + 29 * TICK - 2**32, PACKET) for one in (30, 31)]
    for frame in (same, older):
        assert code_of(inspector, frame.pack()) is RefusalCode.MALFORMED
    assert code_of(inspector, Frame(5, 5, PACKET, anew=True).pack()) is None


def test_a_burst_that_the_network_held_up_is_taken_and_a_flood_is_not() -> None:
    now = 0.0
    inspector = Inspector(lambda: now)
    held_up = round(AHEAD_SECONDS * 50)
    sent = [Frame(number, number * TICK, PACKET).pack() for number in range(3 * held_up)]
    assert {code_of(inspector, one) for one in sent[:held_up]} == {None}
    assert code_of(inspector, sent[held_up]) is RefusalCode.TOO_FAST
    now = 2 * AHEAD_SECONDS
    assert {code_of(inspector, one) for one in sent[held_up + 1 : 2 * held_up]} == {None}


def test_short_packets_count_as_10_ms() -> None:
    inspector = Inspector(lambda: 0.0)
    shortest = b"\xe0"  # 2.5 ms
    sent = [Frame(number, number * 120, shortest).pack() for number in range(1000)]
    codes = [code_of(inspector, one) for one in sent]
    assert codes.index(RefusalCode.TOO_FAST) == AHEAD_SECONDS * 100
